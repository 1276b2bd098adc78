"""Reads: they return frozen values, never rows."""

from __future__ import annotations

from loyalty.cards import Code, CodeKind, Mistyped, NotACode, code_ok, make_code, read_code
from loyalty.checking import NO_CATALOGUE, Catalogue
from loyalty.presets import PRESETS, preset_document, preset_text
from loyalty.programme import Programme, digits_of
from loyalty.programme_text import (
    Checked,
    check_shape,
    checked_programme,
    read_programme,
    read_programme_node,
)
from loyalty.qr import code_png, code_svg, link_png, link_svg
from loyalty.queries.adjustments import AdjustmentFacts, adjustments_of, adjustments_waiting
from loyalty.queries.audience import (
    AudienceMember,
    audience_count,
    audience_facts,
    audience_members,
)
from loyalty.queries.balances import WalletBalance, balances_of
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
from loyalty.queries.catalogue_names import catalogue_of
from loyalty.queries.checking import TextFault, check_text
from loyalty.queries.claims import claims_by_state, claims_of
from loyalty.queries.consents import (
    ConsentEntry,
    ConsentState,
    consent_history,
    consents_of,
    has_consent,
)
from loyalty.queries.drafts import Draft, draft, drafts
from loyalty.queries.explaining import Explanation, FiredLine, explain_purchase
from loyalty.queries.figures import LiveFigures, SalesOfDay, live_figures
from loyalty.queries.gift_cards import gift_card_balances
from loyalty.queries.happening import MessageWritten, messages_of, referrals_of
from loyalty.queries.history import (
    BoughtLine,
    SoldLine,
    purchase_lines_of,
    sold_baskets,
    sold_lines,
)
from loyalty.queries.ledger import Balance, StatementLine, balance, lapsing_members, statement
from loyalty.queries.liability import Liability, liability, liability_journal
from loyalty.queries.loose import loose_returns_by_staff
from loyalty.queries.lots import LotRow, TakenLot, lots_of, taken_by, waiting_lots
from loyalty.queries.marks import RawPosting, books_mark, postings_since, seq_marks
from loyalty.queries.measuring import tier_amount
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
from loyalty.queries.pools import pool_members, pool_of
from loyalty.queries.programme import (
    ProgrammeVersionRow,
    current_programme,
    programme_of,
    programme_versions,
    quote_earning,
)
from loyalty.queries.proof import ProofStanding, member_proof, proof_standing, seal_days
from loyalty.queries.purchases import (
    DetailLine,
    PurchaseDetail,
    PurchaseRow,
    purchase_detail,
    purchases_of,
    settled_lines,
)
from loyalty.queries.rewards import (
    RedemptionFacts,
    RewardView,
    claimable,
    redeemable,
    redemptions_of,
    reward_catalogue,
    stock_left,
)
from loyalty.queries.sales import ask_ahead, find_return, find_sale, last_sequence, purchase_id_of
from loyalty.queries.sign_in import sign_in_link
from loyalty.queries.story import MemberStory, member_story
from loyalty.queries.tiers import (
    TierStep,
    purchases_before,
    qualifying_of,
    rated_level,
    tier_progress,
    tier_steps,
)
from loyalty.queries.verifying import RULES, Finding, verify_books, verify_together
from loyalty.queries.vouchers import (
    OwnedVoucher,
    VoucherBook,
    VoucherStanding,
    voucher_book,
    voucher_by_code,
    voucher_progress,
    vouchers_by_code,
    vouchers_of,
)
from loyalty.wordings import Wording, consent_wording, consent_wordings

__all__ = [
    "NO_CATALOGUE",
    "PRESETS",
    "RULES",
    "AdjustmentFacts",
    "AudienceMember",
    "Balance",
    "BoughtLine",
    "Catalogue",
    "CategoryFacts",
    "Checked",
    "Code",
    "CodeKind",
    "ConsentEntry",
    "ConsentState",
    "Contact",
    "DetailLine",
    "Draft",
    "Explanation",
    "Finding",
    "FiredLine",
    "Liability",
    "LiveFigures",
    "LotRow",
    "MemberCard",
    "MemberRow",
    "MemberStory",
    "Membership",
    "MessageWritten",
    "Mistyped",
    "NotACode",
    "OwnedVoucher",
    "Programme",
    "ProgrammeVersionRow",
    "ProofStanding",
    "PurchaseDetail",
    "PurchaseRow",
    "RawPosting",
    "RedemptionFacts",
    "RewardView",
    "SalesOfDay",
    "SoldLine",
    "StatementLine",
    "StoreFacts",
    "TakenLot",
    "TextFault",
    "TierStep",
    "VoucherBook",
    "VoucherStanding",
    "WalletBalance",
    "Wording",
    "adjustments_of",
    "adjustments_waiting",
    "article_by_code",
    "article_by_ean",
    "article_by_sku",
    "article_names",
    "articles",
    "articles_by_codes",
    "ask_ahead",
    "audience_count",
    "audience_facts",
    "audience_members",
    "balance",
    "balances_of",
    "books_mark",
    "card_holder",
    "card_png",
    "card_svg",
    "cards_of",
    "catalogue_of",
    "categories",
    "check_shape",
    "check_text",
    "checked_programme",
    "claimable",
    "claims_by_state",
    "claims_of",
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
    "digits_of",
    "draft",
    "drafts",
    "explain_purchase",
    "find_members",
    "find_return",
    "find_sale",
    "gift_card_balances",
    "has_consent",
    "holder_by_contact",
    "holder_by_member",
    "lapsing_members",
    "last_sequence",
    "liability",
    "liability_journal",
    "link_png",
    "link_svg",
    "live_figures",
    "loose_returns_by_staff",
    "lots_of",
    "make_code",
    "member_by_email",
    "member_by_phone",
    "member_card",
    "member_name",
    "member_proof",
    "member_story",
    "membership",
    "messages_of",
    "pool_members",
    "pool_of",
    "postings_since",
    "preset_document",
    "preset_text",
    "programme_of",
    "programme_versions",
    "proof_standing",
    "purchase_detail",
    "purchase_id_of",
    "purchase_lines_of",
    "purchases_before",
    "purchases_of",
    "qualifying_of",
    "quote_earning",
    "rated_level",
    "read_code",
    "read_programme",
    "read_programme_node",
    "redeemable",
    "redemptions_of",
    "referrals_of",
    "reward_catalogue",
    "seal_days",
    "seq_marks",
    "settled_lines",
    "sign_in_link",
    "sold_baskets",
    "sold_lines",
    "statement",
    "stock_left",
    "store",
    "stores",
    "taken_by",
    "tier_amount",
    "tier_progress",
    "tier_steps",
    "verify_books",
    "verify_together",
    "voucher_book",
    "voucher_by_code",
    "voucher_progress",
    "vouchers_by_code",
    "vouchers_of",
    "waiting_lots",
]
