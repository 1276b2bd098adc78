"""Earnings by wallet and stage; purchases that points and wallets paid; returns of an amount."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Json, Whole

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_EARNINGS = (
    "purchase_id, line_no, rule, is_offer, weight, basis_minor, numerator, denominator, points"
)


def upgrade() -> None:
    op.add_column("purchases", _amount("redeemed_minor"))
    op.add_column("purchases", _amount("tendered_minor"))
    op.add_column("purchases", sa.Column("earner_id", Id, nullable=True))
    op.add_column("purchases", sa.Column("reinstates_id", Id, nullable=True))
    op.add_column("purchases", _flag("training"))
    op.add_column("purchase_lines", sa.Column("basis_minor", Whole, nullable=True))
    op.add_column("purchase_lines", sa.Column("labels", Json, nullable=True))
    op.add_column("purchase_lines", _amount("fee_minor"))
    op.add_column("purchase_lines", _text("wallet", sa.text("''")))
    op.add_column("purchase_lines", _text("gift_card", sa.text("''")))
    op.add_column(
        "purchase_shares",
        sa.Column("scope", sa.String(40), nullable=False, server_default="line"),
    )
    op.add_column("purchase_returns", _amount("pending_taken"))
    op.add_column("purchase_returns", _flag("void"))
    _widen_earnings()
    op.create_table(
        "return_amounts",
        sa.Column("return_id", Id, nullable=False),
        sa.Column("line_no", Whole, nullable=False),
        sa.Column("amount_minor", Whole, nullable=False),
        sa.PrimaryKeyConstraint("return_id", "line_no", name="pk_return_amounts"),
        sa.CheckConstraint("amount_minor > 0", name="ck_return_amounts_amount_positive"),
        sa.ForeignKeyConstraint(
            ["return_id"], ["purchase_returns.id"], name="fk_return_amounts_return_id"
        ),
    )
    make_append_only("return_amounts")
    _say_what_returns_did()


def _amount(name: str) -> sa.Column[int]:
    return sa.Column(name, Whole, nullable=False, server_default="0")


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _text(name: str, default: str | sa.TextClause) -> sa.Column[str]:
    return sa.Column(name, Id, nullable=False, server_default=default)


def _widen_earnings() -> None:
    """Give each earning its wallet, its stage and its turn; the wallet joins the key."""
    key = ["purchase_id", "unit", "line_no", "rule"]
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("purchase_earnings", _text("unit", "points"))
        op.add_column(
            "purchase_earnings",
            sa.Column("stage", sa.String(40), nullable=False, server_default="grant"),
        )
        op.add_column("purchase_earnings", _amount("turn"))
        op.drop_constraint("pk_purchase_earnings", "purchase_earnings")
        op.create_primary_key("pk_purchase_earnings", "purchase_earnings", key)
        return
    op.execute("ALTER TABLE purchase_earnings RENAME TO earnings_before")
    op.create_table(
        "purchase_earnings",
        sa.Column("purchase_id", Id, nullable=False),
        _text("unit", "points"),
        sa.Column("line_no", Whole, nullable=False),
        sa.Column("rule", Id, nullable=False),
        sa.Column("is_offer", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.String(40), nullable=False),
        sa.Column("basis_minor", Whole, nullable=False),
        sa.Column("numerator", Whole, nullable=False),
        sa.Column("denominator", Whole, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("stage", sa.String(40), nullable=False, server_default="grant"),
        _amount("turn"),
        sa.PrimaryKeyConstraint(*key, name="pk_purchase_earnings"),
        sa.CheckConstraint("denominator > 0", name="ck_purchase_earnings_denominator_positive"),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name="fk_purchase_earnings_purchase_id"
        ),
    )
    op.execute(
        f"INSERT INTO purchase_earnings ({_EARNINGS}) "  # noqa: S608 - names of this module
        f"SELECT {_EARNINGS} FROM earnings_before"
    )
    op.drop_table("earnings_before")
    make_append_only("purchase_earnings")


def _say_what_returns_did() -> None:
    """Name in every programme the way in which its returns have always been worked out.

    What was called pro rata of the amount was pro rata of each line; the words now differ.
    """
    versions = sa.table("programme_versions", sa.column("id", Id), sa.column("document", Json))
    connection = op.get_bind()
    for row in connection.execute(sa.select(versions)).all():
        returns = row.document.get("returns")
        if isinstance(returns, dict) and returns.get("earned") == "pro_rata_amount":
            document = row.document | {"returns": returns | {"earned": "per_line"}}
            connection.execute(
                versions.update().where(versions.c.id == row.id).values(document=document)
            )
