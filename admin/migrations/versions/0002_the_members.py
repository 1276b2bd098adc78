"""Members, cards, consents, the catalogue and the programme."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from admin.migrations.append_only import make_append_only
from loyalty.kernel.db import Id, Instant, Json, LocalDate, Whole

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("sku", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", Id, nullable=False),
        sa.Column("price_minor", Whole, nullable=False),
        sa.Column("tax_bp", Whole, nullable=False),
        sa.Column("ean", Id),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("labels", Json, nullable=False),
        sa.Column("sold_by", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_articles")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_articles_price_not_negative")),
    )
    op.create_index(op.f("ix_articles_category"), "articles", ["category"])
    op.create_index(op.f("uq_articles_ean"), "articles", ["ean"], unique=True)
    op.create_table(
        "categories",
        sa.Column("id", Id, nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
    )
    op.create_table(
        "members",
        sa.Column("id", Id, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.Column("joined_on", LocalDate(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("last_contact_at", Instant(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("home_store_id", Id),
        sa.Column("source", sa.Text()),
        sa.Column("request_hash", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("source", name=op.f("uq_members_source")),
    )
    op.create_index(op.f("ix_members_joined_on"), "members", ["joined_on", "id"])
    op.create_index(op.f("ix_members_last_contact_at"), "members", ["last_contact_at", "id"])
    op.create_table(
        "programme_versions",
        sa.Column("id", Id, nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("number", Whole, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("effective_from", Instant(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("published_at", Instant()),
        sa.Column("published_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_versions")),
        sa.CheckConstraint("number > 0", name=op.f("ck_programme_versions_number_positive")),
        sa.UniqueConstraint(
            "programme", "number", name=op.f("uq_programme_versions_programme_number")
        ),
    )
    op.create_table(
        "stores",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stores")),
    )
    op.create_table(
        "cards",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("lookup", Id, nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.Column("replaces_id", Id),
        sa.Column("source", sa.Text()),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_cards")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_cards_member_id")),
        sa.UniqueConstraint("lookup", name=op.f("uq_cards_lookup")),
        sa.UniqueConstraint("source", name=op.f("uq_cards_source")),
    )
    op.create_table(
        "consents",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("seq", Whole, nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_version", Whole, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "seq", name=op.f("pk_consents")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_consents_member_id")),
    )
    op.create_index(op.f("ix_consents_current"), "consents", ["member_id", "purpose", "seq"])
    make_append_only("consents")
    op.create_table(
        "member_identities",
        sa.Column("member_id", Id, nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("given_key", Id, nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("family_key", Id, nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("email_key", Id),
        sa.Column("phone", sa.Text()),
        sa.Column("phone_key", Id),
        sa.Column("born_on", LocalDate()),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member_identities")),
        sa.CheckConstraint(
            "(email IS NULL) = (email_key IS NULL)", name=op.f("ck_member_identities_email_has_key")
        ),
        sa.CheckConstraint(
            "(phone IS NULL) = (phone_key IS NULL)", name=op.f("ck_member_identities_phone_has_key")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_member_identities_member_id")
        ),
        sa.UniqueConstraint("email_key", name=op.f("uq_member_identities_email_key")),
        sa.UniqueConstraint("phone_key", name=op.f("uq_member_identities_phone_key")),
    )
    op.create_index(
        op.f("ix_member_identities_family_key"), "member_identities", ["family_key", "member_id"]
    )
    op.create_index(
        op.f("ix_member_identities_given_key"), "member_identities", ["given_key", "member_id"]
    )
