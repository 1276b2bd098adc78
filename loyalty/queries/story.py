"""A member's whole story, for the people who look after her."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries.cards import MemberCard, cards_of
from loyalty.queries.consents import ConsentState, consents_of
from loyalty.queries.ledger import Balance, StatementLine, balance, statement
from loyalty.queries.membership import Membership, membership
from loyalty.queries.purchases import PurchaseRow, purchases_of
from loyalty.queries.tiers import TierStep, tier_progress, tier_steps
from loyalty.queries.vouchers import VoucherStanding, voucher_progress, vouchers_of
from loyalty.values import IssuedVoucher, MemberId, Purpose, TierProgress

MOST_LINES, MOST_PURCHASES = 20, 10


@dataclass(frozen=True, slots=True)
class MemberStory:
    """Everything on one page. Statement and purchases are the newest of each."""

    member: Membership
    cards: tuple[MemberCard, ...]
    balance: Balance
    tier: TierProgress
    tier_steps: tuple[TierStep, ...]
    vouchers: tuple[IssuedVoucher, ...]
    voucher_standing: VoucherStanding | None
    consents: dict[Purpose, ConsentState]
    statement: tuple[StatementLine, ...]
    purchases: tuple[PurchaseRow, ...]


def member_story(tx: Tx, member_id: MemberId, *, keys: Keys, language: str) -> MemberStory:
    """Return a member's whole story, reasons in ``language``.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
    """
    return MemberStory(
        member=membership(tx, member_id),
        cards=cards_of(tx, member_id, keys=keys),
        balance=balance(tx, member_id),
        tier=tier_progress(tx, member_id),
        tier_steps=tier_steps(tx, member_id),
        vouchers=vouchers_of(tx, member_id, keys=keys),
        voucher_standing=voucher_progress(tx, member_id),
        consents=consents_of(tx, member_id),
        statement=statement(tx, member_id, language=language, limit=MOST_LINES).items,
        purchases=purchases_of(tx, member_id, limit=MOST_PURCHASES).items,
    )
