"""Answers of the till API: every amount with its unit."""

from __future__ import annotations

import marshmallow as ma

from loyalty.kernel.web.fields import Instant, LocalDay, Quantity
from pos_adapter.schemas.incoming import says

_MINOR = "in minor units, tax included"


def text(description: str, *, allow_none: bool = False) -> ma.fields.String:
    """Return a documented text field."""
    return ma.fields.String(metadata=says(description), allow_none=allow_none)


def whole(description: str, *, allow_none: bool = False) -> ma.fields.Integer:
    """Return a documented whole-number field."""
    return ma.fields.Integer(metadata=says(description), allow_none=allow_none)


class TillTierOut(ma.Schema):
    """Where a member stands on the stairs."""

    level = text("Id of the level; `none` below the first.")
    level_name = text("Its name in the language asked for.")
    spend_minor = whole(f"What counts in the current window, {_MINOR}.")
    next_level = text("Id of the level above; null at the top.", allow_none=True)
    next_level_name = text("Its name.", allow_none=True)
    to_next_minor = whole(f"What is missing to it, {_MINOR}.")
    kept_until_on = LocalDay(
        allow_none=True, metadata=says("The last day on which the level is certain.")
    )


class TillMemberOut(ma.Schema):
    """What a till may see of a member: no contact data."""

    member_id = text("The member.")
    card_id = text("The card that was shown.", allow_none=True)
    display_name = text("First name and initial.")
    language = text("`fr` or `en`: speak it.")
    level = text("Id of the tier.")
    level_name = text("Its name in the language asked for.")
    balance = whole("Points that can be spent now.")
    flags = ma.fields.List(ma.fields.String(), metadata=says("What the cashier should know."))
    tier = ma.fields.Nested(TillTierOut, metadata=says("Progress on the stairs."))


class TillOfferOut(ma.Schema):
    """An offer that works at the till for this member."""

    offer_id = text("The offer.")
    name = text("Its name.")
    value = text("What it gives, short.")
    state = text("`activated`, or `available` when it needs no activation.")
    ends_on = LocalDay(allow_none=True, metadata=says("Its last day."))


class IdentificationOut(ma.Schema):
    """Who holds the card."""

    entry = text("How the card came in.")
    trust = text("What the proof is worth: `earn` identifies and earns, but never spends.")
    member = ma.fields.Nested(TillMemberOut, metadata=says("The member."))
    offers = ma.fields.List(ma.fields.Nested(TillOfferOut), metadata=says("At most six."))


class TillShareOut(ma.Schema):
    """What one offer takes off one line."""

    offer_id = text("The offer.")
    amount_minor = whole("Amount in minor units.")


class PricedLineOut(ma.Schema):
    """A line after offers."""

    line_no = whole("Number of the line.")
    sku = text("The retailer's article code.")
    name = text("Name on the receipt.")
    quantity = Quantity(metadata=says("Units or kilos."))
    unit_price_minor = whole(f"Price of one unit or kilo, {_MINOR}.")
    gross_minor = whole(f"Shelf price of the line, {_MINOR}.")
    paid_minor = whole(f"What is left of it after offers, {_MINOR}.")
    shares = ma.fields.List(
        ma.fields.Nested(TillShareOut), metadata=says("What each offer takes off.")
    )


class TillFiredOut(ma.Schema):
    """One reason for points."""

    rule = text("The rule or offer.")
    label = text("The offer's name; empty for a rule of the programme.")
    points = whole("What it gave, in points.")
    basis_minor = whole("What it looked at, in minor units.")
    line_nos = ma.fields.List(ma.fields.Integer(), metadata=says("The lines it looked at."))


class TillEarnedOut(ma.Schema):
    """What the basket earns, and why."""

    points = whole("Points in all.")
    fired = ma.fields.List(ma.fields.Nested(TillFiredOut), metadata=says("Rule by rule."))


class TillAppliedOut(ma.Schema):
    """An offer that works on this basket."""

    offer_id = text("The offer.")
    name = text("Its name.")
    discount_minor = whole("What it takes off, in minor units.")
    points = whole("Points that it adds.")
    uses = whole("How many times it applies.")
    line_nos = ma.fields.List(ma.fields.Integer(), metadata=says("The lines it touches."))


class TillNotAppliedOut(ma.Schema):
    """An offer near this basket that does not work yet."""

    offer_id = text("The offer.")
    name = text("Its name.")
    reason = text("Why not, as a slug.")
    missing = text("What would make it work, in words; may be empty.")
    beaten_by = text("The offer that stands in its place; may be empty.")


class VoucherTakenOut(ma.Schema):
    """A voucher on the basket."""

    code = text("Its code, as sent.")
    value_minor = whole("What it is worth, in minor units.")
    taken_minor = whole("How much of it this basket uses, in minor units.")


class QuoteOut(ma.Schema):
    """What the basket costs and earns now. Nothing was written."""

    quote_hash = text("Send it with the sale: if anything differs by then, the sale is refused.")
    currency = text("ISO 4217.")
    lines = ma.fields.List(ma.fields.Nested(PricedLineOut), metadata=says("The lines, priced."))
    total_minor = whole(f"After offers, {_MINOR}.")
    discount_minor = whole(f"What offers take off, {_MINOR}.")
    voucher_minor = whole(f"What vouchers pay, {_MINOR}.")
    due_minor = whole(f"What is left to pay, {_MINOR}.")
    earned = ma.fields.Nested(TillEarnedOut, metadata=says("What it earns; zero without a card."))
    points_with_card = whole("What it would earn with a card, when none was shown.")
    applied = ma.fields.List(ma.fields.Nested(TillAppliedOut), metadata=says("Offers that work."))
    not_applied = ma.fields.List(ma.fields.Nested(TillNotAppliedOut), metadata=says("Near misses."))
    vouchers = ma.fields.List(ma.fields.Nested(VoucherTakenOut), metadata=says("Vouchers."))
    member = ma.fields.Nested(TillMemberOut, allow_none=True, metadata=says("The card's member."))
    points_after = whole("Her balance after this purchase.", allow_none=True)
    reaches = text("The level that this purchase would lift her to.", allow_none=True)
    reaches_name = text("Its name.", allow_none=True)


