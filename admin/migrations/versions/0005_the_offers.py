"""Offers: documents, grants, uses, counters, affinities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from loyalty.kernel.db import Id, Instant, Json, LocalDate, Whole

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "affinities",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("subject", Id, nullable=False),
        sa.Column("weight_micro", Whole, nullable=False),
        sa.Column("times", Whole, nullable=False),
        sa.Column("first_on", LocalDate(), nullable=False),
        sa.Column("last_on", LocalDate(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "subject", name=op.f("pk_affinities")),
    )
    op.create_table(
        "offer_progress",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("after", Id, nullable=False),
        sa.Column("finished_at", Instant()),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_offer_progress")),
    )
    op.create_table(
        "offers",
        sa.Column("id", Id, nullable=False),
        sa.Column("slug", Id, nullable=False),
        sa.Column("version", Whole, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("drafted_at", Instant(), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("starts_on", LocalDate()),
        sa.Column("ends_on", LocalDate()),
        sa.Column("tier", sa.Text()),
        sa.Column("launched_at", Instant()),
        sa.Column("launched_by", sa.Text()),
        sa.Column("ended_at", Instant()),
        sa.Column("ended_by", sa.Text()),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("slug", "version", name=op.f("uq_offers_slug_version")),
    )
    op.create_index(op.f("ix_offers_state"), "offers", ["state", "id"])
    op.create_index(
        op.f("uq_offers_live_slug"),
        "offers",
        ["slug"],
        unique=True,
        postgresql_where=sa.text("state = 'live'"),
        sqlite_where=sa.text("state = 'live'"),
    )
    op.create_table(
        "offer_counters",
        sa.Column("offer_id", Id, nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("key", Id, nullable=False),
        sa.Column("uses", Whole, nullable=False),
        sa.Column("amount_minor", Whole, nullable=False),
        sa.PrimaryKeyConstraint("offer_id", "scope", "key", name=op.f("pk_offer_counters")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_offer_counters_amount_not_negative")),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_offer_counters_uses_not_negative")),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_offer_counters_offer_id")
        ),
    )
    op.create_table(
        "offer_grants",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("offer_id", Id, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("rank", Whole, nullable=False),
        sa.Column("score_micro", Whole, nullable=False),
        sa.Column("reason", Json, nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("activated_at", Instant()),
        sa.Column("used_at", Instant()),
        sa.PrimaryKeyConstraint("member_id", "offer_id", name=op.f("pk_offer_grants")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_offer_grants_offer_id")),
    )
    op.create_index(op.f("ix_offer_grants_offer"), "offer_grants", ["offer_id", "member_id"])
    op.create_table(
        "offer_uses",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("purchase_id", Id, nullable=False),
        sa.Column("offer_id", Id, nullable=False),
        sa.Column("uses", Whole, nullable=False),
        sa.Column("discount_minor", Whole, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("business_on", LocalDate(), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.Column("restored_at", Instant()),
        sa.PrimaryKeyConstraint("member_id", "purchase_id", "offer_id", name=op.f("pk_offer_uses")),
        sa.CheckConstraint("discount_minor >= 0", name=op.f("ck_offer_uses_discount_not_negative")),
        sa.CheckConstraint("uses > 0", name=op.f("ck_offer_uses_uses_positive")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_offer_uses_offer_id")),
    )
    op.create_index(op.f("ix_offer_uses_offer"), "offer_uses", ["offer_id", "business_on"])
    op.create_index(op.f("ix_offer_uses_purchase"), "offer_uses", ["purchase_id"])
