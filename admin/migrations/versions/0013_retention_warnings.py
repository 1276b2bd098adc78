"""Members who were warned that their data will be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from loyalty.kernel.db import Id, Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention_warnings",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("warned_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_retention_warnings")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_retention_warnings_member_id")
        ),
    )
