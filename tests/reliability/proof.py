"""The judge: holds what tills were told against what the database knows.

It knows nothing of how the sales were made. Its own faults are looked for in ``test_proof.py``
and by the mutants in ``mutants.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from loyalty.kernel.outbox import OutboxEvent
from loyalty.kernel.tx import Tx
from loyalty.models import Posting, Purchase, PurchaseReturn, Wallet
from loyalty.queries import verify_books
from loyalty.words import PostingKind
from tests.reliability.ground import Ground
from tests.reliability.tills import Till

MOST_NAMED = 20


def faults(ground: Ground, tills: Sequence[Till]) -> list[str]:
    """Return everything that is not as the tills were told; empty when every sale counts once."""
    database = ground.open()
    try:
        with database.look() as tx:
            stored = {(row.till, row.sequence): row for row in tx.run(select(Purchase.__table__))}
            returns = {
                (row.till, row.sequence): row for row in tx.run(select(PurchaseReturn.__table__))
            }
            found = [
                *_lost(tills, stored),
                *_lost_returns(tills, returns),
                *_uncalled_for(tills, stored | returns),
                *_doubled(tx),
                *_miscounted(tx, ground, tills),
                *_unannounced(tx, stored),
                *(f"{one.rule}: {one.row}: {one.detail}" for one in verify_books(tx)),
            ]
    finally:
        database.dispose()
    return found[:MOST_NAMED]


def _lost(tills: Sequence[Till], stored: dict[Any, Any]) -> list[str]:
    """Return the acknowledged sales that are not there, or not as they were acknowledged."""
    found = []
    for till in tills:
        for number, told in till.acknowledged.items():
            row = stored.get((till.name, number))
            if row is None:
                found.append(f"lost: {till.name} {number} was acknowledged")
                continue
            kept = (row.id, row.due_minor, row.points)
            said = (told["purchase_id"], told["due_minor"], told["earned"]["points"])
            if kept != said:
                found.append(f"changed: {till.name} {number}: told {said}, kept {kept}")
    return found


def _lost_returns(tills: Sequence[Till], stored: dict[Any, Any]) -> list[str]:
    """Return the acknowledged returns that are not there, or not as they were acknowledged."""
    found = []
    for till in tills:
        for number, told in till.taken_back.items():
            row = stored.get((till.name, number))
            if row is None:
                found.append(f"lost: the return {till.name} {number} was acknowledged")
                continue
            kept = (row.id, row.refund_minor, -row.points_taken)
            said = (told["return_id"], told["refund_minor"], told["points"])
            if kept != said:
                found.append(f"changed: return {till.name} {number}: told {said}, kept {kept}")
    return found


def _uncalled_for(tills: Sequence[Till], stored: dict[Any, Any]) -> list[str]:
    """Return the sales and returns that no till was told of."""
    told = {(till.name, number) for till in tills for number in till.told()}
    return [f"uncalled for: {key}" for key in stored if key not in told]


def _doubled(tx: Tx) -> list[str]:
    """Return the purchases that earned more often than once."""
    often = (
        select(Posting.purchase_id, func.count().label("times"))
        .where(Posting.purchase_id.is_not(None), Posting.kind == PostingKind.EARN)
        .group_by(Posting.purchase_id)
        .having(func.count() > 1)
    )
    return [f"doubled: {row.purchase_id} posted {row.times} times" for row in tx.run(often)]


def _miscounted(tx: Tx, ground: Ground, tills: Sequence[Till]) -> list[str]:
    """Return the members who hold more or fewer points than their receipts say."""
    due: Counter[str] = Counter()
    owners = {
        told["purchase_id"]: told["member_id"]
        for till in tills
        for told in till.acknowledged.values()
    }
    for till in tills:
        for number, told in till.acknowledged.items():
            member_id = ground.cards[till.sent[number]["card"]["code"]]
            due[member_id] += told["earned"]["points"]
        for told in till.taken_back.values():
            due[owners[told["purchase_id"]]] += told["points"]
    held = {row.member_id: row.balance for row in tx.run(select(Wallet.__table__))}
    return [
        f"miscounted: {member_id} holds {held.get(member_id, 0)}, receipts say {due[member_id]}"
        for member_id in ground.cards.values()
        if held.get(member_id, 0) != due[member_id]
    ]


def _unannounced(tx: Tx, stored: dict[Any, Any]) -> list[str]:
    """Return the purchases that were announced never, or more often than once."""
    bodies = tx.run(select(OutboxEvent.body).where(OutboxEvent.name == "PurchaseRecorded"))
    times = Counter(body["purchase_id"] for body in bodies.scalars())
    return [
        f"announced {times[row.id]} times: {row.id}"
        for row in stored.values()
        if times[row.id] != 1
    ]
