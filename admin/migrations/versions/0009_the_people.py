"""Transfers between members, pools, and merged memberships."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, LocalDate, Whole

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transfers",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("to_member_id", Id, nullable=False),
        sa.Column("unit", Id, nullable=False),
        sa.Column("points", Whole, nullable=False),
        sa.Column("seq_out", Whole, nullable=False),
        sa.Column("seq_in", Whole, nullable=False),
        sa.Column("source", Id, nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("moved_on", LocalDate(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_transfers")),
        sa.CheckConstraint("member_id <> to_member_id", name=op.f("ck_transfers_between_two")),
        sa.CheckConstraint("points > 0", name=op.f("ck_transfers_moves_something")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_transfers_member_id")),
        sa.ForeignKeyConstraint(
            ["to_member_id"], ["members.id"], name=op.f("fk_transfers_to_member_id")
        ),
        sa.UniqueConstraint("member_id", "source", name=op.f("uq_transfers_member_id_source")),
    )
    make_append_only("transfers")
    op.create_index(op.f("ix_transfers_to"), "transfers", ["to_member_id"])
    op.create_table(
        "pool_members",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("pool_id", Id, nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.Column("owner", sa.Boolean(), nullable=False),
        sa.Column("left_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("member_id", "pool_id", "joined_at", name=op.f("pk_pool_members")),
        sa.CheckConstraint("member_id <> pool_id", name=op.f("ck_pool_members_a_person")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_pool_members_member_id")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["members.id"], name=op.f("fk_pool_members_pool_id")),
    )
    op.create_index(op.f("ix_pool_members_pool"), "pool_members", ["pool_id"])
    op.create_index(
        op.f("uq_pool_members_now"),
        "pool_members",
        ["member_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
        sqlite_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "merges",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("other_id", Id, nullable=False),
        sa.Column("source", Id, nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", Id, nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_merges")),
        sa.CheckConstraint("member_id <> other_id", name=op.f("ck_merges_two_members")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_merges_member_id")),
        sa.ForeignKeyConstraint(["other_id"], ["members.id"], name=op.f("fk_merges_other_id")),
        sa.UniqueConstraint("member_id", "source", name=op.f("uq_merges_member_id_source")),
    )
    op.create_index(op.f("ix_merges_other"), "merges", ["other_id"])
    op.create_table(
        "merge_credits",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("merge_id", Id, nullable=False),
        sa.Column("period", Id, nullable=False),
        sa.Column("undoing", sa.Boolean(), nullable=False),
        sa.Column("spend_minor", Whole, nullable=False),
        sa.Column("earned", Whole, nullable=False),
        sa.Column("visits", Whole, nullable=False),
        sa.Column("vouchers", Whole, nullable=False),
        sa.PrimaryKeyConstraint(
            "member_id", "merge_id", "period", "undoing", name=op.f("pk_merge_credits")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_merge_credits_member_id")
        ),
    )
    make_append_only("merge_credits")
    op.create_table(
        "merged_things",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("merge_id", Id, nullable=False),
        sa.Column("thing_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "merge_id", "thing_id", name=op.f("pk_merged_things")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_merged_things_member_id")
        ),
    )
    make_append_only("merged_things")
