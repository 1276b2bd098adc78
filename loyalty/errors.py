"""Refusals of the loyalty package."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from loyalty.kernel.problems import N_, Kind, Problem
from loyalty.values import MemberId, PurchaseId, ReturnId, VoucherId


@dataclass(eq=False)
class UnknownMember(Problem):
    """Nobody has this member id, or the person was erased."""

    member_id: MemberId

    kind = Kind.NOT_FOUND
    slug = "unknown-member"
    title = N_("Unknown member")
    template = N_("There is no member {member_id}. Look for the member again.")


@dataclass(eq=False)
class MemberBlocked(Problem):
    """The membership is blocked: it neither earns nor spends until staff lift the block."""

    member_id: MemberId

    kind = Kind.CONFLICT
    slug = "member-blocked"
    title = N_("Membership blocked")
    template = N_("This membership is blocked. Customer service can lift the block.")


@dataclass(eq=False)
class EmailTaken(Problem):
    """Another member already has this e-mail address; nobody was enrolled."""

    kind = Kind.CONFLICT
    slug = "email-taken"
    title = N_("This e-mail address is already known")
    template = N_("A member already has this e-mail address. Ask for a link to the card instead.")


@dataclass(eq=False)
class PhoneTaken(Problem):
    """Another member already has this telephone number; nobody was enrolled."""

    kind = Kind.CONFLICT
    slug = "phone-taken"
    title = N_("This telephone number is already known")
    template = N_("A member already has this telephone number. Look for the card instead.")


@dataclass(eq=False)
class InvalidIdentity(Problem):
    """A name, address, number or birth date cannot be one; nothing was changed.

    ``field`` names it: ``given_name``, ``family_name``, ``email``, ``phone`` or ``born_on``.
    """

    field: str

    kind = Kind.INVALID
    slug = "invalid-identity"
    title = N_("Please check what you typed")
    template = N_("This does not look right: {field}. Correct it and send it again.")


@dataclass(eq=False)
class SourceReused(Problem):
    """The same source was used before for something else; nothing was done.

    Send a repeat with exactly the same content, or a new request with a new source.
    """

    source: str

    kind = Kind.CONFLICT
    slug = "source-reused"
    title = N_("This source stands for another request")
    template = N_("{source} was already used with other content. Use a new source.")


@dataclass(eq=False)
class CardNotReadable(Problem):
    """What was scanned or typed is not the code of a card: other letters, length or kind."""

    kind = Kind.INVALID
    slug = "card-not-readable"
    title = N_("This is not a card")
    template = N_("This code is not a card of ours. Scan the card again.")


@dataclass(eq=False)
class CardMistyped(Problem):
    """The code has the shape of a card, but its check letters do not fit: a letter is wrong."""

    kind = Kind.INVALID
    slug = "card-mistyped"
    title = N_("A letter is wrong")
    template = N_("One of the letters is not right. Scan the card again, or check what you typed.")


@dataclass(eq=False)
class UnknownCard(Problem):
    """The code is well formed, but no card has it."""

    kind = Kind.NOT_FOUND
    slug = "unknown-card"
    title = N_("Unknown card")
    template = N_("No member has this card. Look for the member by telephone or e-mail.")


@dataclass(eq=False)
class CardBlocked(Problem):
    """The card was blocked: lost, stolen, or stopped by staff."""

    kind = Kind.CONFLICT
    slug = "card-blocked"
    title = N_("Card blocked")
    template = N_("This card is blocked. Offer the member a new one.")


@dataclass(eq=False)
class CardReplaced(Problem):
    """The card was replaced by a newer one, which the member has."""

    kind = Kind.CONFLICT
    slug = "card-replaced"
    title = N_("Card replaced")
    template = N_("This card was replaced. Ask for the new one.")


@dataclass(eq=False)
class CardNotActive(Problem):
    """Only an active card can be blocked or replaced; this one has ended already."""

    card_id: str
    state: str

    kind = Kind.CONFLICT
    slug = "card-not-active"
    title = N_("This card has ended")
    template = N_("Card {card_id} is {state} already. Look at the member's cards.")


@dataclass(eq=False)
class NotEnoughPoints(Problem):
    """The member has fewer points to spend than this would take. Nothing was taken.

    ``available`` is what she may spend now (without held and lapsed points), so that a till can
    offer a cheaper reward without asking again.
    """

    member_id: MemberId
    available: int
    required: int

    kind = Kind.CONFLICT
    slug = "not-enough-points"
    title = N_("Not enough points")
    template = N_("This takes {required} points; {available} are available.")


@dataclass(eq=False)
class UnknownHold(Problem):
    """The member has no hold with this id."""

    hold_id: str

    kind = Kind.NOT_FOUND
    slug = "unknown-hold"
    title = N_("Unknown hold")
    template = N_("There is no hold {hold_id}.")


@dataclass(eq=False)
class HoldEnded(Problem):
    """The hold has ended: it was captured, released, or its time was up. Nothing was taken."""

    hold_id: str
    state: str

    kind = Kind.CONFLICT
    slug = "hold-ended"
    title = N_("This hold has ended")
    template = N_("Hold {hold_id} is {state}. Place a new one.")


@dataclass(eq=False)
class UnknownPosting(Problem):
    """The member's ledger has no posting with this number that could be reversed."""

    seq: int

    kind = Kind.NOT_FOUND
    slug = "unknown-posting"
    title = N_("Unknown posting")
    template = N_("There is no posting {seq} to reverse.")


