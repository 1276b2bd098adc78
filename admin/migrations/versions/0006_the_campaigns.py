"""Campaigns: versions, occurrences, messages, suppressions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, Json, Whole

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("revision", Whole, nullable=False),
        sa.Column("version", Whole, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.CheckConstraint("revision > 0", name=op.f("ck_campaigns_revision_positive")),
        sa.CheckConstraint("version >= 0", name=op.f("ck_campaigns_version_not_negative")),
        sa.UniqueConstraint("name", name=op.f("uq_campaigns_name")),
    )
    op.create_index(op.f("ix_campaigns_state"), "campaigns", ["state", "id"])
    op.create_table(
        "contact_turns",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "channel", name=op.f("pk_contact_turns")),
    )
    op.create_table(
        "messages",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("campaign_id", Id, nullable=False),
        sa.Column("occurrence_id", Id, nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("lane", sa.String(40), nullable=False),
        sa.Column("version", Whole, nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("attempts", Whole, nullable=False),
        sa.Column("lease_holder", sa.Text(), nullable=False),
        sa.Column("leased_until", Instant()),
        sa.Column("handed_over_at", Instant()),
        sa.Column("provider_ref", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_messages")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_messages_attempts_not_negative")),
        sa.CheckConstraint(
            "(state = 'leased') = (leased_until IS NOT NULL)",
            name=op.f("ck_messages_lease_has_end"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('skipped', 'failed') OR reason <> ''",
            name=op.f("ck_messages_refusal_has_reason"),
        ),
        sa.UniqueConstraint(
            "member_id", "campaign_id", "occurrence_id", "channel", name=op.f("uq_messages_once")
        ),
    )
    op.create_index(op.f("ix_messages_id"), "messages", ["id"])
    op.create_index(
        op.f("ix_messages_leased"),
        "messages",
        ["leased_until"],
        postgresql_where=sa.text("state = 'leased'"),
        sqlite_where=sa.text("state = 'leased'"),
    )
    op.create_index(
        op.f("ix_messages_occurrence"),
        "messages",
        ["occurrence_id", "state", "member_id", "channel"],
    )
    op.create_index(
        op.f("ix_messages_waiting"),
        "messages",
        ["campaign_id", "channel", "due_at"],
        postgresql_where=sa.text("state = 'planned'"),
        sqlite_where=sa.text("state = 'planned'"),
    )
    op.create_table(
        "suppressions",
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("address_key", Id, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("lifted_at", Instant()),
        sa.PrimaryKeyConstraint("channel", "address_key", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "campaign_versions",
        sa.Column("campaign_id", Id, nullable=False),
        sa.Column("number", Whole, nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scheduled_at", Instant(), nullable=False),
        sa.Column("scheduled_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("pk_campaign_versions")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_versions_campaign_id")
        ),
    )
    make_append_only("campaign_versions")
    op.create_table(
        "message_attempts",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("number", Whole, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("transport", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "member_id", "message_id", "number", name=op.f("pk_message_attempts")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_message_attempts_number_positive")),
        sa.ForeignKeyConstraint(
            ["member_id", "message_id"],
            ["messages.member_id", "messages.id"],
            name=op.f("fk_message_attempts_member_id_message_id"),
        ),
    )
    make_append_only("message_attempts")
    op.create_table(
        "occurrences",
        sa.Column("id", Id, nullable=False),
        sa.Column("campaign_id", Id, nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("version", Whole, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("latest_start_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("frozen_through", Id, nullable=False),
        sa.Column("audience", Whole, nullable=False),
        sa.Column("started_at", Instant()),
        sa.Column("finished_at", Instant()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrences")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_occurrences_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id", "version"],
            ["campaign_versions.campaign_id", "campaign_versions.number"],
            name=op.f("fk_occurrences_campaign_id_version"),
        ),
        sa.UniqueConstraint("campaign_id", "slot", name=op.f("uq_occurrences_campaign_id_slot")),
    )
    op.create_index(op.f("ix_occurrences_state"), "occurrences", ["state", "due_at"])
