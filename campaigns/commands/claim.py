"""Claiming messages to send, and asking once more right before they go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, Update, bindparam, func, select, update
from sqlalchemy.dialects import postgresql

from campaigns.batches import among, packed
from campaigns.commands.rows import change
from campaigns.models import IS_PLANNED, Campaign, ContactTurn, Message
from campaigns.queries.standing import Candidate, Judged, Rules, judge_all
from campaigns.values import (
    CampaignState,
    Channel,
    Lane,
    MessageId,
    MessageState,
    Outcome,
    Reason,
    Work,
)
from loyalty.kernel.tx import Tx
from loyalty.queries import Contact
from loyalty.values import MemberId

CLAIM_BATCH = 100
LEASE = timedelta(minutes=5)
"""Far longer than a batch takes: a lease that ends means that its worker is gone."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send, and what its words are made from.

    ``attempt`` numbers this try, from 1.
    """

    message_id: MessageId
    member_id: MemberId
    occurrence_id: str
    version: int
    attempt: int
    expires_at: datetime
    contact: Contact


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim: what to send now, and how many messages were looked at."""

    messages: tuple[Claimed, ...]
    looked_at: int


def claim_messages(
    tx: Tx, *, work: Work, holder: str, rules: Rules, limit: int = CLAIM_BATCH
) -> Claim:
    """Take up to ``limit`` due messages; nobody else gets them while the lease lasts.

    Every message looked at is judged: one that may never be sent is skipped with its reason, one
    that must wait gets its new time. A paused or cancelled campaign yields nothing.
    """
    if _is_stopped(tx, work):
        return Claim((), 0)
    rows = {row.id: row for row in _due(tx, work, limit)}
    candidates = [Candidate(row.id, row.member_id, row.expires_at) for row in rows.values()]
    if work.lane is Lane.MARKETING:
        _take_turns(tx, candidates, work.channel)
    judged = judge_all(tx, candidates, channel=work.channel, lane=work.lane, rules=rules)
    going = [one for one in judged if one.verdict.may_send]
    _lease(tx, going, holder)
    _put_aside(tx, [one for one in judged if not one.verdict.may_send])
    return Claim(tuple(_claimed(one, rows[one.candidate.message_id]) for one in going), len(rows))


def still_allowed(
    tx: Tx, *, work: Work, messages: Sequence[Claimed], holder: str, rules: Rules
) -> tuple[list[Claimed], list[Outcome]]:
    """Judge claimed messages once more, right before they go to the socket.

    Returns those that may go, with what is known of their members now, and the outcomes of the
    others. A message that somebody else holds by now is in neither. The weekly count is not taken
    again: the leases are in it since the claim.
    """
    held = _held(tx, messages, holder)
    mine = {one.message_id: one for one in messages if one.message_id in held}
    judged = judge_all(
        tx,
        [Candidate(one.message_id, one.member_id, one.expires_at) for one in mine.values()],
        channel=work.channel,
        lane=work.lane,
        rules=rules,
        counted=False,
    )
    stopped = _is_stopped(tx, work)
    going, others = [], []
    for one in judged:
        if one.verdict.may_send and one.contact is not None and not stopped:
            going.append(replace(mine[one.candidate.message_id], contact=one.contact))
        else:
            others.append(_held_back(one, tx.now))
    return going, others


def _is_stopped(tx: Tx, work: Work) -> bool:
    """Tell whether the campaign is paused or over."""
    if work.lane is Lane.TRANSACTIONAL:
        return False
    state = tx.run(select(Campaign.state).where(Campaign.id == work.campaign_id)).scalar()
    return state is not CampaignState.SCHEDULED


def _due(tx: Tx, work: Work, limit: int) -> Sequence[Any]:
    """Return messages that are due and that nobody else is claiming, locked."""
    parameters = {
        "campaign": work.campaign_id,
        "channel": work.channel,
        "now": tx.now,
        "most": limit,
    }
    return tx.run(_DUE, parameters).all()


