"""How far a long job has come."""

from __future__ import annotations

from loyalty.kernel.tx import Tx
from offers.models import OfferProgress
from offers.sql import insert_into


def note_progress(tx: Tx, *, job: str, after: str | None) -> None:
    """Remember where ``job`` goes on; ``None`` says that its round is finished."""
    values = {"after": after or "", "finished_at": None if after else tx.now}
    tx.run(
        insert_into(tx, OfferProgress)
        .values(job=job, **values)
        .on_conflict_do_update(index_elements=["job"], set_=values)
    )