class TillIssuedVoucherOut(ma.Schema):
    """A voucher that this purchase brought."""

    code = text("What a till scans.")
    value_minor = whole("What it is worth, in minor units.")
    expires_on = LocalDay(metadata=says("The first day on which it is gone."))


class SaleOut(ma.Schema):
    """A sale as it was recorded."""

    purchase_id = text("The purchase.")
    receipt_code = text("Print it on the receipt as a QR code: a return scans it.")
    replayed = ma.fields.Boolean(
        metadata=says("Whether it had been recorded before; this is the first answer again.")
    )
    store_id = text("Store.")
    till = text("Till.")
    business_on = LocalDay(metadata=says("Business day."))
    sequence = whole("Receipt number.")
    total_minor = whole(f"After offers, {_MINOR}.")
    discount_minor = whole(f"What offers took off, {_MINOR}.")
    voucher_minor = whole(f"What vouchers paid, {_MINOR}.")
    due_minor = whole(f"What was left to pay, {_MINOR}.")
    earned = ma.fields.Nested(TillEarnedOut, metadata=says("What it earned."))
    member_id = text("The member; null without a card.", allow_none=True)
    balance = whole("Her new balance in points.", allow_none=True)
    tier_before = text("Her level before; another than `tier.level` when it rose.", allow_none=True)
    tier = ma.fields.Nested(TillTierOut, allow_none=True, metadata=says("Where she stands now."))
    vouchers = ma.fields.List(
        ma.fields.Nested(TillIssuedVoucherOut), metadata=says("New vouchers.")
    )


class SoldLineOut(ma.Schema):
    """A line of a recorded sale, with what has come back of it."""

    line_no = whole("Number of the line.")
    sku = text("The retailer's article code.")
    name = text("Name on the receipt.")
    quantity = Quantity(metadata=says("Units or kilos sold."))
    returned = Quantity(metadata=says("Units or kilos that have come back; 0 when none."))
    unit_price_minor = whole(f"Price of one unit or kilo, {_MINOR}.")
    gross_minor = whole(f"Shelf price of the line, {_MINOR}.")
    paid_minor = whole(f"What was paid for it, {_MINOR}.")


class SoldOut(ma.Schema):
    """A recorded sale, as a return needs it."""

    purchase_id = text("The purchase.")
    receipt_code = text("The code on its receipt.")
    store_id = text("Store.")
    till = text("Till.")
    business_on = LocalDay(metadata=says("Business day."))
    sequence = whole("Receipt number.")
    occurred_at = Instant(metadata=says("When it was paid."))
    currency = text("ISO 4217.")
    total_minor = whole(f"After offers, {_MINOR}.")
    due_minor = whole(f"What was left to pay after vouchers, {_MINOR}.")
    points = whole("What it earned, in points.")
    with_card = ma.fields.Boolean(metadata=says("Whether a card was shown."))
    lines = ma.fields.List(ma.fields.Nested(SoldLineOut), metadata=says("What was sold."))
    explained = ma.fields.List(
        ma.fields.String(), metadata=says("Which rules gave which points, and which did not.")
    )


class ReturnOut(ma.Schema):
    """A return as it was recorded."""

    return_id = text("The return.")
    purchase_id = text("The purchase it belongs to; none without a receipt.", allow_none=True)
    replayed = ma.fields.Boolean(metadata=says("Whether it had been recorded before."))
    store_id = text("Store.")
    till = text("Till.")
    business_on = LocalDay(metadata=says("Business day."))
    sequence = whole("Number of the return.")
    refund_minor = whole(f"Money to hand back, {_MINOR}.")
    on_gift_card_minor = whole(f"What went on a gift card instead, {_MINOR}.")
    points = whole("What left the wallet: zero or negative.")
    balance = whole("The member's new balance in points.", allow_none=True)
    tier_before = text("Her level before.", allow_none=True)
    tier = ma.fields.Nested(TillTierOut, allow_none=True, metadata=says("Where she stands now."))
    cancelled_vouchers = whole("How many unused vouchers it took back.")
    restored_vouchers = whole("How many vouchers that had paid for it can be used again.")
    offers_given_back = ma.fields.List(
        ma.fields.String(), metadata=says("Offers that can be used again, by id.")
    )


class TillArticleOut(ma.Schema):
    """An article of the catalogue."""

    sku = text("The retailer's article code.")
    ean = text("Its number for scanners.", allow_none=True)
    name = text("Its name.")
    category = text("Its category.")
    price_minor = whole(f"Price of one unit or kilo, {_MINOR}.")
    tax_bp = whole("Tax in basis points.")
    sold_by = text("`unit` or `weight`.")


class TillArticlesOut(ma.Schema):
    """What was found."""

    items = ma.fields.List(ma.fields.Nested(TillArticleOut), metadata=says("The best match first."))


class CounterOut(ma.Schema):
    """Where a till's receipt numbers go on."""

    business_on = LocalDay(metadata=says("Business day."))
    next_sequence = whole("One more than the highest number known for this till and day.")
