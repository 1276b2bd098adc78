"""Messages that the ledger causes, and no more of them than are welcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from loyalty.commands.sql import insert_rows
from loyalty.events import MemberMessageDue
from loyalty.journal import Journal
from loyalty.kernel.tx import Tx
from loyalty.models import MemberMessage
from loyalty.queries.programme import current_programme
from loyalty.values import MemberId, WriteState
from loyalty.words import PostingKind

BY_DEFAULT = "email"
"""The channel of what the ledger writes of itself."""

QUIET = frozenset({PostingKind.OPENING, PostingKind.MERGE, PostingKind.EXPIRY})
"""Movements that pass no milestone: nobody did anything to be congratulated for."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a message, and its number among the member's."""

    status: WriteState
    seq: int


def note_message(
    tx: Tx, member_id: MemberId, message: str, *, channel: str = BY_DEFAULT, cause: str
) -> Written:
    """Write down a message to a member and have it sent, unless she has had enough.

    What is withheld is written down all the same. Her wallet is held.
    """
    status = WriteState.WITHHELD if _had_enough(tx, member_id, channel) else WriteState.SENT
    last = select(func.coalesce(func.max(MemberMessage.seq), 0)).where(
        MemberMessage.member_id == member_id
    )
    seq = int(tx.run(last).scalar_one()) + 1
    row = {
        "member_id": member_id,
        "seq": seq,
        "message": message,
        "channel": channel,
        "status": status,
        "cause": cause,
        "at": tx.now,
    }
    insert_rows(tx, MemberMessage, [row])
    if status is WriteState.SENT:
        tx.announce(MemberMessageDue(member_id=member_id, message=message, channel=channel))
    return Written(status, seq)


def note_milestones(tx: Tx, journals: Iterable[Journal]) -> None:
    """Write to members whose balance has passed a milestone with what is being posted.

    Of several passed at once only the highest is told. It may be passed again after a fall.
    """
    programme = current_programme(tx)
    milestones = programme.messages.milestones
    if not milestones:
        return
    for journal in journals:
        loud = [row for row in journal.postings if row["kind"] not in QUIET]
        if journal.unit != programme.main_unit or not loud:
            continue
        before = journal.balance - sum(int(row["points"]) for row in journal.postings)
        passed = [one for one in milestones if before < one.points <= journal.balance]
        if passed:
            cause = f"milestone:{passed[-1].points}"
            note_message(tx, journal.member_id, passed[-1].message, cause=cause)


def _had_enough(tx: Tx, member_id: MemberId, channel: str) -> bool:
    """Tell whether the channel's messages of the last days are as many as are welcome."""
    caps = current_programme(tx).contact_caps
    most = caps.most.get(channel)
    if most is None:
        return False
    since = tx.now - timedelta(days=caps.rolling_days)
    sent = select(func.count()).where(
        MemberMessage.member_id == member_id,
        MemberMessage.channel == channel,
        MemberMessage.status == WriteState.SENT,
        MemberMessage.at > since,
    )
    return int(tx.run(sent).scalar_one()) >= most
