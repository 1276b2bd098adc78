"""What tills send and read when points are given without a sale."""

from __future__ import annotations

import marshmallow as ma

from loyalty.kernel.web import fields

MOST_POINTS = 1_000_000
MOST_ITEMS = 500
_KEY = ma.validate.Regexp(r"[!-~]{1,80}\Z", error="Send 1 to 80 visible ASCII characters.")


class EarningIn(ma.Schema):
    """Points that the till's own system worked out for a member, under its own name for them."""

    key = ma.fields.String(
        required=True,
        validate=_KEY,
        metadata={"description": "The till's own name for it; the same key counts once."},
    )
    member_id = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=1, max=40),
        metadata={"description": "Who gets them, as an identification told."},
    )
    points = fields.Whole(
        required=True,
        at_least=1,
        at_most=MOST_POINTS,
        metadata={"description": "How many, in the smallest part of the wallet."},
    )
    occurred_at = fields.Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "When they were earned; now, if it is not told."},
    )


class EarningsIn(ma.Schema):
    """Earnings of a till that was offline, or of another system."""

    items = ma.fields.List(
        ma.fields.Nested(EarningIn),
        required=True,
        validate=ma.validate.Length(min=1, max=MOST_ITEMS),
        metadata={"description": "Up to 500; each is answered for itself."},
    )


class EarningOut(ma.Schema):
    """A movement: its number in the member's ledger and the balance after it."""

    seq = ma.fields.Integer(metadata={"description": "Its number in her ledger."})
    points = ma.fields.Integer(metadata={"description": "What it moved."})
    balance = ma.fields.Integer(metadata={"description": "Her balance after it."})
    replayed = ma.fields.Boolean(metadata={"description": "It had been posted before."})


class KeyedEarningOut(EarningOut):
    """What became of one of many: a movement, or the slug of the refusal."""

    key = ma.fields.String(metadata={"description": "The till's own name for it."})
    problem = ma.fields.String(metadata={"description": "Why nothing was given; else empty."})


class EarningsOut(ma.Schema):
    """What became of each, in the order of the request."""

    items = ma.fields.List(ma.fields.Nested(KeyedEarningOut))
