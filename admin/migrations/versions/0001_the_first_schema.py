"""The first schema."""

from __future__ import annotations

from alembic import op

from admin import models
from loyalty.kernel.db import Base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

del models


def upgrade() -> None:
    """Create every table."""
    Base.metadata.create_all(op.get_bind())
