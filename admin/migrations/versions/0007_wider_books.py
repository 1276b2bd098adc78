"""Wider books: lots of single grants, wallets that know when they were last used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, LocalDate, Whole

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROOMY = ("wallets", "lots", "tier_credits", "tier_standings")
"""Tables whose rows are updated all the time: room in their pages keeps updates off the indexes."""


def upgrade() -> None:
    op.add_column("wallets", sa.Column("active_on", LocalDate(), nullable=True))
    op.add_column("postings", sa.Column("lot_no", Whole, nullable=True))
    op.add_column("programme_versions", sa.Column("default_wallet", Id, nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _recreate()
    else:
        _alter()
        for table in ROOMY:
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 60)")


def _alter() -> None:
    """Widen the keys where a database can."""
    for table, key in (
        ("lots", ("expires_on",)),
        ("takes", ("seq", "expires_on")),
        ("gives", ("seq", "expires_on")),
    ):
        op.add_column(table, sa.Column("lot_no", Whole, nullable=False, server_default="0"))
        op.alter_column(table, "lot_no", server_default=None)
        op.drop_constraint(f"pk_{table}", table)
        op.create_primary_key(f"pk_{table}", table, ["member_id", "unit", *key, "lot_no"])
    for table in ("takes", "gives"):
        op.drop_constraint(f"uq_{table}_member_id_unit_expires_on_lo", table)
        op.create_unique_constraint(
            f"uq_{table}_member_id_unit_expires_on_lot_no_lo",
            table,
            ["member_id", "unit", "expires_on", "lot_no", "lo"],
        )
    op.add_column("lots", sa.Column("earned_at", Instant(), nullable=True))
    op.add_column("gives", sa.Column("earned_at", Instant(), nullable=True))


def _recreate() -> None:
    """Copy the tables into wider ones: SQLite cannot change a primary key.

    A table's triggers go with it, so the copies are made append-only again.
    """
    for table in ("lots", "takes", "gives"):
        op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    op.drop_index("ix_lots_expires_on", "lots_before")
    _create_lots()
    _create_stretches("takes")
    _create_stretches("gives", sa.Column("earned_at", Instant(), nullable=True))
    for table, columns in (
        ("lots", "member_id, unit, expires_on, granted, consumed"),
        ("takes", "member_id, unit, seq, expires_on, lo, hi"),
        ("gives", "member_id, unit, seq, expires_on, lo, hi"),
    ):
        op.execute(
            f"INSERT INTO {table} ({columns}, lot_no) "  # noqa: S608 - names of this module
            f"SELECT {columns}, 0 FROM {table}_before"
        )
        op.drop_table(f"{table}_before")
    make_append_only("takes")
    make_append_only("gives")


def _create_lots() -> None:
    op.create_table(
        "lots",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.Column("expires_on", LocalDate(), nullable=False),
        sa.Column("lot_no", Whole, nullable=False),
        sa.Column("granted", Whole, nullable=False),
        sa.Column("consumed", Whole, nullable=False),
        sa.Column("earned_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("member_id", "unit", "expires_on", "lot_no", name="pk_lots"),
        sa.CheckConstraint("0 <= consumed AND consumed <= granted", name="ck_lots_within_grant"),
        sa.ForeignKeyConstraint(
            ["member_id", "unit"],
            ["wallets.member_id", "wallets.unit"],
            name="fk_lots_member_id_unit",
        ),
    )
    op.create_index("ix_lots_expires_on", "lots", ["expires_on", "member_id"])


def _create_stretches(table: str, *more: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("member_id", Id, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.Column("seq", Whole, nullable=False),
        sa.Column("expires_on", LocalDate(), nullable=False),
        sa.Column("lot_no", Whole, nullable=False),
        sa.Column("lo", Whole, nullable=False),
        sa.Column("hi", Whole, nullable=False),
        *more,
        sa.PrimaryKeyConstraint(
            "member_id", "unit", "seq", "expires_on", "lot_no", name=f"pk_{table}"
        ),
        sa.CheckConstraint("0 <= lo AND lo < hi", name=f"ck_{table}_not_empty"),
        sa.UniqueConstraint(
            "member_id",
            "unit",
            "expires_on",
            "lot_no",
            "lo",
            name=f"uq_{table}_member_id_unit_expires_on_lot_no_lo",
        ),
    )