@dataclass(eq=False)
class ReversalTooLarge(Problem):
    """More would be reversed than the posting moved and earlier reversals left."""

    seq: int
    left: int

    kind = Kind.CONFLICT
    slug = "reversal-too-large"
    title = N_("More than was moved")
    template = N_("Of posting {seq} only {left} points can still be reversed.")


@dataclass(eq=False)
class SaleConflict(Problem):
    """Another sale or return already has this store, till, business day and sequence.

    The same number must stand for the same content: a repeat is answered with the first receipt,
    anything else is refused. Check the till's counter.
    """

    store_id: str
    till: str
    business_on: date
    sequence: int

    kind = Kind.CONFLICT
    slug = "sale-conflict"
    title = N_("This receipt number is taken")
    template = N_(
        "Receipt {sequence} of till {till} in {store_id} on {business_on} "
        "was already recorded with other content."
    )


@dataclass(eq=False)
class SaleInconsistent(Problem):
    """The sale contradicts itself or the programme; nothing was recorded.

    ``reason`` names the rule that is broken, ``line_no`` the line (0 for the whole sale).
    """

    reason: str
    line_no: int = 0

    kind = Kind.INVALID
    slug = "sale-inconsistent"
    title = N_("The sale does not add up")
    template = N_("Line {line_no}: {reason}. Correct the sale and send it again.")


@dataclass(eq=False)
class UnknownStore(Problem):
    """No store of the programme has this code."""

    store_id: str

    kind = Kind.INVALID
    slug = "unknown-store"
    title = N_("Unknown store")
    template = N_("There is no store {store_id}.")


@dataclass(eq=False)
class UnknownPurchase(Problem):
    """There is no such purchase."""

    purchase_id: PurchaseId

    kind = Kind.NOT_FOUND
    slug = "unknown-purchase"
    title = N_("Unknown purchase")
    template = N_("There is no purchase {purchase_id}.")


@dataclass(eq=False)
class NothingToReturn(Problem):
    """A line is not on the receipt, or more would come back than is left of it.

    ``left_milli`` is what can still be returned, in thousandths. Nothing was recorded.
    """

    purchase_id: PurchaseId
    line_no: int
    left_milli: int

    kind = Kind.CONFLICT
    slug = "nothing-to-return"
    title = N_("More than was bought")
    template = N_("Of line {line_no} only {left_milli} thousandths can still be returned.")


@dataclass(eq=False)
class UnknownReturn(Problem):
    """There is no such return."""

    return_id: ReturnId

    kind = Kind.NOT_FOUND
    slug = "unknown-return"
    title = N_("Unknown return")
    template = N_("There is no return {return_id}.")


@dataclass(eq=False)
class UnknownVoucher(Problem):
    """No voucher has this code, or it belongs to another member."""

    kind = Kind.NOT_FOUND
    slug = "unknown-voucher"
    title = N_("Unknown voucher")
    template = N_("No voucher has this code. Scan it again.")


@dataclass(eq=False)
class VoucherNotUsable(Problem):
    """The voucher was used before, was cancelled, or has expired. Nothing was recorded."""

    voucher_id: VoucherId
    state: str

    kind = Kind.CONFLICT
    slug = "voucher-not-usable"
    title = N_("This voucher cannot be used")
    template = N_("The voucher is {state}. Take it off the sale and send it again.")


@dataclass(eq=False)
class UnknownArticle(Problem):
    """No article has this code."""

    code: str

    kind = Kind.NOT_FOUND
    slug = "unknown-article"
    title = N_("Unknown article")
    template = N_("No article has the code {code}.")


@dataclass(eq=False)
class ProgrammeRefused(Problem):
    """The programme's document has mistakes; nothing was published.

    ``errors`` names each key by its path and says what is wrong with it.
    """

    errors: dict[str, Any] = field(default_factory=dict)

    kind = Kind.INVALID
    slug = "programme-refused"
    title = N_("The programme is not right")
    template = N_("Correct the keys that are named: {errors}")


@dataclass(eq=False)
class NoProgramme(Problem):
    """No programme has been published yet, or none is in force at that time."""

    kind = Kind.UNAVAILABLE
    slug = "no-programme"
    title = N_("No programme is in force")
    template = N_("Publish a programme first: loyalty programme publish-preset three-tier-grocer.")
