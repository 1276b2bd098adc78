"""Returns without a receipt, over the wire."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import Length

from loyalty.kernel.problems import N_
from loyalty.kernel.web.fields import Code, Instant, LocalDay, TextLine, Whole
from pos_adapter.basket import MAX_LINES
from pos_adapter.schemas.incoming import (
    CURRENCY_LETTERS,
    LONGEST_CODE,
    MAX_SEQUENCE,
    CardIn,
    LineIn,
    says,
)


class LooseLineIn(LineIn):
    """An article that comes back without a receipt, and how much of it."""

    class Meta:
        exclude = ("kind",)


class ApprovalIn(ma.Schema):
    """A manager who agrees, with the PIN that she types herself."""

    staff_id = ma.fields.String(
        required=True, validate=Length(1, LONGEST_CODE), metadata=says("Who agrees.")
    )
    pin = ma.fields.String(required=True, validate=Length(1, 20), metadata=says("Her PIN."))


class LooseReturnIn(ma.Schema):
    """Articles that come back without a receipt. Send it again, unchanged, if no answer came."""

    store_id = Code(metadata=says("The calling till's store; optional, but it must agree."))
    till = Code(metadata=says("The calling till's name; optional, but it must agree."))
    business_on = LocalDay(required=True, metadata=says("Business day of the return."))
    sequence = Whole(
        at_least=1,
        at_most=MAX_SEQUENCE,
        required=True,
        metadata=says("The till's number for the return, from the same counter as its sales."),
    )
    occurred_at = Instant(required=True, metadata=says("When they came back, with its offset."))
    currency = ma.fields.String(
        required=True,
        validate=Length(equal=CURRENCY_LETTERS),
        metadata=says("ISO 4217, the programme's."),
    )
    lines = ma.fields.List(
        ma.fields.Nested(LooseLineIn),
        required=True,
        validate=Length(1, MAX_LINES),
        metadata=says("What comes back, each at today's price."),
    )
    card = ma.fields.Nested(CardIn, metadata=says("The card of the member who brings it."))
    approval = ma.fields.Nested(ApprovalIn, metadata=says("A manager, where one has to agree."))
    approved_by = TextLine(
        longest=LONGEST_CODE,
        metadata=says("Who agreed, by name: only from tills that sign, which vouch for her."),
    )
    reason = TextLine(
        longest=200, load_default="", may_be_empty=True, metadata=says("Why, in the till's words.")
    )
    gift_card = Code(
        load_default="", metadata=says("Where the money goes if the programme pays none out.")
    )

    @ma.validates_schema
    def number_lines_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse two lines with one number, or two who agree."""
        numbers = [line["line_no"] for line in data.get("lines", [])]
        if len(set(numbers)) != len(numbers):
            raise ma.ValidationError(N_("Each line needs a number of its own."), "lines")
        if "approval" in data and "approved_by" in data:
            raise ma.ValidationError(N_("Give either approval or approved_by."), "approval")
