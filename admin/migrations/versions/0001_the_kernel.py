"""The kernel: events, jobs, audit, revisions, staff, tills, sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, Json, Whole

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("operator_id", Id),
        sa.Column("operator_until", Instant()),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_access_sessions")),
    )
    op.create_index(op.f("ix_access_sessions_subject"), "access_sessions", ["kind", "subject_id"])
    op.create_table(
        "audit_entries",
        sa.Column("seq", Whole, nullable=False, autoincrement=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entries")),
    )
    make_append_only("audit_entries")
    op.create_table(
        "job_leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("fence", Whole, nullable=False),
        sa.Column("leased_until", Instant()),
        sa.Column("started_at", Instant()),
        sa.Column("finished_at", Instant()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_leases")),
    )
    op.create_table(
        "outbox_deliveries",
        sa.Column("event_id", Id, nullable=False),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("attempts", Whole, nullable=False),
        sa.Column("done_at", Instant()),
        sa.Column("retry_at", Instant()),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "subscriber", name=op.f("pk_outbox_deliveries")),
    )
    op.create_table(
        "outbox_events",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("announced_at", Instant(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_events")),
    )
    op.create_index(
        op.f("ix_outbox_events_open"),
        "outbox_events",
        ["id"],
        postgresql_where=sa.text("NOT settled"),
        sqlite_where=sa.text("settled = 0"),
    )
    op.create_table(
        "revisions",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("number", Whole, nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_revisions")),
    )
    op.create_table(
        "spent_tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_spent_tokens")),
    )
    op.create_table(
        "staff",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("email_key", sa.Text()),
        sa.Column("store_id", sa.Text()),
        sa.Column("password_hash", sa.Text()),
        sa.Column("pin_hash", sa.Text()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email_key", name=op.f("uq_staff_email_key")),
    )
    op.create_table(
        "terminals",
        sa.Column("id", Id, nullable=False),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("till", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("key_number", Whole, nullable=False),
        sa.Column("code_hash", sa.Text()),
        sa.Column("code_until", Instant()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminals")),
        sa.CheckConstraint("key_number >= 1", name=op.f("ck_terminals_key_number_positive")),
    )
    op.create_index(op.f("uq_terminals_place"), "terminals", ["store_id", "till"], unique=True)
