"""What a draft would have done: ask for a replay of real purchases, watch it, read what came."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from loyalty.commands import ask_what_if
from loyalty.errors import NothingToReplay, UnknownDraft
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.i18n import format_percent, minor_digits
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.pages import render_page
from loyalty.queries import (
    current_programme,
    draft,
    drafts,
    programme_versions,
    read_programme,
    stores,
)
from loyalty.queries.what_if_runs import WhatIf, what_if_run, what_if_runs
from loyalty.values import DraftId

READERS = staff(Role.ADMIN, Role.MARKETER, Role.ANALYST, Role.AUDITOR)
WRITERS = staff(Role.ADMIN, Role.MARKETER)
_SEE_OTHER = 303
_HALF_A_YEAR = timedelta(days=182)
MOST_STORES = 12
"""Stores that are told one by one: those with the most members."""


@blueprint.get("/what-if")
@allow(READERS)
def what_if_home() -> Response:
    """Show what was asked before, and ask for another replay."""
    with database().look() as tx:
        waiting, runs = drafts(tx), what_if_runs(tx)
        today = current_programme(tx).local_day(tx.now) if programme_versions(tx) else tx.now.date()
    return render_page(
        "admin/what_if.html",
        drafts=waiting,
        runs=runs,
        chosen=request.args.get("draft", ""),
        first_on=today - _HALF_A_YEAR,
        last_on=today,
    )


@blueprint.post("/what-if")
@allow(WRITERS)
def what_if_ask() -> Answer:
    """Ask for a replay of a period under a draft.

    Raises:
        UnknownDraft: there is no such draft.
        NothingToReplay: a day cannot be read, or the first lies after the last.
        ProgrammeRefused: the draft is no programme yet.
    """
    draft_id = DraftId(request.form.get("draft", ""))
    if not draft_id:
        raise UnknownDraft
    first_on, last_on = _day("first_on"), _day("last_on")
    with database().begin(actor=current_actor()) as tx:
        chosen = draft(tx, draft_id)
        run_id = ask_what_if(
            tx,
            document=read_programme(chosen.text),
            name=chosen.name,
            draft_id=draft_id,
            first_on=first_on,
            last_on=last_on,
        )
    return redirect(url_for("admin.what_if_show", run_id=run_id), _SEE_OTHER)


@blueprint.get("/what-if/<run_id>")
@allow(READERS)
def what_if_show(run_id: str) -> Response:
    """Show how far a replay is, or what came of it."""
    with database().look() as tx:
        run = what_if_run(tx, run_id)
        facts = _facts(tx, run) if run.outcome else {}
    return render_page("admin/replay.html", run=run, **facts)


@blueprint.get("/what-if/<run_id>/progress")
@allow(READERS)
def what_if_progress(run_id: str) -> Response:
    """Show only how far a replay is, to be put into the page that waits for it."""
    with database().look() as tx:
        run = what_if_run(tx, run_id)
    return render_page("admin/_replay_progress.html", run=run)


def _day(name: str) -> date:
    """Return a day of the form.

    Raises:
        NothingToReplay: it is no day.
    """
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise NothingToReplay from error


def _facts(tx: Tx, run: WhatIf) -> dict[str, Any]:
    """Return what the page tells of an outcome, in the order in which it tells it."""
    assert run.outcome is not None, "it has ended"
    found = run.outcome
    names = _level_names(found)
    levels = [level for level in names if any(level in move[:2] for move in _stood(found))]
    return {
        "found": found,
        "levels": levels,
        "level_names": names,
        "moves": {(start, end): count for start, end, count in found["moves"]},
        "stayed": _stayed(found, levels),
        "by_level": _named(found["segments"]["level"], names, list(names)),
        "by_store": _stores(tx, found["segments"]["store"]),
        "bands": sorted(found["segments"]["spend"].items(), key=lambda one: int(one[0])),
        "off": found["before"]["points"] - found["booked_points"],
        "minor_unit": 10 ** minor_digits(found["currency"]),
        "tenths": lambda mille: format_percent(language(), Decimal(mille).scaleb(-3)),
    }


def _level_names(found: dict[str, Any]) -> dict[str, str]:
    """Return every level of both programmes, lowest first, with its name."""
    names: dict[str, str] = {}
    for side in ("before", "after"):
        for level, told, _ in found[side]["levels"]:
            names.setdefault(level, told.get(language()) or told.get("en") or level)
    return names


def _stood(found: dict[str, Any]) -> list[list[Any]]:
    """Return the moves, and the levels on which somebody stands under either programme."""
    here = [
        [level, level, count]
        for side in ("before", "after")
        for level, _, count in found[side]["levels"]
        if count
    ]
    return [*found["moves"], *here]


def _stayed(found: dict[str, Any], levels: list[str]) -> dict[str, int]:
    """Return how many members stand on each level under both programmes."""
    before = {level: count for level, _, count in found["before"]["levels"]}
    left = {level: sum(n for start, _, n in found["moves"] if start == level) for level in levels}
    return {level: before.get(level, 0) - left[level] for level in levels}


def _named(
    segments: dict[str, Any], names: dict[str, str], order: list[str]
) -> list[tuple[str, Any]]:
    known = [name for name in order if name in segments]
    rest = sorted(segments.keys() - set(known))
    return [(names.get(name, name), segments[name]) for name in [*known, *rest]]


def _stores(tx: Tx, segments: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the stores with the most members; without a store the name is empty."""
    names: dict[str, str] = {one.store_id: one.name for one in stores(tx)}
    order = sorted(segments, key=lambda name: (-segments[name]["members"], name))[:MOST_STORES]
    return [(names.get(name, name), segments[name]) for name in order]
