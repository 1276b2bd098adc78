"""Asking what a draft of the programme would have done, and keeping how far the answer is."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import update

from loyalty.commands.sql import insert_rows
from loyalty.compiling import compile_programme
from loyalty.errors import NothingToReplay
from loyalty.kernel.tx import Tx
from loyalty.models import WhatIfRun
from loyalty.queries.programme import current_programme
from loyalty.queries.whatif import count_buyers
from loyalty.values import DraftId, ProgrammeVersionId


def ask_what_if(
    tx: Tx,
    *,
    document: dict[str, Any],
    name: str,
    first_on: date,
    last_on: date,
    draft_id: DraftId | None = None,
) -> str:
    """Ask for a replay of what was bought from a day to another, both included; return its id.

    Raises:
        NothingToReplay: the first day lies after the last.
        ProgrammeRefused: the document is no programme.
    """
    if first_on > last_on:
        raise NothingToReplay
    compile_programme(document, version_id=ProgrammeVersionId("draft"))
    run_id = tx.new_id("wif")
    row = {
        "id": run_id,
        "name": name,
        "document": document,
        "draft_id": draft_id,
        "version_id": current_programme(tx).version_id,
        "first_on": first_on,
        "last_on": last_on,
        "asked_by": tx.actor,
        "asked_at": tx.now,
        "total": count_buyers(tx),
        "done": 0,
        "worked_ms": 0,
        "cursor": "",
    }
    insert_rows(tx, WhatIfRun, [row])
    return run_id


def note_what_if(tx: Tx, *, run_id: str, ended: bool, **kept: Any) -> None:
    """Keep how far a replay is; once it has ended, also that it has."""
    ends = {"finished_at": tx.now} if ended else {}
    tx.run(update(WhatIfRun).where(WhatIfRun.id == run_id).values(**kept, **ends))
