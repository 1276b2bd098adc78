"""Writing down what became of messages: after a batch, after a crash, after asking the gateway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update

from campaigns.commands.rows import MESSAGES, change, insert
from campaigns.models import IS_LEASED, Message, MessageAttempt
from campaigns.retrying import MAX_ATTEMPTS
from campaigns.values import Channel, MessageState, Outcome, Reason
from loyalty.kernel.tx import Tx
from loyalty.values import MemberId

RECOVER_BATCH = 1000
_LEFT = (MessageState.HANDED_OVER, MessageState.UNCERTAIN)
_OVERTAKEN = (MessageState.LEASED, MessageState.PLANNED, MessageState.UNCERTAIN)
_LOST = "worker-lost"


def acknowledge(tx: Tx, *, outcomes: Sequence[Outcome], holder: str, transport: str) -> None:
    """Write down what became of a batch. Writing the same again changes nothing.

    A message that was handed over is marked so whatever happened to its lease: it did leave.
    Every other outcome counts only while ``holder`` has the lease.
    """
    groups: dict[tuple[object, ...], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        key = (outcome.state, outcome.reason, outcome.retry_at, outcome.attempt > 0)
        groups[key].append(outcome)
    for group in groups.values():
        _move(tx, group, holder)
    _note_references(tx, outcomes)
    _note_attempts(tx, outcomes, transport)


def recover_leases(tx: Tx, *, limit: int = RECOVER_BATCH) -> int:
    """Free the messages of workers that died while they held them; return how many.

    E-mail goes again: its Message-ID is the same, so a second copy can be told. An SMS may have
    left and costs money: it is uncertain until the gateway has been asked. After the last attempt
    an e-mail is parked, so that one that kills its worker cannot do so for ever.
    """
    rows = tx.run(
        select(Message.id, Message.member_id, Message.channel, Message.attempts)
        .where(IS_LEASED, Message.leased_until <= tx.now)
        .order_by(Message.leased_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    lost = [
        Outcome(
            message_id=row.id,
            member_id=row.member_id,
            attempt=row.attempts,
            code=_LOST,
            **_after_a_crash(row.channel, row.attempts),
        )
        for row in rows
    ]
    for state in {outcome.state for outcome in lost}:
        group = [outcome for outcome in lost if outcome.state is state]
        values = _values(group[0], tx)
        values |= {"due_at": tx.now} if state is MessageState.PLANNED else {}
        change(tx, [one.message_id for one in group], values)
    _note_attempts(tx, lost, "")
    return len(rows)


def settle_message(tx: Tx, *, outcome: Outcome) -> bool:
    """End the doubt about an uncertain message: it left, or it goes again; ``False`` if settled.

    ``outcome.state`` is ``HANDED_OVER`` when the gateway knows it, ``PLANNED`` when it does not.
    """
    values = _values(outcome, tx)
    values |= {"due_at": tx.now} if outcome.state is MessageState.PLANNED else {}
    return change(tx, [outcome.message_id], values, Message.state == MessageState.UNCERTAIN) == 1


def _after_a_crash(channel: Channel, attempts: int) -> dict[str, Any]:
    """Return state and reason of a message whose worker is gone."""
    if channel is Channel.SMS:
        return {"state": MessageState.UNCERTAIN}
    if attempts >= MAX_ATTEMPTS:
        return {"state": MessageState.FAILED, "reason": Reason.GAVE_UP}
    return {"state": MessageState.PLANNED}


def _move(tx: Tx, group: Sequence[Outcome], holder: str) -> None:
    """Move messages that have the same outcome, in one statement."""
    first = group[0]
    movable = and_(Message.state == MessageState.LEASED, Message.lease_holder == holder)
    if first.state is MessageState.HANDED_OVER:
        movable = or_(movable, Message.state.in_(_OVERTAKEN))
    values = _values(first, tx)
    if first.retry_at is not None:
        values["due_at"] = first.retry_at
    if not first.attempt:
        values["attempts"] = Message.attempts - 1
    change(tx, [one.message_id for one in group], values, movable)


def _values(outcome: Outcome, tx: Tx) -> dict[str, Any]:
    """Return the columns that every outcome sets. Only what left counts for the week."""
    return {
        "state": outcome.state,
        "reason": outcome.reason,
        "lease_holder": "",
        "leased_until": None,
        "handed_over_at": tx.now if outcome.state in _LEFT else None,
    }


def _note_references(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    """Keep the provider's own names of messages, by which it will speak of them later."""
    named = [
        {"member": one.member_id, "message": one.message_id, "ref": one.provider_ref[:80]}
        for one in outcomes
        if one.provider_ref
    ]
    if named:
        tx.run(
            update(MESSAGES)
            .where(
                MESSAGES.c.member_id == bindparam("member"), MESSAGES.c.id == bindparam("message")
            )
            .values(provider_ref=bindparam("ref")),
            named,
        )


def _note_attempts(tx: Tx, outcomes: Sequence[Outcome], transport: str) -> None:
    """Append one line per try; a line that is there already stays as it is."""
    rows = [
        {
            "member_id": MemberId(one.member_id),
            "message_id": one.message_id,
            "number": one.attempt,
            "at": tx.now,
            "transport": transport,
            "state": one.state,
            "code": one.code[:40],
            "detail": one.detail[:200],
        }
        for one in outcomes
        if one.attempt
    ]
    if rows:
        tx.run(insert(tx, MessageAttempt).on_conflict_do_nothing(), rows)
