"""Rewards, redemptions and vouchers, as the API tells them."""

from __future__ import annotations

import marshmallow as ma

from loyalty.kernel.web import fields
from loyalty.kernel.web.paging import PageArgs
from loyalty.programme import RewardKind
from loyalty.schemas.says import day, grains, instant, maybe_amount_in, money, number, text, yes
from loyalty.values import RedemptionState, VoucherCause, VoucherOrigin, VoucherState

LONGEST_HOLD = 7 * 24 * 3600


class RewardOut(ma.Schema):
    """Something that points buy."""

    reward_id = text("The reward's id.")
    kind = ma.fields.Enum(RewardKind, by_value=True, metadata={"description": "What it is."})
    name = text("Its name, in the language of the request.")
    cost = grains("the least claim costs.")
    wallet = text("The wallet that pays; empty: the programme's first.")
    stock_left = fields.Whole(
        allow_none=True, metadata={"description": "How many are left; null: no end to them."}
    )
    claimable = yes("Whether the member's points suffice and there is one left.")


class RewardsOut(ma.Schema):
    """The catalogue, in the programme's order."""

    items = ma.fields.List(ma.fields.Nested(RewardOut))


class RedemptionIn(ma.Schema):
    """A wish to spend: a reward, or points that pay."""

    reward_id = ma.fields.String(
        load_default="",
        validate=ma.validate.Length(max=80),
        metadata={"description": "The reward; leave out to let points pay."},
    )
    claims = fields.Whole(
        load_default=None,
        allow_none=True,
        at_least=1,
        at_most=100,
        metadata={"description": "How often the reward is wanted; once by default."},
    )
    points = maybe_amount_in()
    hold_seconds = fields.Whole(
        load_default=None,
        allow_none=True,
        at_least=1,
        at_most=LONGEST_HOLD,
        metadata={"description": "Only hold it, for so long, until it is captured or released."},
    )


class CaptureIn(ma.Schema):
    """How much of a hold is taken."""

    points = maybe_amount_in()


class VoucherLineOut(ma.Schema):
    """A voucher with its story."""

    voucher_id = text("Its id.")
    code = text("The letters that a till scans.")
    value_minor = money("what it takes off.")
    state = ma.fields.Enum(
        VoucherState, by_value=True, metadata={"description": "Where it stands."}
    )
    expires_on = day("The first day on which it cannot be used any more.", may_be_null=False)
    origin = ma.fields.Enum(
        VoucherOrigin,
        by_value=True,
        allow_none=True,
        metadata={"description": "What it was given for; null: cumulated spend."},
    )
    issued_at = instant("When it was given.")
    used_for = text("The purchase that it paid.", may_be_null=True)
    ended_at = instant("When it was used or ended.", may_be_null=True)


class VouchersOut(ma.Schema):
    """A member's vouchers, the newest first."""

    items = ma.fields.List(ma.fields.Nested(VoucherLineOut))


class VoucherIn(ma.Schema):
    """A voucher that staff give."""

    value_minor = fields.Whole(
        required=True,
        at_least=1,
        metadata={"description": "One of the values that the programme hands out."},
    )
    cause = ma.fields.Enum(
        VoucherCause, by_value=True, required=True, metadata={"description": "Why."}
    )


class IssuedVoucherOut(ma.Schema):
    """A voucher as it was given."""

    voucher_id = text("Its id.")
    code = text("The letters that a till scans.")
    value_minor = money("what it takes off.")
    state = ma.fields.Enum(
        VoucherState, by_value=True, metadata={"description": "Where it stands."}
    )
    expires_on = day("The first day on which it cannot be used any more.", may_be_null=False)


class SpentOut(ma.Schema):
    """A redemption as the request left it."""

    redemption_id = text("Its id.")
    state = ma.fields.Enum(
        RedemptionState, by_value=True, metadata={"description": "Where it stands."}
    )
    wallet = text("The wallet that pays.")
    points = grains("what it costs.")
    value_minor = money("what that is worth.")
    balance = grains("the balance afterwards.")
    available = grains("what may be spent besides.")
    reward_id = text("The reward; empty when points pay.")
    claims = number("How often the reward was claimed.")
    vouchers = ma.fields.List(ma.fields.Nested(IssuedVoucherOut))
    replayed = yes("True when this request was answered before.")


class RedemptionOut(ma.Schema):
    """A redemption in a list."""

    redemption_id = text("Its id.")
    state = ma.fields.Enum(
        RedemptionState, by_value=True, metadata={"description": "Where it stands."}
    )
    reward_id = text("The reward; empty when points pay.")
    name = text("The reward's name.")
    claims = number("How often the reward was claimed.")
    wallet = text("The wallet that pays.")
    points = grains("what it costs.")
    value_minor = money("what that is worth.")
    at = instant("When it was asked for.")
    ended_at = instant("When it was captured, released or given back.", may_be_null=True)
    held_until = instant("When a hold ends by itself; null: nothing is held.", may_be_null=True)
    purchase_id = text("The purchase that it belongs to.", may_be_null=True)


class RedemptionsQuery(PageArgs):
    """Which part of the list is wanted."""


class RedemptionsOut(ma.Schema):
    """A page of redemptions, newest first."""

    items = ma.fields.List(ma.fields.Nested(RedemptionOut))
    after = text("Ask for the next page with this; null: none.", may_be_null=True)
