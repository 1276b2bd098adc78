"""Steps of challenges that members have reached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from loyalty.kernel.db import Id, Instant, Whole

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "challenge_awards",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("challenge", Id, nullable=False),
        sa.Column("period", Id, nullable=False),
        sa.Column("step", Whole, nullable=False),
        sa.Column("nth", Whole, nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("turns", Whole, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("wallet", Id, nullable=False),
        sa.Column("badge", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "member_id", "challenge", "period", "step", "nth", name="pk_challenge_awards"
        ),
        sa.CheckConstraint("turns > 0", name="ck_challenge_awards_turns_positive"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_challenge_awards_member_id"
        ),
    )
