"""Claims of purchases that were made without the card."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from loyalty.kernel.db import Id, Instant, LocalDate, Whole

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purchase_claims",
        sa.Column("id", Id, nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("bought_on", LocalDate(), nullable=False),
        sa.Column("total_minor", Whole, nullable=False),
        sa.Column("till", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("number", Whole),
        sa.Column("store_id", Id),
        sa.Column("named_id", Id),
        sa.Column("attached_id", Id),
        sa.Column("decided_at", Instant()),
        sa.PrimaryKeyConstraint("id", name="pk_purchase_claims"),
        sa.UniqueConstraint("member_id", "source", name="uq_purchase_claims_member_id_source"),
        sa.UniqueConstraint("attached_id", name="uq_purchase_claims_attached_id"),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)",
            name="ck_purchase_claims_decided_has_time",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_purchase_claims_member_id"),
        sa.ForeignKeyConstraint(
            ["attached_id"], ["purchases.id"], name="fk_purchase_claims_attached_id"
        ),
    )
    op.create_index("ix_purchase_claims_state", "purchase_claims", ["state", "asked_at", "id"])
