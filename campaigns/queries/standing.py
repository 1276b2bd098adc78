"""What is true now of the people whom a batch of messages is for, and the verdict on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, func, select

from campaigns.addresses import address_key
from campaigns.batches import among, packed
from campaigns.governor import Facts, Verdict, judge
from campaigns.models import Message, Suppression
from campaigns.values import (
    MARKETING_WEEK_DAYS,
    Channel,
    Lane,
    MessageId,
    MessageState,
    SuppressionReason,
)
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import Contact, contacts
from loyalty.values import MemberId

COUNTED = (
    MessageState.LEASED,
    MessageState.HANDED_OVER,
    MessageState.DELIVERED,
    MessageState.BOUNCED,
    MessageState.UNCERTAIN,
)
"""States in which a message has reached the member, or may have."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an installation decides about contact: weekly caps, the programme's zone, the keys."""

    caps: Mapping[Channel, int]
    zone: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that may be sent."""

    message_id: MessageId
    member_id: MemberId
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate, what is known of its member (``None``: she is gone), and the verdict."""

    candidate: Candidate
    contact: Contact | None
    verdict: Verdict


def judge_all(
    tx: Tx,
    candidates: Sequence[Candidate],
    *,
    channel: Channel,
    lane: Lane,
    rules: Rules,
    stopped: bool = False,
    counted: bool = True,
) -> list[Judged]:
    """Judge a batch of messages of one channel and lane as of now, in at most three statements.

    ``counted`` false leaves the weekly count out: it was taken when the messages were leased, and
    they are in it themselves. Two messages of a batch to one member count one after the other.
    """
    member_ids = sorted({candidate.member_id for candidate in candidates})
    people = contacts(tx, member_ids)
    silent = _suppressed(tx, people, channel, rules.keys)
    capped = counted and lane is Lane.MARKETING
    recent = _recent(tx, member_ids, channel) if capped else {}
    judged = []
    for candidate in candidates:
        known = people.get(candidate.member_id)
        reason = silent.get(candidate.member_id)
        facts = Facts(
            channel=channel,
            lane=lane,
            state=known.state if known else None,
            address=address_of(known, channel),
            consents=known.consents if known else frozenset(),
            zone=(known.zone if known else None) or rules.zone,
            recent=recent.get(candidate.member_id, 0),
            cap=rules.caps[channel] if capped else 1,
            suppressed=reason is not None,
            unreachable=reason is SuppressionReason.HARD_BOUNCE,
            stopped=stopped,
            expires_at=candidate.expires_at,
        )
        verdict = judge(facts, now=tx.now)
        if verdict.may_send:
            recent[candidate.member_id] = recent.get(candidate.member_id, 0) + 1
        judged.append(Judged(candidate, known, verdict))
    return judged


def address_of(contact: Contact | None, channel: Channel) -> str | None:
    """Return where a member is written to on a channel."""
    if contact is None:
        return None
    return contact.email if channel is Channel.EMAIL else contact.phone


def _suppressed(
    tx: Tx, people: Mapping[MemberId, Contact], channel: Channel, keys: Keys
) -> dict[MemberId, SuppressionReason]:
    """Return the members whose address is not written to, and why."""
    by_key = {
        address_key(keys, channel, address): member_id
        for member_id, known in people.items()
        if (address := address_of(known, channel))
    }
    parameters = {"keys": packed(tx, by_key), "channel": channel}
    rows = tx.run(_suppressions(tx.dialect), parameters)
    return {by_key[row.address_key]: row.reason for row in rows}


@cache
def _suppressions(dialect: str) -> Select[str, SuppressionReason]:
    return select(Suppression.address_key, Suppression.reason).where(
        Suppression.channel == bindparam("channel"),
        among(dialect, Suppression.address_key, "keys"),
        Suppression.lifted_at.is_(None),
    )


def _recent(tx: Tx, member_ids: Sequence[MemberId], channel: Channel) -> dict[MemberId, int]:
    """Return how many marketing messages each member got on a channel in the last seven days."""
    parameters = {
        "members": packed(tx, member_ids),
        "channel": channel,
        "since": tx.now - timedelta(days=MARKETING_WEEK_DAYS),
    }
    rows = tx.run(_counts(tx.dialect), parameters)
    return {MemberId(member_id): count for member_id, count in rows}


@cache
def _counts(dialect: str) -> Select[MemberId, int]:
    return (
        select(Message.member_id, func.count())
        .where(
            among(dialect, Message.member_id, "members"),
            Message.channel == bindparam("channel"),
            Message.lane == Lane.MARKETING,
            Message.state.in_(COUNTED),
            Message.handed_over_at > bindparam("since"),
        )
        .group_by(Message.member_id)
    )
