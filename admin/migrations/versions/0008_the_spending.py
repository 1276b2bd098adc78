"""Spending: redemptions, rewards, gift cards, adjustments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, LocalDate, Whole

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gift_cards",
        sa.Column("id", Id, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("balance_minor", Whole, nullable=False),
        sa.Column("seq", Whole, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_cards")),
        sa.CheckConstraint("balance_minor >= 0", name=op.f("ck_gift_cards_balance_not_negative")),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_gift_cards_seq_not_negative")),
    )
    op.create_table(
        "gift_card_entries",
        sa.Column("gift_card_id", Id, nullable=False),
        sa.Column("seq", Whole, nullable=False),
        sa.Column("move", sa.String(40), nullable=False),
        sa.Column("amount_minor", Whole, nullable=False),
        sa.Column("balance_minor", Whole, nullable=False),
        sa.Column("source", Id, nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("purchase_id", Id, nullable=True),
        sa.PrimaryKeyConstraint("gift_card_id", "seq", name=op.f("pk_gift_card_entries")),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_gift_card_entries_moves_something")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_gift_card_entries_seq_positive")),
        sa.ForeignKeyConstraint(
            ["gift_card_id"], ["gift_cards.id"], name=op.f("fk_gift_card_entries_gift_card_id")
        ),
        sa.UniqueConstraint(
            "gift_card_id", "source", name=op.f("uq_gift_card_entries_gift_card_id_source")
        ),
    )
    make_append_only("gift_card_entries")
    op.create_table(
        "redemptions",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("wallet", Id, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("value_minor", Whole, nullable=False),
        sa.Column("claims", Whole, nullable=False),
        sa.Column("source", Id, nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reward_id", Id, nullable=True),
        sa.Column("hold_id", Id, nullable=True),
        sa.Column("posting_seq", Whole, nullable=True),
        sa.Column("purchase_id", Id, nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_redemptions")),
        sa.CheckConstraint("claims >= 0", name=op.f("ck_redemptions_claims_not_negative")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_redemptions_points_not_negative")),
        sa.CheckConstraint(
            "(kind = 'reward') = (reward_id IS NOT NULL)",
            name=op.f("ck_redemptions_reward_is_named"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_redemptions_member_id")
        ),
        sa.UniqueConstraint("member_id", "source", name=op.f("uq_redemptions_member_id_source")),
    )
    op.create_index(op.f("ix_redemptions_purchase"), "redemptions", ["purchase_id"])
    op.create_table(
        "reward_counters",
        sa.Column("reward_id", Id, nullable=False),
        sa.Column("scope", Id, nullable=False),
        sa.Column("key", Id, nullable=False),
        sa.Column("uses", Whole, nullable=False),
        sa.PrimaryKeyConstraint("reward_id", "scope", "key", name=op.f("pk_reward_counters")),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_reward_counters_uses_not_negative")),
    )
    op.create_table(
        "adjustments",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("wallet", Id, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("role", Id, nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("requested_by", Id, nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("requested_on", LocalDate(), nullable=False),
        sa.Column("source", Id, nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("expires_on", LocalDate(), nullable=True),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("posting_seq", Whole, nullable=True),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_adjustments")),
        sa.CheckConstraint("points <> 0", name=op.f("ck_adjustments_moves_something")),
        sa.CheckConstraint(
            "(state = 'posted') = (posting_seq IS NOT NULL)",
            name=op.f("ck_adjustments_posted_once"),
        ),
        sa.CheckConstraint("decided_by <> requested_by", name=op.f("ck_adjustments_two_people")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_adjustments_member_id")
        ),
        sa.UniqueConstraint("member_id", "source", name=op.f("uq_adjustments_member_id_source")),
    )
    op.create_index(op.f("ix_adjustments_state"), "adjustments", ["state", "requested_at"])
    op.create_table(
        "adjustment_days",
        sa.Column("actor", Id, nullable=False),
        sa.Column("adjusted_on", LocalDate(), nullable=False),
        sa.Column("used", Whole, nullable=False),
        sa.PrimaryKeyConstraint("actor", "adjusted_on", name=op.f("pk_adjustment_days")),
        sa.CheckConstraint("used >= 0", name=op.f("ck_adjustment_days_used_not_negative")),
    )
    op.add_column("vouchers", sa.Column("origin", sa.String(40), nullable=True))
    op.add_column("vouchers", sa.Column("rest_of", Id, nullable=True))
