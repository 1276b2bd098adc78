"""The ledger: wallets, postings, lots, holds, tiers, vouchers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, Json, LocalDate, Whole

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gives",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.Column("seq", Whole, nullable=False),
        sa.Column("expires_on", LocalDate(), nullable=False),
        sa.Column("lo", Whole, nullable=False),
        sa.Column("hi", Whole, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "unit", "seq", "expires_on", name=op.f("pk_gives")),
        sa.CheckConstraint("0 <= lo AND lo < hi", name=op.f("ck_gives_not_empty")),
        sa.UniqueConstraint(
            "member_id",
            "unit",
            "expires_on",
            "lo",
            name=op.f("uq_gives_member_id_unit_expires_on_lo"),
        ),
    )
    make_append_only("gives")
    op.create_table(
        "takes",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.Column("seq", Whole, nullable=False),
        sa.Column("expires_on", LocalDate(), nullable=False),
        sa.Column("lo", Whole, nullable=False),
        sa.Column("hi", Whole, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "unit", "seq", "expires_on", name=op.f("pk_takes")),
        sa.CheckConstraint("0 <= lo AND lo < hi", name=op.f("ck_takes_not_empty")),
        sa.UniqueConstraint(
            "member_id",
            "unit",
            "expires_on",
            "lo",
            name=op.f("uq_takes_member_id_unit_expires_on_lo"),
        ),
    )
    make_append_only("takes")
    op.create_table(
        "tier_changes",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("seq", Whole, nullable=False),
        sa.Column("from_level", Id, nullable=False),
        sa.Column("to_level", Id, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "seq", name=op.f("pk_tier_changes")),
        sa.CheckConstraint("from_level <> to_level", name=op.f("ck_tier_changes_moves")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_tier_changes_seq_positive")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_tier_changes_member_id")
        ),
    )
    make_append_only("tier_changes")
    op.create_table(
        "tier_credits",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("period", Id, nullable=False),
        sa.Column("spend_minor", Whole, nullable=False),
        sa.Column("visits", Whole, nullable=False),
        sa.Column("last_on", LocalDate(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "period", name=op.f("pk_tier_credits")),
        sa.CheckConstraint("visits >= 0", name=op.f("ck_tier_credits_visits_not_negative")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_tier_credits_member_id")
        ),
    )
    op.create_table(
        "tier_standings",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("level", Id, nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("reviewed_period", Id, nullable=False),
        sa.Column("kept_level", Id, nullable=False),
        sa.Column("kept_until", LocalDate()),
        sa.Column("assigned_level", Id, nullable=False),
        sa.Column("assigned_until", LocalDate()),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_tier_standings")),
        sa.CheckConstraint(
            "(kept_level = 'none') = (kept_until IS NULL)",
            name=op.f("ck_tier_standings_kept_has_end"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_tier_standings_member_id")
        ),
    )
    op.create_index(op.f("ix_tier_standings_level"), "tier_standings", ["level", "member_id"])
    op.create_index(
        op.f("ix_tier_standings_reviewed"), "tier_standings", ["reviewed_period", "member_id"]
    )
    op.create_table(
        "voucher_progress",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("spend_minor", Whole, nullable=False),
        sa.Column("issued", Whole, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_voucher_progress")),
        sa.CheckConstraint("issued >= 0", name=op.f("ck_voucher_progress_issued_not_negative")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_voucher_progress_member_id")
        ),
    )
    op.create_table(
        "vouchers",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("lookup", Id, nullable=False),
        sa.Column("value_minor", Whole, nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_on", LocalDate(), nullable=False),
        sa.Column("issued_for", Id, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("used_for", Id),
        sa.Column("ended_at", Instant()),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_vouchers")),
        sa.CheckConstraint(
            "(state = 'used') = (used_for IS NOT NULL)",
            name=op.f("ck_vouchers_used_for_a_purchase"),
        ),
        sa.CheckConstraint("value_minor > 0", name=op.f("ck_vouchers_worth_something")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_vouchers_member_id")),
        sa.UniqueConstraint("lookup", name=op.f("uq_vouchers_lookup")),
    )
    op.create_index(op.f("ix_vouchers_expires_on"), "vouchers", ["state", "expires_on"])
    op.create_index(op.f("ix_vouchers_issued_for"), "vouchers", ["member_id", "issued_for"])
    op.create_index(op.f("ix_vouchers_used_for"), "vouchers", ["member_id", "used_for"])
    op.create_table(
        "wallets",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("balance", Whole, nullable=False),
        sa.Column("held", Whole, nullable=False),
        sa.Column("lifetime_earned", Whole, nullable=False),
        sa.Column("lifetime_spent", Whole, nullable=False),
        sa.Column("seq", Whole, nullable=False),
        sa.Column("floor", Whole),
        sa.PrimaryKeyConstraint("member_id", "unit", name=op.f("pk_wallets")),
        sa.CheckConstraint(
            "floor IS NULL OR balance - held >= floor", name=op.f("ck_wallets_above_floor")
        ),
        sa.CheckConstraint("held >= 0", name=op.f("ck_wallets_held_not_negative")),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_wallets_seq_not_negative")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_wallets_member_id")),
    )
    op.create_table(
        "holds",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("source", Id, nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("captured", Whole, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_holds")),
        sa.CheckConstraint(
            "0 <= captured AND captured <= points", name=op.f("ck_holds_captured_within")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_holds_ends_once")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_holds_points_positive")),
        sa.ForeignKeyConstraint(
            ["member_id", "unit"],
            ["wallets.member_id", "wallets.unit"],
            name=op.f("fk_holds_member_id_unit"),
        ),
        sa.UniqueConstraint("member_id", "source", name=op.f("uq_holds_member_id_source")),
    )
    op.create_index(op.f("ix_holds_open"), "holds", ["state", "expires_at"])
    op.create_table(
        "lots",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.Column("expires_on", LocalDate(), nullable=False),
        sa.Column("granted", Whole, nullable=False),
        sa.Column("consumed", Whole, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "unit", "expires_on", name=op.f("pk_lots")),
        sa.CheckConstraint(
            "0 <= consumed AND consumed <= granted", name=op.f("ck_lots_within_grant")
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "unit"],
            ["wallets.member_id", "wallets.unit"],
            name=op.f("fk_lots_member_id_unit"),
        ),
    )
    op.create_index(op.f("ix_lots_expires_on"), "lots", ["expires_on", "member_id"])
    op.create_table(
        "postings",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.Column("seq", Whole, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("contra", sa.String(40), nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("balance", Whole, nullable=False),
        sa.Column("source", Id, nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("programme_version_id", Id, nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("posted_at", Instant(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("lot_on", LocalDate()),
        sa.Column("lot_lo", Whole),
        sa.Column("lot_hi", Whole),
        sa.Column("reverses_seq", Whole),
        sa.Column("purchase_id", Id),
        sa.PrimaryKeyConstraint("member_id", "unit", "seq", name=op.f("pk_postings")),
        sa.CheckConstraint(
            "lot_on IS NULL OR lot_hi > lot_lo", name=op.f("ck_postings_lot_not_empty")
        ),
        sa.CheckConstraint("points <> 0", name=op.f("ck_postings_moves_something")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_postings_seq_positive")),
        sa.ForeignKeyConstraint(
            ["member_id", "unit"],
            ["wallets.member_id", "wallets.unit"],
            name=op.f("fk_postings_member_id_unit"),
        ),
        sa.UniqueConstraint("member_id", "source", name=op.f("uq_postings_member_id_source")),
    )
    op.create_index(op.f("ix_postings_posted_at"), "postings", ["posted_at"])
    op.create_index(op.f("ix_postings_purchase"), "postings", ["member_id", "purchase_id"])
    make_append_only("postings")
