"""Planning the runs of campaigns and freezing who they are for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    exists,
    func,
    literal,
    literal_column,
    select,
    update,
)

from campaigns.commands.rows import insert
from campaigns.document import CampaignDocument, read_campaign
from campaigns.models import IS_PLANNED, Campaign, CampaignVersion, Message, Occurrence
from campaigns.queries.audience import matching
from campaigns.timing import to_utc
from campaigns.values import (
    CampaignState,
    Channel,
    Lane,
    MessageState,
    OccurrenceId,
    OccurrenceState,
    Reason,
)
from loyalty.kernel.clock import local
from loyalty.kernel.db import Id, Instant
from loyalty.kernel.tx import Tx
from loyalty.queries import audience_facts

LATEST_START = timedelta(hours=12)
"""A run that could not start for so long is missed: a "good morning" at night helps nobody."""

VALID_FOR = timedelta(hours=72)
"""A message that windows and outages held back for longer is not sent any more."""

FREEZE_BATCH = 20_000
SWEEP_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Frozen:
    """One batch of a frozen audience: how many members it took in, and whether it was the last."""

    members: int
    done: bool


def plan_occurrence(tx: Tx, *, campaign: Campaign, zone: str) -> OccurrenceId:
    """Plan the run of a scheduled campaign; planning it again returns the one there is."""
    document = _document(tx, campaign.id, campaign.version)
    starts = document.starts()
    assert starts is not None, "a scheduled version has a start"
    due_at = to_utc(starts, zone)
    slot = f"{starts:%Y-%m-%dT%H:%M}"
    tx.run(
        insert(tx, Occurrence)
        .values(
            id=tx.new_id("occ"),
            campaign_id=campaign.id,
            slot=slot,
            version=campaign.version,
            zone=zone,
            due_at=due_at,
            latest_start_at=due_at + LATEST_START,
            expires_at=due_at + VALID_FOR,
            state=OccurrenceState.PLANNED,
            frozen_through="",
            audience=0,
        )
        .on_conflict_do_nothing(index_elements=["campaign_id", "slot"])
    )
    found = tx.run(
        select(Occurrence.id).where(Occurrence.campaign_id == campaign.id, Occurrence.slot == slot)
    )
    return OccurrenceId(found.scalar_one())


def plan_occurrences(tx: Tx, *, zone: str) -> int:
    """Plan every run that a scheduled campaign should have; return how many campaigns lacked one.

    Scheduling plans the run itself; this repairs what a restored backup or an older program left.
    """
    lacking = tx.session.scalars(
        select(Campaign).where(
            Campaign.state == CampaignState.SCHEDULED,
            ~exists().where(
                Occurrence.campaign_id == Campaign.id, Occurrence.version == Campaign.version
            ),
        )
    ).all()
    for campaign in lacking:
        plan_occurrence(tx, campaign=campaign, zone=zone)
    return len(lacking)


def miss_late_occurrences(tx: Tx) -> int:
    """Mark the runs whose latest start has passed as missed; return how many.

    Nothing is sent for them: a person looks at the campaign and decides.
    """
    return tx.run(
        update(Occurrence)
        .where(
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.latest_start_at <= tx.now,
        )
        .values(state=OccurrenceState.MISSED, finished_at=tx.now)
    ).rowcount


def freeze_audience(tx: Tx, *, occurrence_id: OccurrenceId, batch: int = FREEZE_BATCH) -> Frozen:
    """Write the next batch of messages of a run that is due, one per member and channel.

    The members are taken in the order of their ids, in one statement a batch; a run that was
    interrupted goes on after the last batch that was committed. A paused campaign freezes nobody.
    """
    row = _due_run(tx, occurrence_id)
    if row is None:
        return Frozen(0, done=True)
    document = _document(tx, row.campaign_id, row.version)
    facts = audience_facts()
    today = local(row.due_at, row.zone).date()
    chosen = matching(facts, document.audience, today)
    through = _last_of_batch(tx, facts, chosen, row.frozen_through, batch)
    members = 0
    if through is not None:
        in_batch = [*chosen, facts.c.member_id > row.frozen_through, facts.c.member_id <= through]
        for channel in sorted(document.channels):
            members = _insert_messages(tx, row, channel, select(facts.c.member_id).where(*in_batch))
    done = through is None or members < batch
    tx.run(
        update(Occurrence)
        .where(Occurrence.id == occurrence_id)
        .values(
            state=OccurrenceState.SENDING if done else OccurrenceState.FREEZING,
            frozen_through=through or row.frozen_through,
            audience=Occurrence.audience + members,
            started_at=row.started_at or tx.now,
        )
    )
    return Frozen(members, done=done)


def _due_run(tx: Tx, occurrence_id: OccurrenceId) -> Any:
    """Return a run that is due and not yet frozen, held until the transaction ends; else none."""
    return tx.run(
        select(Occurrence)
        .join(Campaign, Campaign.id == Occurrence.campaign_id)
        .with_only_columns(
            Occurrence.id,
            Occurrence.campaign_id,
            Occurrence.version,
            Occurrence.zone,
            Occurrence.due_at,
            Occurrence.expires_at,
            Occurrence.frozen_through,
            Occurrence.started_at,
        )
        .where(
            Occurrence.id == occurrence_id,
            Occurrence.state.in_([OccurrenceState.PLANNED, OccurrenceState.FREEZING]),
            Occurrence.due_at <= tx.now,
            Campaign.state == CampaignState.SCHEDULED,
        )
        .with_for_update(of=Occurrence)
    ).one_or_none()


def close_occurrences(tx: Tx) -> int:
    """End the runs that have nothing left to send, and their campaigns; return how many ended.

    A message whose fate is uncertain keeps no run open: it is listed apart until it is settled.
    """
    open_message = exists().where(
        Message.occurrence_id == Occurrence.id,
        Message.state.in_([MessageState.PLANNED, MessageState.LEASED]),
    )
    ended = tx.run(
        update(Occurrence)
        .where(Occurrence.state == OccurrenceState.SENDING, ~open_message)
        .values(state=OccurrenceState.DONE, finished_at=tx.now)
    ).rowcount
    still_running = exists().where(
        Occurrence.campaign_id == Campaign.id,
        Occurrence.state.in_(
            [OccurrenceState.PLANNED, OccurrenceState.FREEZING, OccurrenceState.SENDING]
        ),
    )
    was_planned = exists().where(Occurrence.campaign_id == Campaign.id)
    tx.run(
        update(Campaign)
        .where(Campaign.state == CampaignState.SCHEDULED, was_planned, ~still_running)
        .values(state=CampaignState.FINISHED, revision=Campaign.revision + 1, changed_at=tx.now)
    )
    return ended


def sweep_cancelled(tx: Tx, *, limit: int = SWEEP_BATCH) -> int:
    """Mark waiting messages of cancelled campaigns as such, a batch at a time; return how many.

    They could not leave since the moment of cancelling; this only writes it on each of them.
    """
    tx.run(
        update(Occurrence)
        .where(
            Occurrence.state.in_(
                [OccurrenceState.PLANNED, OccurrenceState.FREEZING, OccurrenceState.SENDING]
            ),
            Occurrence.campaign_id.in_(_cancelled()),
        )
        .values(state=OccurrenceState.CANCELLED, finished_at=tx.now)
    )
    waiting = (
        select(Message.id).where(Message.campaign_id.in_(_cancelled()), IS_PLANNED).limit(limit)
    )
    return tx.run(
        update(Message)
        .where(Message.id.in_(waiting), Message.state == MessageState.PLANNED)
        .values(state=MessageState.CANCELLED, reason=Reason.CAMPAIGN_STOPPED)
    ).rowcount


def _cancelled() -> Select[Any]:
    return select(Campaign.id).where(Campaign.state == CampaignState.CANCELLED)


def _document(tx: Tx, campaign_id: str, version: int) -> CampaignDocument:
    raw = tx.run(
        select(CampaignVersion.document).where(
            CampaignVersion.campaign_id == campaign_id, CampaignVersion.number == version
        )
    ).scalar_one()
    return read_campaign(raw).document


def _last_of_batch(
    tx: Tx, facts: Subquery, chosen: list[ColumnElement[bool]], after: str, batch: int
) -> str | None:
    """Return the id that ends the next batch of the audience; ``None`` when nobody is left."""
    ahead = (
        select(facts.c.member_id)
        .where(*chosen, facts.c.member_id > after)
        .order_by(facts.c.member_id)
        .limit(batch)
        .subquery()
    )
    found: str | None = tx.run(select(func.max(ahead.c.member_id))).scalar()
    return found


def _insert_messages(tx: Tx, occurrence: Any, channel: Channel, members: Select[Any]) -> int:
    """Plan a message for each of ``members``, in one statement; return how many members there were.

    The id is the instant and 64 random bits, made by the database: hexadecimal digits are letters
    of our ids, so it reads and sorts like any other.
    """
    count = int(tx.run(select(func.count()).select_from(members.subquery())).scalar_one())
    made = members.add_columns(
        _message_id(tx),
        literal(occurrence.campaign_id, Id),
        literal(occurrence.id, Id),
        literal(channel.value),
        literal(Lane.MARKETING.value),
        literal(occurrence.version),
        literal(occurrence.due_at, Instant()),
        literal(occurrence.expires_at, Instant()),
        literal(tx.now, Instant()),
        literal(MessageState.PLANNED.value),
        literal(Reason.NONE.value),
        literal(0),
        literal(""),
        literal(""),
    )
    columns = [
        *("member_id", "id", "campaign_id", "occurrence_id", "channel", "lane", "version"),
        *("due_at", "expires_at", "planned_at", "state", "reason", "attempts", "lease_holder"),
        "provider_ref",
    ]
    tx.run(insert(tx, Message).from_select(columns, made).on_conflict_do_nothing())
    return count


def _message_id(tx: Tx) -> ColumnElement[str]:
    """Return the SQL of a fresh message id: ours up to its tenth letter, then 64 random bits."""
    instant = tx.new_id("msg")[: len("msg_") + 10]
    sixteen = {
        "sqlite": "lower(hex(randomblob(8)))",
        "postgresql": "substr(replace(gen_random_uuid()::text, '-', ''), 17, 16)",
    }[tx.dialect]
    return literal(instant, Id).concat(literal_column(sixteen, Id))
