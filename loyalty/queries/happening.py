"""Referrals and messages of members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.models import MemberMessage, Referral
from loyalty.values import MemberId, ReferralState, WriteState


@dataclass(frozen=True, slots=True)
class MessageWritten:
    """A message that the ledger wrote to a member, or withheld, and what caused it."""

    message: str
    channel: str
    status: WriteState
    cause: str
    at: datetime


def referrals_of(tx: Tx, member_ids: Sequence[MemberId]) -> dict[MemberId, ReferralState]:
    """Return how far the referral of each member is who was brought by another."""
    rows = tx.run(
        select(Referral.member_id, Referral.state).where(Referral.member_id.in_(member_ids))
    )
    return {row.member_id: row.state for row in rows}


def messages_of(
    tx: Tx, member_ids: Sequence[MemberId]
) -> dict[MemberId, tuple[MessageWritten, ...]]:
    """Return the messages of members, the first one first; who has none is left out."""
    found: dict[MemberId, list[MessageWritten]] = {}
    rows = tx.run(
        select(
            MemberMessage.member_id,
            MemberMessage.message,
            MemberMessage.channel,
            MemberMessage.status,
            MemberMessage.cause,
            MemberMessage.at,
        )
        .where(MemberMessage.member_id.in_(member_ids))
        .order_by(MemberMessage.member_id, MemberMessage.seq)
    )
    for member_id, *message in rows:
        found.setdefault(member_id, []).append(MessageWritten(*message))
    return {member_id: tuple(messages) for member_id, messages in found.items()}
