"""Claims of purchases, over the wire and in forms."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import Length, OneOf

from loyalty.kernel.problems import N_
from loyalty.kernel.web.fields import Code, Instant, LocalDay, TextLine, Whole
from loyalty.values import ClaimState, ClaimWhy
from pos_adapter.schemas.incoming import LONGEST_CODE, MAX_MONEY, MAX_SEQUENCE, says
from pos_adapter.schemas.outgoing import text, whole


class ClaimIn(ma.Schema):
    """What the member reads off her receipt: its number or its code, the day, the total."""

    receipt_code = TextLine(longest=LONGEST_CODE, metadata=says("The code at its foot."))
    number = Whole(at_least=1, at_most=MAX_SEQUENCE, metadata=says("Or its number."))
    bought_on = LocalDay(required=True, metadata=says("The business day on it."))
    total_minor = Whole(
        at_most=MAX_MONEY, required=True, metadata=says("What it comes to, in minor units.")
    )
    store_id = Code(metadata=says("The store, if she knows it."))
    till = Code(load_default="", metadata=says("The till, if it stands there."))

    @ma.validates_schema
    def name_the_receipt_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a claim that names its receipt twice, or not at all."""
        if ("receipt_code" in data) == ("number" in data):
            raise ma.ValidationError(N_("Give either receipt_code or number."), "number")


class ClaimOut(ma.Schema):
    """A claim and what became of it."""

    claim_id = text("The claim.")
    member_id = text("Who claims.")
    state = ma.fields.Enum(ClaimState, by_value=True, metadata=says("What became of it."))
    why = ma.fields.Enum(
        ClaimWhy, by_value=True, metadata=says("Why it did not settle by itself; empty if it did.")
    )
    number = whole("Number of the receipt.", allow_none=True)
    purchase_id = text("The purchase, once it is known.", allow_none=True)
    store_id = text("The store.", allow_none=True)
    bought_on = LocalDay(metadata=says("The day on the receipt."))
    total_minor = whole("What it comes to, in minor units.")
    points = whole("What it brought of the default wallet, in grains.")
    reason = text("What staff said about it.")
    asked_at = Instant(metadata=says("When it was made."))
    decided_at = Instant(allow_none=True, metadata=says("When it was decided."))


class ClaimsOut(ma.Schema):
    """Claims."""

    items = ma.fields.List(ma.fields.Nested(ClaimOut), metadata=says("The claims."))
    after = text("Where the next page begins; null at the end.", allow_none=True)


class ClaimsQuery(ma.Schema):
    """Which claims."""

    state = ma.fields.Enum(
        ClaimState, by_value=True, load_default=ClaimState.WAITING, metadata=says("In which state.")
    )
    after = ma.fields.String(
        validate=Length(1, LONGEST_CODE), load_default=None, metadata=says("From the page before.")
    )
    limit = Whole(
        at_least=1, at_most=100, from_text=True, load_default=50, metadata=says("At most so many.")
    )


class ClaimDecisionIn(ma.Schema):
    """What staff decide about a claim."""

    accept = ma.fields.Boolean(
        required=True, truthy={True}, falsy={False}, metadata=says("Give her the purchase, or not.")
    )
    reason = TextLine(longest=200, required=True, metadata=says("Why; the member reads it."))
    purchase_id = ma.fields.String(
        validate=Length(1, LONGEST_CODE),
        load_default=None,
        metadata=says("Which purchase, where the claim did not find it."),
    )


class ClaimForm(ma.Schema):
    """The form of the member, or of whoever serves her."""

    receipt = TextLine(
        longest=LONGEST_CODE,
        required=True,
        error_messages={"required": N_("Give the number or the code on the receipt.")},
    )
    bought_on = LocalDay(required=True, error_messages={"day": N_("Give the day on the receipt.")})
    total = TextLine(
        longest=20, required=True, error_messages={"required": N_("Give the total on the receipt.")}
    )
    store = ma.fields.String(load_default="")
    once = ma.fields.String(required=True, validate=Length(16, 64))


class DecisionForm(ma.Schema):
    """The buttons of a claim that waits."""

    decision = ma.fields.String(required=True, validate=OneOf(("accept", "refuse")))
    reason = TextLine(
        longest=200, required=True, error_messages={"required": N_("Say why; the member reads it.")}
    )
    receipt = TextLine(longest=LONGEST_CODE, load_default="", may_be_empty=True)