_DUE = (
    select(
        Message.id,
        Message.member_id,
        Message.occurrence_id,
        Message.version,
        Message.attempts,
        Message.expires_at,
    )
    .where(
        Message.campaign_id == bindparam("campaign"),
        Message.channel == bindparam("channel"),
        IS_PLANNED,
        Message.due_at <= bindparam("now"),
    )
    .order_by(Message.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def _take_turns(tx: Tx, candidates: Sequence[Candidate], channel: Channel) -> None:
    """Hold the turn of each member, lowest id first, until the transaction ends."""
    members = sorted({candidate.member_id for candidate in candidates})
    if not members or tx.dialect == "sqlite":
        return  # SQLite has one writer at a time
    tx.run(_TURNS, {"members": members, "channel": channel, "now": tx.now})


_TURNS = (
    postgresql.insert(ContactTurn)
    .from_select(
        ["member_id", "channel", "last_at"],
        select(
            func.unnest(bindparam("members", type_=postgresql.ARRAY(Text))),
            bindparam("channel", type_=ContactTurn.channel.type),
            bindparam("now", type_=ContactTurn.last_at.type),
        ),
    )
    .on_conflict_do_update(
        index_elements=["member_id", "channel"], set_={"last_at": bindparam("now")}
    )
)


def _lease(tx: Tx, going: Iterable[Judged], holder: str) -> None:
    ids = [one.candidate.message_id for one in going]
    if ids:
        parameters = {"holder": holder, "until": tx.now + LEASE, "now": tx.now}
        tx.run(_leasing(tx.dialect), {"ids": packed(tx, ids), **parameters})


@cache
def _leasing(dialect: str) -> Update:
    return (
        update(Message)
        .where(among(dialect, Message.id, "ids"))
        .values(
            state=MessageState.LEASED,
            lease_holder=bindparam("holder"),
            leased_until=bindparam("until"),
            handed_over_at=bindparam("now"),
            attempts=Message.attempts + 1,
        )
    )


def _put_aside(tx: Tx, refused: Sequence[Judged]) -> None:
    """Skip what may never be sent, and put off what must wait: one statement a verdict."""
    for verdict in {one.verdict for one in refused}:
        ids = [one.candidate.message_id for one in refused if one.verdict == verdict]
        if verdict.wait_until is not None:
            change(tx, ids, {"due_at": verdict.wait_until})
        else:
            change(tx, ids, {"state": MessageState.SKIPPED, "reason": verdict.reason})


def _claimed(one: Judged, row: Any) -> Claimed:
    assert one.contact is not None, "nobody is written to without being known"
    return Claimed(
        message_id=one.candidate.message_id,
        member_id=one.candidate.member_id,
        occurrence_id=row.occurrence_id,
        version=row.version,
        attempt=row.attempts + 1,
        expires_at=one.candidate.expires_at,
        contact=one.contact,
    )


def _held(tx: Tx, messages: Sequence[Claimed], holder: str) -> set[str]:
    """Return which of the messages are still leased to ``holder``."""
    ids = packed(tx, (one.message_id for one in messages))
    return set(tx.run(_holding(tx.dialect), {"ids": ids, "holder": holder}).scalars())


@cache
def _holding(dialect: str) -> Select[Any]:
    return select(Message.id).where(
        among(dialect, Message.id, "ids"),
        Message.state == MessageState.LEASED,
        Message.lease_holder == bindparam("holder"),
    )


def _held_back(one: Judged, now: datetime) -> Outcome:
    """Return the outcome of a message that may not go after all: put off, or skipped."""
    waits = one.verdict.may_send or one.verdict.wait_until is not None
    return Outcome(
        message_id=one.candidate.message_id,
        member_id=one.candidate.member_id,
        state=MessageState.PLANNED if waits else MessageState.SKIPPED,
        reason=Reason.NONE if waits else one.verdict.reason,
        retry_at=(one.verdict.wait_until or now) if waits else None,
    )
