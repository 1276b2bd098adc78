"""Surveys, and what members answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from loyalty.kernel.db import Id, Instant, Json, LocalDate, Whole

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", Id, nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("starts_on", LocalDate(), nullable=False),
        sa.Column("ends_on", LocalDate(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_surveys"),
    )
    op.create_table(
        "survey_answers",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("survey_id", Id, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("score", Whole),
        sa.PrimaryKeyConstraint("member_id", "survey_id", name="pk_survey_answers"),
        sa.CheckConstraint("score BETWEEN 0 AND 10", name="ck_survey_answers_score_on_scale"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_survey_answers_member_id"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_survey_answers_survey_id"),
    )
    op.create_index("ix_survey_answers_survey", "survey_answers", ["survey_id", "at"])
