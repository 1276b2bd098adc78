"""Programmes while they are being written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from loyalty.kernel.db import Id, Instant, Whole

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_drafts",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("proven_hash", sa.Text(), nullable=False),
        sa.Column("proven_passed", Whole, nullable=False),
        sa.Column("proven_failed", Whole, nullable=False),
        sa.Column("approved_hash", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.Column("version_id", Id, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_drafts")),
        sa.CheckConstraint(
            "proven_failed >= 0 AND proven_passed >= 0",
            name=op.f("ck_programme_drafts_counts_not_negative"),
        ),
    )
