"""Merges remember how both memberships stood, so that they can be undone exactly."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from loyalty.kernel.db import Json

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("merges", sa.Column("before", Json, nullable=True))
