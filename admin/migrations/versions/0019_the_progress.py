"""Progress of jobs that work in steps, and purchases replayed under a draft."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from loyalty.kernel.db import Instant, Whole

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_progress",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("total", Whole, nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("moved_at", Instant(), nullable=False),
        sa.Column("done", Whole, nullable=False),
        sa.Column("moved", Whole, nullable=False),
        sa.Column("left", Whole, nullable=False),
        sa.Column("rounds", Whole, nullable=False),
        sa.Column("worked_ms", Whole, nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_job_progress"),
    )
