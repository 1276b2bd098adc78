"""What a merge moves besides points: credits, the voucher book, the level, cards and vouchers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from loyalty.commands.credits import add_progress, credit_period, note_change, settle_level
from loyalty.commands.sql import insert_rows
from loyalty.kernel.tx import Tx
from loyalty.models import (
    Card,
    MergeCredit,
    MergedThing,
    TierCredit,
    TierStanding,
    Voucher,
    VoucherProgress,
)
from loyalty.programme import Programme
from loyalty.values import MemberId, MergeId, VoucherState

Row = dict[str, Any]
AMOUNTS = ("spend_minor", "earned", "visits")
BOOK = ""
"""The period under which the voucher book stands among what a merge credits."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two members of a merge, and its id."""

    merge_id: MergeId
    survivor_id: MemberId
    other_id: MemberId


@dataclass(frozen=True, slots=True)
class Books:
    """How two members stood before their merge, as it is kept to undo it."""

    standing: Row | None
    other_standing: Row | None
    credits: tuple[Row, ...]
    other_credits: tuple[Row, ...]
    other_progress: Row | None

    def document(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {key: _told(value) for key, value in asdict(self).items()}

    @classmethod
    def read(cls, document: Mapping[str, Any] | None) -> Books:
        """Return what was stored."""
        kept = {key: _read(value) for key, value in (document or {}).items()}
        return cls(
            standing=kept.get("standing"),
            other_standing=kept.get("other_standing"),
            credits=tuple(kept.get("credits") or ()),
            other_credits=tuple(kept.get("other_credits") or ()),
            other_progress=kept.get("other_progress"),
        )


def books_before(tx: Tx, survivor_id: MemberId, other_id: MemberId) -> Books:
    """Read how both stand now; both are held."""
    return Books(
        standing=_one(tx, TierStanding, survivor_id),
        other_standing=_one(tx, TierStanding, other_id),
        credits=_credits(tx, survivor_id),
        other_credits=_credits(tx, other_id),
        other_progress=_one(tx, VoucherProgress, other_id),
    )


def join_books(tx: Tx, programme: Programme, pair: Pair, books: Books) -> None:
    """Add the other's credits and voucher book to the survivor's, and settle her level."""
    for credit in books.other_credits:
        credit_period(tx, credit | {"member_id": pair.survivor_id})
        _write_credit(tx, pair, credit, undoing=False)
    tx.run(delete(TierCredit).where(TierCredit.member_id == pair.other_id))
    tx.run(delete(TierStanding).where(TierStanding.member_id == pair.other_id))
    book = books.other_progress
    if book is not None:
        _shift_book(tx, pair, book, undoing=False)
    settle_level(tx, pair.survivor_id, programme, cause=f"merge:{pair.merge_id}")


def part_books(tx: Tx, programme: Programme, pair: Pair, books: Books) -> None:
    """Take the other's credits and voucher book out of the survivor's again."""
    before = {credit["period"]: credit for credit in books.credits}
    for credit in books.other_credits:
        _take_off(tx, pair.survivor_id, credit)
        _write_credit(tx, pair, credit, undoing=True)
        _clean(tx, pair.survivor_id, credit["period"], before.get(credit["period"]))
    insert_rows(tx, TierCredit, list(books.other_credits))
    book = books.other_progress
    if book is not None:
        _shift_book(tx, pair, book, undoing=True)
    if books.other_standing is not None:
        insert_rows(tx, TierStanding, [books.other_standing])
        settle_level(tx, pair.other_id, programme, cause=f"unmerge:{pair.merge_id}")
    _stand_as_before(tx, programme, pair, books)


def move_things(tx: Tx, pair: Pair) -> None:
    """Give the other's cards and unused vouchers to the survivor, and remember which."""
    cards = tx.run(select(Card.id).where(Card.member_id == pair.other_id)).scalars().all()
    vouchers = (
        tx.run(
            select(Voucher.id).where(
                Voucher.member_id == pair.other_id, Voucher.state == VoucherState.ISSUED
            )
        )
        .scalars()
        .all()
    )
    _hand(tx, [*cards, *vouchers], pair.other_id, pair.survivor_id)
    insert_rows(
        tx,
        MergedThing,
        [
            {"member_id": pair.survivor_id, "merge_id": pair.merge_id, "thing_id": one}
            for one in [*cards, *vouchers]
        ],
    )


def return_things(tx: Tx, pair: Pair) -> None:
    """Give back the cards and the vouchers that are still unused."""
    things = (
        tx.run(
            select(MergedThing.thing_id).where(
                MergedThing.member_id == pair.survivor_id,
                MergedThing.merge_id == pair.merge_id,
            )
        )
        .scalars()
        .all()
    )
    _hand(tx, things, pair.survivor_id, pair.other_id)


def _hand(tx: Tx, things: Any, giver: MemberId, taker: MemberId) -> None:
    for table in (Card, Voucher):
        statement = update(table).where(table.member_id == giver, table.id.in_(list(things)))
        if table is Voucher:
            statement = statement.where(Voucher.state == VoucherState.ISSUED)
        tx.run(statement.values(member_id=taker))


def _take_off(tx: Tx, member_id: MemberId, credit: Row) -> None:
    """Take a period's credit off a member who has it."""
    less = {name: getattr(TierCredit, name) - credit[name] for name in AMOUNTS}
    tx.run(
        update(TierCredit)
        .where(TierCredit.member_id == member_id, TierCredit.period == credit["period"])
        .values(**less)
    )


def _clean(tx: Tx, member_id: MemberId, period: str, before: Row | None) -> None:
    """Let a credit that is as it was before the merge be exactly so."""
    mine = (TierCredit.member_id == member_id, TierCredit.period == period)
    was = before or dict.fromkeys(AMOUNTS, 0)
    same = [getattr(TierCredit, name) == was[name] for name in AMOUNTS]
    if before is None:
        tx.run(delete(TierCredit).where(*mine, *same))
    else:
        tx.run(update(TierCredit).where(*mine, *same).values(last_on=before["last_on"]))


def _write_credit(tx: Tx, pair: Pair, credit: Row, *, undoing: bool) -> None:
    """Write down that a period's credit went from one member to the other."""
    rows = [
        {
            "member_id": member_id,
            "merge_id": pair.merge_id,
            "period": credit["period"],
            "undoing": undoing,
            "vouchers": 0,
            **{name: sign * credit[name] for name in AMOUNTS},
        }
        for member_id, sign in _ways(pair, undoing=undoing)
    ]
    insert_rows(tx, MergeCredit, rows)


def _ways(pair: Pair, *, undoing: bool) -> tuple[tuple[MemberId, int], ...]:
    """Return who gains and who loses."""
    sign = -1 if undoing else 1
    return (pair.survivor_id, sign), (pair.other_id, -sign)


def _shift_book(tx: Tx, pair: Pair, book: Row, *, undoing: bool) -> None:
    """Move the other's spend and issued vouchers between the two voucher books.

    The vouchers that were used stay with the other: they count for whoever has the book.
    """
    spend, issued = book["spend_minor"], book["issued"]
    holder = pair.other_id if undoing else pair.survivor_id
    unused = _counted_unused(tx, pair.merge_id, holder)
    for member_id, way in _ways(pair, undoing=undoing):
        if way > 0:
            add_progress(tx, member_id, spend_minor=spend, issued=issued)
        else:
            tx.run(
                update(VoucherProgress)
                .where(VoucherProgress.member_id == member_id)
                .values(
                    spend_minor=VoucherProgress.spend_minor - spend,
                    issued=VoucherProgress.issued - issued,
                )
            )
        row = {
            "member_id": member_id,
            "merge_id": pair.merge_id,
            "period": BOOK,
            "undoing": undoing,
            "spend_minor": way * spend,
            "earned": 0,
            "visits": 0,
            "vouchers": way * (issued - unused),
        }
        insert_rows(tx, MergeCredit, [row])


def _counted_unused(tx: Tx, merge_id: MergeId, holder_id: MemberId) -> int:
    """Return how many vouchers of cumulated spend this merge handed to ``holder_id``."""
    things = select(MergedThing.thing_id).where(MergedThing.merge_id == merge_id)
    return int(
        tx.run(
            select(func.count())
            .select_from(Voucher)
            .where(
                Voucher.member_id == holder_id,
                Voucher.id.in_(things),
                Voucher.origin.is_(None),
                Voucher.state != VoucherState.CANCELLED,
            )
        ).scalar_one()
    )


def _stand_as_before(tx: Tx, programme: Programme, pair: Pair, books: Books) -> None:
    """Put the survivor where she stood, if nothing but the merge counted since; else settle."""
    survivor_id, cause = pair.survivor_id, f"unmerge:{pair.merge_id}"
    was, now = books.standing, _one(tx, TierStanding, survivor_id)
    alike = books.credits == _credits(tx, survivor_id)
    if was is None or now is None or not alike or was["rule_key"] != now["rule_key"]:
        settle_level(tx, survivor_id, programme, cause=cause)
        return
    if was["level"] != now["level"]:
        note_change(tx, survivor_id, now["level"], was["level"], cause=cause, at=tx.now)
    tx.run(update(TierStanding).where(TierStanding.member_id == survivor_id).values(**was))
    settle_level(tx, survivor_id, programme, cause=cause)


def _one(tx: Tx, model: Any, member_id: MemberId) -> Row | None:
    row = tx.run(select(model).where(model.member_id == member_id)).first()
    return None if row is None else row._asdict()


def _credits(tx: Tx, member_id: MemberId) -> tuple[Row, ...]:
    rows = tx.run(
        select(TierCredit).where(TierCredit.member_id == member_id).order_by(TierCredit.period)
    )
    return tuple(row._asdict() for row in rows)


def _told(value: Any) -> Any:
    """Return rows with their days and instants as text."""
    if isinstance(value, dict):
        return {key: _told(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_told(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _read(value: Any) -> Any:
    """Return stored rows with their days and instants as such."""
    if isinstance(value, list):
        return [_read(one) for one in value]
    if isinstance(value, dict):
        return {key: _moment(key, one) for key, one in value.items()}
    return value


def _moment(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    if name.endswith(("_on", "_until", "judged_first", "judged_last", "credits_from")):
        return date.fromisoformat(value)
    return value
