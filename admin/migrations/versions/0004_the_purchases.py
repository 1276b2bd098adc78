"""Purchases and returns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, Json, LocalDate, Whole

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purchases",
        sa.Column("id", Id, nullable=False),
        sa.Column("store_id", Id, nullable=False),
        sa.Column("till", Id, nullable=False),
        sa.Column("business_on", LocalDate(), nullable=False),
        sa.Column("sequence", Whole, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("posted_at", Instant(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("programme_version_id", Id, nullable=False),
        sa.Column("period", Id, nullable=False),
        sa.Column("total_minor", Whole, nullable=False),
        sa.Column("discount_minor", Whole, nullable=False),
        sa.Column("voucher_minor", Whole, nullable=False),
        sa.Column("due_minor", Whole, nullable=False),
        sa.Column("basis_minor", Whole, nullable=False),
        sa.Column("voucher_spend_minor", Whole, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("tenders", Json, nullable=False),
        sa.Column("member_id", Id),
        sa.Column("card_id", Id),
        sa.Column("staff_id", Id),
        sa.Column("receipt", Json),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.CheckConstraint(
            "due_minor = total_minor - voucher_minor", name=op.f("ck_purchases_due_is_the_rest")
        ),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_purchases_total_not_negative")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_purchases_member_id")),
        sa.UniqueConstraint(
            "store_id",
            "till",
            "business_on",
            "sequence",
            name=op.f("uq_purchases_store_id_till_business_on_sequence"),
        ),
    )
    op.create_index(op.f("ix_purchases_business_on"), "purchases", ["business_on", "store_id"])
    op.create_index(op.f("ix_purchases_member"), "purchases", ["member_id", "occurred_at", "id"])
    op.create_table(
        "purchase_earnings",
        sa.Column("purchase_id", Id, nullable=False),
        sa.Column("line_no", Whole, nullable=False),
        sa.Column("rule", Id, nullable=False),
        sa.Column("is_offer", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.String(40), nullable=False),
        sa.Column("basis_minor", Whole, nullable=False),
        sa.Column("numerator", Whole, nullable=False),
        sa.Column("denominator", Whole, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.PrimaryKeyConstraint(
            "purchase_id", "line_no", "rule", name=op.f("pk_purchase_earnings")
        ),
        sa.CheckConstraint(
            "denominator > 0", name=op.f("ck_purchase_earnings_denominator_positive")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_purchase_earnings_purchase_id")
        ),
    )
    make_append_only("purchase_earnings")
    op.create_table(
        "purchase_lines",
        sa.Column("purchase_id", Id, nullable=False),
        sa.Column("line_no", Whole, nullable=False),
        sa.Column("sku", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", Id, nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("quantity_milli", Whole, nullable=False),
        sa.Column("unit_price_minor", Whole, nullable=False),
        sa.Column("gross_minor", Whole, nullable=False),
        sa.Column("paid_minor", Whole, nullable=False),
        sa.Column("tax_bp", Whole, nullable=False),
        sa.PrimaryKeyConstraint("purchase_id", "line_no", name=op.f("pk_purchase_lines")),
        sa.CheckConstraint(
            "0 <= paid_minor AND paid_minor <= gross_minor",
            name=op.f("ck_purchase_lines_paid_within_gross"),
        ),
        sa.CheckConstraint("quantity_milli > 0", name=op.f("ck_purchase_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_purchase_lines_purchase_id")
        ),
    )
    make_append_only("purchase_lines")
    op.create_table(
        "purchase_returns",
        sa.Column("id", Id, nullable=False),
        sa.Column("purchase_id", Id, nullable=False),
        sa.Column("store_id", Id, nullable=False),
        sa.Column("till", Id, nullable=False),
        sa.Column("business_on", LocalDate(), nullable=False),
        sa.Column("sequence", Whole, nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("posted_at", Instant(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("value_minor", Whole, nullable=False),
        sa.Column("refund_minor", Whole, nullable=False),
        sa.Column("basis_minor", Whole, nullable=False),
        sa.Column("voucher_spend_minor", Whole, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("points_taken", Whole, nullable=False),
        sa.Column("receipt", Json, nullable=False),
        sa.Column("member_id", Id),
        sa.Column("staff_id", Id),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_returns")),
        sa.CheckConstraint(
            "points_taken <= points", name=op.f("ck_purchase_returns_takes_no_more_than_due")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_purchase_returns_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_purchase_returns_purchase_id")
        ),
        sa.UniqueConstraint(
            "store_id",
            "till",
            "business_on",
            "sequence",
            name=op.f("uq_purchase_returns_store_id_till_business_on_sequence"),
        ),
    )
    op.create_index(
        op.f("ix_purchase_returns_member"), "purchase_returns", ["member_id", "occurred_at"]
    )
    op.create_index(op.f("ix_purchase_returns_purchase"), "purchase_returns", ["purchase_id", "id"])
    make_append_only("purchase_returns")
    op.create_table(
        "purchase_shares",
        sa.Column("purchase_id", Id, nullable=False),
        sa.Column("line_no", Whole, nullable=False),
        sa.Column("offer_id", Id, nullable=False),
        sa.Column("amount_minor", Whole, nullable=False),
        sa.Column("unit_shares", Json, nullable=False),
        sa.PrimaryKeyConstraint(
            "purchase_id", "line_no", "offer_id", name=op.f("pk_purchase_shares")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_purchase_shares_purchase_id")
        ),
    )
    make_append_only("purchase_shares")
    op.create_table(
        "return_lines",
        sa.Column("return_id", Id, nullable=False),
        sa.Column("line_no", Whole, nullable=False),
        sa.Column("quantity_milli", Whole, nullable=False),
        sa.Column("paid_minor", Whole, nullable=False),
        sa.PrimaryKeyConstraint("return_id", "line_no", name=op.f("pk_return_lines")),
        sa.CheckConstraint("quantity_milli > 0", name=op.f("ck_return_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["return_id"], ["purchase_returns.id"], name=op.f("fk_return_lines_return_id")
        ),
    )
    make_append_only("return_lines")
