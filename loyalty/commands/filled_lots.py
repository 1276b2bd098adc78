"""Which lots a purchase or a posting filled, wherever its points are by now."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import and_, or_, select

from loyalty.commands.wallets import Journals
from loyalty.journal import Journal
from loyalty.kernel.tx import Tx
from loyalty.lots import POOL, LotKey
from loyalty.models import Posting
from loyalty.programme import shadow_of
from loyalty.settling import Filled, activation_source
from loyalty.values import MemberId, PurchaseId


def lots_filled_by(
    tx: Tx, journals: Journals, *, unit: str, purchase_id: PurchaseId, earner_id: MemberId
) -> Filled:
    """Return the lots that a purchase filled: where its points wait, and where they count.

    ``earner_id`` got them. Where she was merged into the holder of ``journals`` since, it is the
    holder's lots that end on the same days.
    """
    shadow, journal = shadow_of(unit), journals[unit]
    rows = tx.run(
        select(Posting.unit, Posting.lot_on, Posting.lot_no, Posting.occurred_at).where(
            Posting.member_id == earner_id,
            Posting.unit.in_([unit, shadow]),
            Posting.purchase_id == purchase_id,
            Posting.lot_on.is_not(None),
        )
    ).all()
    if earner_id != journal.member_id:
        days = {(row.unit, row.lot_on) for row in rows}
        alike = {
            one: tuple(key for key in journals[one].lots if (one, key.expires_on) in days)
            for one in (shadow, unit)
            if one in journals
        }
        return Filled(alike.get(shadow, ()), alike.get(unit, ()))
    waiting = [
        key
        for row in rows
        if row.unit == shadow
        for key in lots_with(journals.get(shadow), *row[1:])
    ]
    main = [key for row in rows if row.unit == unit for key in lots_with(journal, *row[1:])]
    if waiting:
        main += _arrived(tx, journal, [key.lot_no for key in waiting])
        earned = {row.occurred_at for row in rows if row.unit == shadow}
        main += [key for key, lot in journal.lots.items() if lot.earned_at in earned]
    return Filled(tuple(waiting), tuple(main))


def lots_with(
    journal: Journal | None, lot_on: date | None, lot_no: int | None, earned_at: datetime
) -> list[LotKey]:
    """Return the lot that a posting filled, and those in which its points are after a merge.

    Points of a pool are in the pool of their day wherever they went; others in lots of their own
    that were earned at the same instant.
    """
    if lot_on is None:
        return []
    found = [LotKey(lot_on, lot_no or POOL)]
    if lot_no and journal is not None:
        alike = (one for one in journal.lots.values() if one.earned_at == earned_at)
        found += [one.key for one in alike if one.expires_on == lot_on and one.key not in found]
    return found


def _arrived(tx: Tx, journal: Journal, waiting: list[int]) -> list[LotKey]:
    """Return the lots into which the points of these waiting lots arrived, a moment ago too."""
    beginnings = [activation_source(journal.unit, lot_no) for lot_no in waiting]
    rows = tx.run(
        select(Posting.lot_on, Posting.lot_no).where(
            Posting.member_id == journal.member_id,
            or_(
                *(
                    and_(Posting.source >= f"{one}:", Posting.source <= f"{one};")
                    for one in beginnings
                )
            ),
            Posting.unit == journal.unit,
            Posting.lot_on.is_not(None),
        )
    )
    found = [LotKey(lot_on, lot_no or POOL) for lot_on, lot_no in rows]
    stems = tuple(f"{one}:" for one in beginnings)
    just_now = [row for row in journal.postings if row["source"].startswith(stems)]
    return found + [
        LotKey(row["lot_on"], row["lot_no"] or POOL) for row in just_now if row["lot_on"]
    ]
