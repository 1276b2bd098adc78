"""What a member's own phone reads and writes about her."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from loyalty.kernel.i18n import LANGUAGES
from loyalty.kernel.web import fields
from loyalty.kernel.web.fields import Whole
from loyalty.kernel.web.paging import DEFAULT_LIMIT, MOST_ROWS
from loyalty.values import Purpose


def _points(sentence: str) -> ma.fields.Field[int]:
    return Whole(metadata={"description": f"Points: {sentence}"})


def _money(sentence: str) -> ma.fields.Field[int]:
    return Whole(metadata={"description": f"Minor units of the currency: {sentence}"})


def _text(sentence: str) -> ma.fields.String:
    return ma.fields.String(metadata={"description": sentence})


class CardOut(ma.Schema):
    """A member's card."""

    code = _text("The letters that a till scans.")
    grouped = _text("The same letters in groups of four, to be read aloud.")


class BalanceOut(ma.Schema):
    """A member's points."""

    balance = _points("all that the ledger holds for her.")
    available = _points("what she may spend now.")
    held = _points("set aside for purchases in progress.")
    value_minor = _money("what the available points are worth.")
    lapsing_points = _points("the next to lapse.")
    lapsing_on = fields.LocalDay(
        allow_none=True, metadata={"description": "The first day on which those are gone."}
    )


class MyTierOut(ma.Schema):
    """Where a member stands on the stairs."""

    level = _text("The level's id.")
    level_name = _text("Its name in the member's language.")
    spend_minor = _money("what counts in the current window.")
    next_level = ma.fields.String(
        allow_none=True, metadata={"description": "The level above; null at the top."}
    )
    to_next_minor = _money("missing to the next level.")
    to_keep_minor = _money("missing to keep this level for longer.")
    kept_until_on = fields.LocalDay(
        allow_none=True,
        metadata={"description": "The last day on which the level is certain; null: no limit."},
    )


class VoucherOut(ma.Schema):
    """A voucher that a till accepts."""

    voucher_id = _text("Its id.")
    code = _text("The letters that a till scans.")
    value_minor = _money("what it takes off.")
    expires_on = fields.LocalDay(
        metadata={"description": "The first day on which it cannot be used any more."}
    )


class MeOut(ma.Schema):
    """What a member sees of herself."""

    member_id = _text("The member's id.")
    display_name = _text("First name and initial.")
    language = _text("`fr` or `en`.")
    joined_on = fields.LocalDay(metadata={"description": "The day she joined."})
    card = ma.fields.Nested(
        CardOut, allow_none=True, metadata={"description": "null while no card is usable."}
    )
    points = ma.fields.Nested(BalanceOut)
    tier = ma.fields.Nested(MyTierOut)
    vouchers = ma.fields.List(ma.fields.Nested(VoucherOut))
    as_of = fields.Instant(metadata={"description": "When all this was true."})


class PostingsQuery(ma.Schema):
    """Which part of the statement is wanted."""

    limit = Whole(
        load_default=DEFAULT_LIMIT,
        at_least=1,
        at_most=MOST_ROWS,
        from_text=True,
        metadata={"description": "How many lines, 1 to 200."},
    )
    before = Whole(
        load_default=None,
        allow_none=True,
        at_least=1,
        from_text=True,
        metadata={"description": "`next_before` of the page before; leave out for the first."},
    )


class PostingOut(ma.Schema):
    """One movement of points."""

    seq = Whole(metadata={"description": "1, 2, 3 ... within the member: a gap is a lost line."})
    points = _points("positive when earned, negative when they left.")
    balance = _points("the balance after this movement.")
    kind = _text("What kind of movement it is.")
    title = _text("The same in the member's language.")
    reasons = ma.fields.List(_text("One sentence for each rule or offer that moved points."))
    occurred_at = fields.Instant(metadata={"description": "When it happened in the shop."})
    purchase_id = ma.fields.String(
        allow_none=True, metadata={"description": "The purchase it belongs to."}
    )
    expires_on = fields.LocalDay(
        allow_none=True,
        metadata={"description": "The first day on which these points are gone; null: never."},
    )


class ConsentOut(ma.Schema):
    """A purpose, the words in force, and what the member last said to it."""

    purpose = _text("What the consent allows.")
    granted = ma.fields.Boolean(metadata={"description": "Her present answer; false: no or none."})
    at = fields.Instant(
        allow_none=True, metadata={"description": "When she gave it; null: never asked."}
    )
    label = _text("The purpose in a few words.")
    wording = _text("The sentence to agree to, in the member's language.")
    wording_version = Whole(metadata={"description": "The number of that sentence."})
    language = _text("The language of that sentence.")


class ConsentsOut(ma.Schema):
    """Every purpose."""

    items = ma.fields.List(ma.fields.Nested(ConsentOut))


class YesOrNo(ma.fields.Boolean):
    """``true`` or ``false`` and nothing else: no number or text stands for an answer."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        del attr, data, kwargs
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class ConsentIn(ma.Schema):
    """A yes or no to the words that were shown."""

    purpose = ma.fields.Enum(
        Purpose,
        by_value=True,
        required=True,
        metadata={"description": "What the consent allows."},
    )
    granted = YesOrNo(required=True, metadata={"description": "Her answer."})
    wording_version = Whole(
        required=True,
        at_least=1,
        metadata={"description": "The number of the sentence that she read."},
    )
    language = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(LANGUAGES),
        metadata={"description": "The language in which she read it."},
    )


class ConsentReceiptOut(ma.Schema):
    """The answer to a consent."""

    seq = Whole(metadata={"description": "Its number in the member's record."})
    changed = ma.fields.Boolean(metadata={"description": "False when it was in force already."})
