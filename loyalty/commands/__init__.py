"""Writes: one function per verb. They join the caller's transaction and may be repeated."""

from __future__ import annotations

from loyalty.commands.adjusting import Adjusted, adjust_points, decide_adjustment
from loyalty.commands.at_once import earn_at_once, spend_at_once
from loyalty.commands.at_once_many import earn_many_at_once
from loyalty.commands.attaching import attach_purchase, level_at
from loyalty.commands.birthdays import birthdays
from loyalty.commands.cards import CardReceipt, block_card, issue_card, replace_card, transfer_card
from loyalty.commands.catalogue import save_articles, save_category, save_store
from loyalty.commands.claims import (
    claimable,
    close_claim,
    file_claim,
    note_why,
    waiting_claim,
)
from loyalty.commands.consents import ConsentReceipt, record_consent
from loyalty.commands.drafting import (
    Proof,
    approve_draft,
    begin_draft,
    digest_of,
    note_proof,
    publish_draft,
    save_draft,
)
from loyalty.commands.erasure import Erased, erase_member
from loyalty.commands.events import EventPaid, record_event
from loyalty.commands.expiry import expire_lots, expire_next, lapsed_lots
from loyalty.commands.gathering import Gathering, gathering_of
from loyalty.commands.gift_cards import (
    GiftCardReceipt,
    give_back_to_gift_card,
    load_gift_card,
    pay_with_gift_card,
    take_off_gift_card,
)
from loyalty.commands.holds import (
    HoldReceipt,
    capture_hold,
    expire_holds,
    place_hold,
    release_hold,
)
from loyalty.commands.households import (
    PoolJoined,
    PoolLeft,
    draw_points,
    form_pool,
    join_pool,
    leave_pool,
    pool_points,
)
from loyalty.commands.importing import Imported, import_history
from loyalty.commands.ledger import (
    Earning,
    PostingReceipt,
    Spending,
    earn_points,
    spend_points,
)
from loyalty.commands.loose_returns import record_loose_return
from loyalty.commands.members import (
    Enrolled,
    block_member,
    correct_identity,
    enrol_member,
    note_contact,
    set_language,
    unblock_member,
)
from loyalty.commands.merging import Merged, merge_members
from loyalty.commands.messages import Written
from loyalty.commands.opening import Opened, OpeningLot, open_balances
from loyalty.commands.pending import Released, release_for_event, release_pending
from loyalty.commands.programme import PublishedVersion, publish_preset, publish_programme
from loyalty.commands.purchases import quote_purchase, record_purchase
from loyalty.commands.redeeming import claim_reward, redeem_points
from loyalty.commands.redemption_ends import (
    capture_redemption,
    end_held_redemptions,
    release_redemption,
)
from loyalty.commands.redemption_rows import Spent
from loyalty.commands.referrals import (
    hold_referrer,
    referred_bought,
    referred_returned,
    settle_referrals,
)
from loyalty.commands.reinstating import reinstate_purchase
from loyalty.commands.retention import retain_members, retain_next, silent_members
from loyalty.commands.returns import record_return
from loyalty.commands.reversing import reverse_posting
from loyalty.commands.reviewing import review_next, review_tiers, reviews_due
from loyalty.commands.seals import seal_is_due, seal_ledger
from loyalty.commands.sign_in import enter_by_link, request_sign_in
from loyalty.commands.standing import History, open_standing
from loyalty.commands.surveys import answer_survey, publish_survey
from loyalty.commands.tiers import assign_level
from loyalty.commands.transfers import Transferred, transfer_points
from loyalty.commands.unmerging import Unmerged, unmerge_members
from loyalty.commands.voucher_gifts import give_voucher
from loyalty.commands.voucher_uses import VoucherUsed, use_voucher
from loyalty.commands.vouchers import cancel_voucher, expire_vouchers
from loyalty.commands.what_if import ask_what_if, note_what_if
from loyalty.commands.writing import write_message

__all__ = [
    "Adjusted",
    "CardReceipt",
    "ConsentReceipt",
    "Earning",
    "Enrolled",
    "Erased",
    "EventPaid",
    "Gathering",
    "GiftCardReceipt",
    "History",
    "HoldReceipt",
    "Imported",
    "Merged",
    "Opened",
    "OpeningLot",
    "PoolJoined",
    "PoolLeft",
    "PostingReceipt",
    "Proof",
    "PublishedVersion",
    "Released",
    "Spending",
    "Spent",
    "Transferred",
    "Unmerged",
    "VoucherUsed",
    "Written",
    "adjust_points",
    "answer_survey",
    "approve_draft",
    "ask_what_if",
    "assign_level",
    "attach_purchase",
    "begin_draft",
    "birthdays",
    "block_card",
    "block_member",
    "cancel_voucher",
    "capture_hold",
    "capture_redemption",
    "claim_reward",
    "claimable",
    "close_claim",
    "correct_identity",
    "decide_adjustment",
    "digest_of",
    "draw_points",
    "earn_at_once",
    "earn_many_at_once",
    "earn_points",
    "end_held_redemptions",
    "enrol_member",
    "enter_by_link",
    "erase_member",
    "expire_holds",
    "expire_lots",
    "expire_next",
    "expire_vouchers",
    "file_claim",
    "form_pool",
    "gathering_of",
    "give_back_to_gift_card",
    "give_voucher",
    "hold_referrer",
    "import_history",
    "issue_card",
    "join_pool",
    "lapsed_lots",
    "leave_pool",
    "level_at",
    "load_gift_card",
    "merge_members",
    "note_contact",
    "note_proof",
    "note_what_if",
    "note_why",
    "open_balances",
    "open_standing",
    "pay_with_gift_card",
    "place_hold",
    "pool_points",
    "publish_draft",
    "publish_preset",
    "publish_programme",
    "publish_survey",
    "quote_purchase",
    "record_consent",
    "record_event",
    "record_loose_return",
    "record_purchase",
    "record_return",
    "redeem_points",
    "referred_bought",
    "referred_returned",
    "reinstate_purchase",
    "release_for_event",
    "release_hold",
    "release_pending",
    "release_redemption",
    "replace_card",
    "request_sign_in",
    "retain_members",
    "retain_next",
    "reverse_posting",
    "review_next",
    "review_tiers",
    "reviews_due",
    "save_articles",
    "save_category",
    "save_draft",
    "save_store",
    "seal_is_due",
    "seal_ledger",
    "set_language",
    "settle_referrals",
    "silent_members",
    "spend_at_once",
    "spend_points",
    "take_off_gift_card",
    "transfer_card",
    "transfer_points",
    "unblock_member",
    "unmerge_members",
    "use_voucher",
    "waiting_claim",
    "write_message",
]
