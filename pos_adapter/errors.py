"""Refusals at the till. What loyalty and offers refuse (cards, vouchers, limits) is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from loyalty.kernel.problems import N_, Kind, Problem


@dataclass(eq=False)
class UnknownArticles(Problem):
    """The catalogue has no such article, and the till brought no facts of its own.

    ``lines`` maps the number of each such line to the code it brought. Nothing was priced.
    """

    lines: dict[int, str]

    kind = Kind.INVALID
    slug = "unknown-articles"
    title = N_("Unknown articles")
    template = N_("Scan it again, look it up by name, or take it off the basket.")


@dataclass(eq=False)
class FractionalQuantity(Problem):
    """A line asks for a part of an article that is sold by the piece. Nothing was priced."""

    lines: list[int]

    kind = Kind.INVALID
    slug = "fractional-quantity"
    title = N_("This article is sold by the piece")
    template = N_("Enter a whole number; only weighed articles take decimals.")


@dataclass(eq=False)
class OwnPriceRefused(Problem):
    """The browser till sells at the catalogue's price: a line may not bring its own."""

    lines: list[int]

    kind = Kind.FORBIDDEN
    slug = "own-price-refused"
    title = N_("The price comes from the catalogue")
    template = N_("Only a till that signs its requests may bring its own prices.")


@dataclass(eq=False)
class OtherCurrency(Problem):
    """The sale is in another currency than the programme."""

    expected: str

    kind = Kind.INVALID
    slug = "other-currency"
    title = N_("Another currency")
    template = N_("This programme counts in {expected}.")


@dataclass(eq=False)
class OtherTill(Problem):
    """The sale names a store or till that is not the one whose key or cookie sent it."""

    store_id: str
    till: str

    kind = Kind.FORBIDDEN
    slug = "other-till"
    title = N_("This is another till's sale")
    template = N_("This till is {till} in store {store_id}; it can only speak for itself.")


@dataclass(eq=False)
class DayRefused(Problem):
    """The time of the sale, or its business day, cannot be right.

    A sale may be sent up to 31 days late, never from the future, and its business day lies within
    a day of its time in the shop.
    """

    business_on: date
    earliest_on: date
    latest_on: date

    kind = Kind.INVALID
    slug = "day-refused"
    title = N_("The date cannot be right")
    template = N_("Check the till's clock: {earliest_on} to {latest_on} is accepted.")


@dataclass(eq=False)
class QuoteChanged(Problem):
    """The basket no longer costs or earns what the till showed; nothing was stored.

    ``differences`` gives each amount as it was quoted and as it is now. Ask for a new quote,
    show the shopper what changed, then commit with the new ``quote_hash``.
    """

    differences: list[dict[str, Any]]
    quote_hash: str

    kind = Kind.CONFLICT
    slug = "quote-changed"
    title = N_("The price has changed since it was shown")
    template = N_("Nothing was stored. Show the new total, then take the payment.")


@dataclass(eq=False)
class VoucherNotNeeded(Problem):
    """The basket is already paid for by the other vouchers; this one would be lost."""

    voucher: str

    kind = Kind.CONFLICT
    slug = "voucher-not-needed"
    title = N_("Nothing left for this voucher")
    template = N_("The basket is already covered: keep the voucher for next time.")


@dataclass(eq=False)
class VoucherNeedsCard(Problem):
    """A voucher belongs to a member: it is taken once her card has been shown."""

    kind = Kind.CONFLICT
    slug = "voucher-needs-card"
    title = N_("Scan the card first")
    template = N_("A voucher belongs to a member: scan the card, then the voucher.")


@dataclass(eq=False)
class UnknownReceipt(Problem):
    """What was scanned or typed is not the code of a receipt."""

    kind = Kind.NOT_FOUND
    slug = "unknown-receipt"
    title = N_("Unknown receipt")
    template = N_("Scan the code on the receipt again, or type its number.")


