"""Reads: they return frozen values, never rows."""

from __future__ import annotations

from loyalty.cards import Code, CodeKind, Mistyped, NotACode, code_ok, make_code, read_code
from loyalty.presets import PRESETS, preset_document
from loyalty.programme import Programme
from loyalty.qr import code_png, code_svg, link_png, link_svg
from loyalty.queries.audience import (
    AudienceMember,
    audience_count,
    audience_facts,
    audience_members,
)
from loyalty.queries.cards import (
    MemberCard,
    card_holder,
    card_png,
    card_svg,
    cards_of,
    holder_by_contact,
    holder_by_member,
    member_card,
)
from loyalty.queries.catalogue import (
    CategoryFacts,
    StoreFacts,
    article_by_code,
    article_by_ean,
    article_by_sku,
    article_names,
    articles,
    articles_by_codes,
    categories,
    store,
    stores,
)
from loyalty.queries.consents import (
    ConsentEntry,
    ConsentState,
    consent_history,
    consents_of,
    has_consent,
)
from loyalty.queries.figures import LiveFigures, SalesOfDay, live_figures
from loyalty.queries.gift_cards import gift_card_balances
from loyalty.queries.history import (
    BoughtLine,
    SoldLine,
    purchase_lines_of,
    sold_baskets,
    sold_lines,
)
from loyalty.queries.ledger import Balance, StatementLine, balance, lapsing_members, statement
from loyalty.queries.members import (
    Contact,
    MemberRow,
    contact_of,
    contacts,
    find_members,
    member_by_email,
    member_by_phone,
    member_name,
)
from loyalty.queries.membership import Membership, membership
from loyalty.queries.programme import (
    ProgrammeVersionRow,
    current_programme,
    programme_of,
    programme_versions,
    quote_earning,
)
from loyalty.queries.purchases import (
    DetailLine,
    PurchaseDetail,
    PurchaseRow,
    purchase_detail,
    purchases_of,
)
from loyalty.queries.sales import find_return, find_sale, last_sequence, purchase_id_of
from loyalty.queries.sign_in import sign_in_link
from loyalty.queries.story import MemberStory, member_story
from loyalty.queries.tiers import TierStep, tier_progress, tier_steps
from loyalty.queries.verifying import RULES, Finding, verify_books
from loyalty.queries.vouchers import (
    OwnedVoucher,
    VoucherStanding,
    voucher_by_code,
    voucher_progress,
    vouchers_by_code,
    vouchers_of,
)
from loyalty.wordings import Wording, consent_wording, consent_wordings

__all__ = [
    "PRESETS",
    "RULES",
    "AudienceMember",
    "Balance",
    "BoughtLine",
    "CategoryFacts",
    "Code",
    "CodeKind",
    "ConsentEntry",
    "ConsentState",
    "Contact",
    "DetailLine",
    "Finding",
    "LiveFigures",
    "MemberCard",
    "MemberRow",
    "MemberStory",
    "Membership",
    "Mistyped",
    "NotACode",
    "OwnedVoucher",
    "Programme",
    "ProgrammeVersionRow",
    "PurchaseDetail",
    "PurchaseRow",
    "SalesOfDay",
    "SoldLine",
    "StatementLine",
    "StoreFacts",
    "TierStep",
    "VoucherStanding",
    "Wording",
    "article_by_code",
    "article_by_ean",
    "article_by_sku",
    "article_names",
    "articles",
    "articles_by_codes",
    "audience_count",
    "audience_facts",
    "audience_members",
    "balance",
    "card_holder",
    "card_png",
    "card_svg",
    "cards_of",
    "categories",
    "code_ok",
    "code_png",
    "code_svg",
    "consent_history",
    "consent_wording",
    "consent_wordings",
    "consents_of",
    "contact_of",
    "contacts",
    "current_programme",
    "find_members",
    "find_return",
    "find_sale",
    "gift_card_balances",
    "has_consent",
    "holder_by_contact",
    "holder_by_member",
    "lapsing_members",
    "last_sequence",
    "link_png",
    "link_svg",
    "live_figures",
    "make_code",
    "member_by_email",
    "member_by_phone",
    "member_card",
    "member_name",
    "member_story",
    "membership",
    "preset_document",
    "programme_of",
    "programme_versions",
    "purchase_detail",
    "purchase_id_of",
    "purchase_lines_of",
    "purchases_of",
    "quote_earning",
    "read_code",
    "sign_in_link",
    "sold_baskets",
    "sold_lines",
    "statement",
    "store",
    "stores",
    "tier_progress",
    "tier_steps",
    "verify_books",
    "voucher_by_code",
    "voucher_progress",
    "vouchers_by_code",
    "vouchers_of",
]
