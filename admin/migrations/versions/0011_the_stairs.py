"""The stairs: credits by period and measure, standings that remember, openings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, LocalDate, Whole

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FRESH = (
    ("anchor_on", LocalDate(), False),
    ("reviewed_on", LocalDate(), False),
    ("rule_key", Id, False),
    ("own_level", Id, False),
    ("judged_first", LocalDate(), True),
    ("judged_last", LocalDate(), True),
    ("before_level", Id, False),
    ("grace_level", Id, False),
    ("grace_until", LocalDate(), True),
    ("credits_from", LocalDate(), True),
    ("next_check_on", LocalDate(), True),
)
"""The columns that a standing gains: name, type, and whether it may be empty."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _recreate()
    else:
        _alter()
    op.create_index("ix_tier_standings_level", "tier_standings", ["level", "member_id"])
    op.create_index(
        "ix_tier_standings_next_check_on", "tier_standings", ["next_check_on", "member_id"]
    )
    op.create_index("ix_tier_standings_rule_key", "tier_standings", ["rule_key", "member_id"])
    op.create_table(
        "tier_openings",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("period", Id, nullable=False),
        sa.Column("level", Id, nullable=False),
        sa.Column("spend_minor", Whole, nullable=False),
        sa.Column("earned", Whole, nullable=False),
        sa.Column("visits", Whole, nullable=False),
        sa.Column("purchases", Whole, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_tier_openings"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_tier_openings_member_id"),
    )
    make_append_only("tier_openings")


def _alter() -> None:
    """Widen the tables where a database can."""
    op.drop_index("ix_tier_standings_reviewed", "tier_standings")
    op.drop_index("ix_tier_standings_level", "tier_standings")
    op.add_column("tier_credits", sa.Column("earned", Whole, nullable=False, server_default="0"))
    op.alter_column("tier_credits", "earned", server_default=None)
    for name, type_, _ in FRESH:
        op.add_column("tier_standings", sa.Column(name, type_, nullable=True))
    op.execute(
        """
        UPDATE tier_standings s
        SET anchor_on = m.joined_on, reviewed_on = m.joined_on, rule_key = '',
            own_level = s.level, before_level = s.level, grace_level = 'none'
        FROM members m WHERE m.id = s.member_id
        """
    )
    for name, _, nullable in FRESH:
        if not nullable:
            op.alter_column("tier_standings", name, nullable=False)
    op.drop_column("tier_standings", "reviewed_period")


def _recreate() -> None:
    """Copy the tables into wider ones: SQLite adds no column that must be filled."""
    op.drop_index("ix_tier_standings_reviewed", "tier_standings")
    op.drop_index("ix_tier_standings_level", "tier_standings")
    for table in ("tier_credits", "tier_standings"):
        op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    _create_credits()
    _create_standings()
    op.execute(
        """
        INSERT INTO tier_credits (member_id, period, spend_minor, earned, visits, last_on)
        SELECT member_id, period, spend_minor, 0, visits, last_on FROM tier_credits_before
        """
    )
    op.execute(
        """
        INSERT INTO tier_standings
            (member_id, level, since_at, anchor_on, reviewed_on, rule_key, own_level,
             before_level, kept_level, kept_until, grace_level, assigned_level, assigned_until)
        SELECT s.member_id, s.level, s.since_at, m.joined_on, m.joined_on, '', s.level,
               s.level, s.kept_level, s.kept_until, 'none', s.assigned_level, s.assigned_until
        FROM tier_standings_before s JOIN members m ON m.id = s.member_id
        """
    )
    for table in ("tier_credits", "tier_standings"):
        op.drop_table(f"{table}_before")


def _create_credits() -> None:
    op.create_table(
        "tier_credits",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("period", Id, nullable=False),
        sa.Column("spend_minor", Whole, nullable=False),
        sa.Column("earned", Whole, nullable=False),
        sa.Column("visits", Whole, nullable=False),
        sa.Column("last_on", LocalDate(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "period", name="pk_tier_credits"),
        sa.CheckConstraint("visits >= 0", name="ck_tier_credits_visits_not_negative"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_tier_credits_member_id"),
    )


def _create_standings() -> None:
    op.create_table(
        "tier_standings",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("level", Id, nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        *(sa.Column(name, type_, nullable=nullable) for name, type_, nullable in FRESH),
        sa.Column("kept_level", Id, nullable=False),
        sa.Column("kept_until", LocalDate()),
        sa.Column("assigned_level", Id, nullable=False),
        sa.Column("assigned_until", LocalDate()),
        sa.PrimaryKeyConstraint("member_id", name="pk_tier_standings"),
        sa.CheckConstraint(
            "(kept_level = 'none') = (kept_until IS NULL)", name="ck_tier_standings_kept_has_end"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_tier_standings_member_id"),
    )
