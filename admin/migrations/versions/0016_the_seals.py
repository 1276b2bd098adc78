"""Seals: once a day one hash stands for every posting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, LocalDate, Whole

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seal_days",
        sa.Column("number", Whole, nullable=False),
        sa.Column("sealed_on", LocalDate(), nullable=False),
        sa.Column("wallets", Whole, nullable=False),
        sa.Column("postings", Whole, nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_seal_days"),
        sa.CheckConstraint("number > 0", name="ck_seal_days_number_positive"),
    )
    op.create_table(
        "seal_leaves",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.Column("number", Whole, nullable=False),
        sa.Column("from_seq", Whole, nullable=False),
        sa.Column("to_seq", Whole, nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "unit", "number", name="pk_seal_leaves"),
        sa.CheckConstraint("0 < from_seq AND from_seq <= to_seq", name="ck_seal_leaves_not_empty"),
    )
    op.create_index("ix_seal_leaves_number", "seal_leaves", ["number", "member_id", "unit"])
    make_append_only("seal_days")
    make_append_only("seal_leaves")
