"""Returns without a receipt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, Json, LocalDate, Whole

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = ("store_id", "till", "business_on", "sequence")
    op.create_table(
        "loose_returns",
        sa.Column("id", Id, nullable=False),
        sa.Column("store_id", Id, nullable=False),
        sa.Column("till", Id, nullable=False),
        sa.Column("business_on", LocalDate(), nullable=False),
        sa.Column("sequence", Whole, nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("posted_at", Instant(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("programme_version_id", Id, nullable=False),
        sa.Column("period", Id, nullable=False),
        sa.Column("value_minor", Whole, nullable=False),
        sa.Column("refund_minor", Whole, nullable=False),
        sa.Column("basis_minor", Whole, nullable=False),
        sa.Column("voucher_spend_minor", Whole, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("points_taken", Whole, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("gift_card", Id, nullable=False),
        sa.Column("receipt", Json, nullable=False),
        sa.Column("member_id", Id),
        sa.Column("staff_id", Id),
        sa.PrimaryKeyConstraint("id", name="pk_loose_returns"),
        sa.UniqueConstraint(*key, name="uq_loose_returns_store_id_till_business_on_sequence"),
        sa.CheckConstraint(
            "points_taken <= points", name="ck_loose_returns_takes_no_more_than_due"
        ),
        sa.CheckConstraint("refund_minor >= 0", name="ck_loose_returns_refund_not_negative"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_loose_returns_member_id"),
    )
    op.create_index("ix_loose_returns_member", "loose_returns", ["member_id", "occurred_at"])
    op.create_index("ix_loose_returns_staff", "loose_returns", ["staff_id", "occurred_at"])
    op.create_table(
        "loose_lines",
        sa.Column("return_id", Id, nullable=False),
        sa.Column("line_no", Whole, nullable=False),
        sa.Column("sku", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", Id, nullable=False),
        sa.Column("quantity_milli", Whole, nullable=False),
        sa.Column("paid_minor", Whole, nullable=False),
        sa.Column("tax_bp", Whole, nullable=False),
        sa.PrimaryKeyConstraint("return_id", "line_no", name="pk_loose_lines"),
        sa.CheckConstraint("quantity_milli > 0", name="ck_loose_lines_quantity_positive"),
        sa.ForeignKeyConstraint(
            ["return_id"], ["loose_returns.id"], name="fk_loose_lines_return_id"
        ),
    )
    make_append_only("loose_returns")
    make_append_only("loose_lines")
