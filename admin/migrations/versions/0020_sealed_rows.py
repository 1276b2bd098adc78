"""Seals over rows: besides the postings, every row that carries money, points or a level."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, Whole

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("seal_days", sa.Column("begun_at", Instant(), nullable=True))
    op.add_column("seal_days", sa.Column("records", Whole, nullable=False, server_default="0"))
    for name in ("records_root", "books"):
        empty = sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))
        op.add_column("seal_days", empty)
    op.create_table(
        "seal_records",
        sa.Column("book", Id, nullable=False),
        sa.Column("owner", Id, nullable=False),
        sa.Column("item", Id, nullable=False),
        sa.Column("number", Whole, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("upto", Whole, nullable=False),
        sa.PrimaryKeyConstraint("book", "owner", "item", "number", name="pk_seal_records"),
    )
    columns = ["number", "book", "owner", "item"]
    op.create_index("ix_seal_records_number", "seal_records", columns)
    make_append_only("seal_records")
    op.create_table(
        "seal_runs",
        sa.Column("number", Whole, nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("stage", Id, nullable=False),
        sa.Column("after", Id, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_seal_runs"),
    )
