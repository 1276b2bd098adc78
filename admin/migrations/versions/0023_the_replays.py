"""Purchases replayed under a draft of the programme."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from loyalty.kernel.db import Id, Instant, Json, LocalDate, Whole

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "what_if_runs",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("first_on", LocalDate(), nullable=False),
        sa.Column("last_on", LocalDate(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("draft_id", Id, nullable=True),
        sa.Column("total", Whole, nullable=False),
        sa.Column("done", Whole, nullable=False),
        sa.Column("worked_ms", Whole, nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("tally", Json, nullable=True),
        sa.Column("outcome", Json, nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_what_if_runs"),
        sa.CheckConstraint("first_on <= last_on", name="ck_what_if_runs_first_before_last"),
    )
