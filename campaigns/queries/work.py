"""What there is to do for the workers: runs to start, messages to send, doubts to settle."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select

from campaigns.house_letters import LETTERS
from campaigns.models import IS_LEASED, IS_PLANNED, Campaign, Message, Occurrence
from campaigns.values import (
    CampaignState,
    Channel,
    Lane,
    MessageId,
    MessageState,
    OccurrenceId,
    OccurrenceState,
    Work,
)
from loyalty.kernel.tx import Tx
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class UncertainMessage:
    """A message of which nobody knows whether it left."""

    message_id: MessageId
    member_id: MemberId
    channel: Channel


def plan_is_open(tx: Tx) -> bool:
    """Tell whether any run waits, is under way, or is still missing from the plan."""
    running = exists().where(
        Occurrence.state.in_(
            [OccurrenceState.PLANNED, OccurrenceState.FREEZING, OccurrenceState.SENDING]
        )
    )
    scheduled = exists().where(Campaign.state == CampaignState.SCHEDULED)
    stopped = exists().where(
        Message.campaign_id == Campaign.id, IS_PLANNED, Campaign.state == CampaignState.CANCELLED
    )
    return bool(tx.run(select(running | scheduled | stopped)).scalar())


def due_occurrences(tx: Tx, *, limit: int = 20) -> list[OccurrenceId]:
    """Return the runs whose audience is to be frozen now, the oldest first."""
    rows = tx.run(
        select(Occurrence.id)
        .join(Campaign, Campaign.id == Occurrence.campaign_id)
        .where(
            Occurrence.state.in_([OccurrenceState.PLANNED, OccurrenceState.FREEZING]),
            Occurrence.due_at <= tx.now,
            Campaign.state == CampaignState.SCHEDULED,
        )
        .order_by(Occurrence.due_at)
        .limit(limit)
    )
    return [OccurrenceId(row.id) for row in rows]


def due_work(tx: Tx) -> list[Work]:
    """Return what may be claimed now, transactional letters before everything else."""
    letters = [Work(name, Channel.EMAIL, Lane.TRANSACTIONAL) for name in LETTERS]
    running = tx.run(
        select(Campaign.id)
        .where(
            Campaign.state == CampaignState.SCHEDULED,
            exists().where(
                Occurrence.campaign_id == Campaign.id,
                Occurrence.state.in_([OccurrenceState.FREEZING, OccurrenceState.SENDING]),
            ),
        )
        .order_by(Campaign.id)
    )
    marketing = [Work(row.id, channel, Lane.MARKETING) for row in running for channel in Channel]
    everything = (*letters, *marketing)
    waiting = tx.run(select(*(_has_due(tx, work) for work in everything))).one()
    return [work for work, due in zip(everything, waiting, strict=True) if due]


def leases_ended(tx: Tx) -> bool:
    """Tell whether messages are held by workers that must be dead by now."""
    ended = exists().where(IS_LEASED, Message.leased_until <= tx.now)
    return bool(tx.run(select(ended)).scalar())


def uncertain_messages(tx: Tx, *, limit: int = 100) -> list[UncertainMessage]:
    """Return messages whose fate has to be asked for, the oldest first."""
    rows = tx.run(
        select(Message.id, Message.member_id, Message.channel)
        .where(Message.state == MessageState.UNCERTAIN)
        .order_by(Message.id)
        .limit(limit)
    )
    return [UncertainMessage(*row) for row in rows]


def _has_due(tx: Tx, work: Work) -> ColumnElement[bool]:
    """Return whether messages of this work may be claimed now."""
    return exists().where(
        Message.campaign_id == work.campaign_id,
        Message.channel == work.channel,
        IS_PLANNED,
        Message.due_at <= tx.now,
    )
