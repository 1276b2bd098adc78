"""What happens to members besides buying: events, referrals, messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, Json, LocalDate, Whole

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "member_events",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event", Id, nullable=False),
        sa.Column("once", sa.Text()),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("purchase_id", Id),
        sa.Column("earned_by", Json, nullable=False),
        sa.Column("earned", Json, nullable=False),
        sa.Column("released", Json, nullable=False),
        sa.Column("counted_on", LocalDate(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "source", name="pk_member_events"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_member_events_member_id"),
    )
    op.create_index("uq_member_events_once", "member_events", ["member_id", "once"], unique=True)
    op.create_table(
        "referrals",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("referrer_id", Id, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("purchase_id", Id),
        sa.Column("due_on", LocalDate()),
        sa.Column("given", Json),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_referrals"),
        sa.CheckConstraint("member_id <> referrer_id", name="ck_referrals_two_people"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_referrals_member_id"),
        sa.ForeignKeyConstraint(["referrer_id"], ["members.id"], name="fk_referrals_referrer_id"),
    )
    op.create_index("ix_referrals_due_on", "referrals", ["state", "due_on", "member_id"])
    op.create_index("ix_referrals_referrer_id", "referrals", ["referrer_id", "member_id"])
    op.create_table(
        "member_messages",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("seq", Whole, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("channel", Id, nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "seq", name="pk_member_messages"),
        sa.CheckConstraint("seq > 0", name="ck_member_messages_seq_positive"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_member_messages_member_id"),
    )
    op.create_index("ix_member_messages_at", "member_messages", ["member_id", "channel", "at"])
    for table in ("member_events", "member_messages"):
        make_append_only(table)