@dataclass(eq=False)
class CardCannotSpend(Problem):
    """The card was shown in a way that only identifies: it earns, but spends nothing.

    A printed or copied code may be anybody's. Ask the member to confirm on her phone.
    """

    kind = Kind.FORBIDDEN
    slug = "card-cannot-spend"
    title = N_("This card cannot spend")
    template = N_("The card only identifies the member. She must confirm before it spends.")


@dataclass(eq=False)
class CouponWithoutEffect(Problem):
    """A coupon did nothing for this basket, and the till asked for all or nothing."""

    code: str

    kind = Kind.CONFLICT
    slug = "coupon-without-effect"
    title = N_("A coupon has no effect here")
    template = N_(
        "The coupon {code} does nothing for this basket. Take it off, or change the basket."
    )


@dataclass(eq=False)
class TendersDiffer(Problem):
    """What was paid does not add up to what is due; nothing was stored."""

    due_minor: int
    tendered_minor: int

    kind = Kind.CONFLICT
    slug = "tenders-differ"
    title = N_("The payment does not add up")
    template = N_("The payments must add up to what is due after offers and vouchers.")


@dataclass(eq=False)
class SignatureMissing(Problem):
    """The request carries neither a signature nor the cookie of a browser till."""

    kind = Kind.UNAUTHENTICATED
    slug = "signature-missing"
    title = N_("The request is not signed")
    template = N_("Sign it with the till's key, as the integrator's guide shows.")


@dataclass(eq=False)
class SignatureMalformed(Problem):
    """The signature cannot be read.

    Exactly one signature is expected, hmac-sha256, with ``created``, ``nonce`` and ``keyid``, over
    components that the request has.
    """

    kind = Kind.UNAUTHENTICATED
    slug = "signature-malformed"
    title = N_("The signature cannot be read")
    template = N_("Send one hmac-sha256 signature with created, nonce and keyid.")


@dataclass(eq=False)
class SignatureIncomplete(Problem):
    """The signature leaves out something that matters.

    It must cover ``@method``, the target (``@target-uri``, or ``@path`` and ``@query``) and, when
    there is a body, ``content-digest``.
    """

    kind = Kind.UNAUTHENTICATED
    slug = "signature-incomplete"
    title = N_("The signature covers too little")
    template = N_("Cover the method, the target and the digest of the body.")


@dataclass(eq=False)
class SignatureStale(Problem):
    """The signature is more than two minutes old, or more than one minute ahead."""

    kind = Kind.UNAUTHENTICATED
    slug = "signature-stale"
    title = N_("The signature has expired")
    template = N_("Set the till's clock, then sign the request again.")


@dataclass(eq=False)
class SignatureWrong(Problem):
    """The signature was made with another key, or for another request."""

    kind = Kind.UNAUTHENTICATED
    slug = "signature-wrong"
    title = N_("The signature does not hold")
    template = N_("Check the till's key and what it signs.")


@dataclass(eq=False)
class SignatureBodyChanged(Problem):
    """The body is not the one whose digest was signed."""

    kind = Kind.UNAUTHENTICATED
    slug = "signature-body-changed"
    title = N_("The body was changed on its way")
    template = N_("Sign the digest of exactly the bytes that are sent.")


@dataclass(eq=False)
class SignatureReplayed(Problem):
    """This nonce has been used with this key: the same signed request came twice.

    A retry is signed again, with a new nonce; the sale's identity makes it count once.
    """

    kind = Kind.UNAUTHENTICATED
    slug = "signature-replayed"
    title = N_("This request was already received")
    template = N_("Sign the retry again with a new nonce.")


@dataclass(eq=False)
class KeyUnknown(Problem):
    """No till has this key."""

    kind = Kind.UNAUTHENTICATED
    slug = "key-unknown"
    title = N_("Unknown key")
    template = N_("Enrol the till to get its key.")


@dataclass(eq=False)
class KeyRevoked(Problem):
    """The till's key has been renewed since; the old one is worth nothing."""

    kind = Kind.UNAUTHENTICATED
    slug = "key-revoked"
    title = N_("This key was replaced")
    template = N_("Use the till's newest key, or enrol it again.")
