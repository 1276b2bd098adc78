"""Adjustments, transfers, pools and merges, as the API tells them."""

from __future__ import annotations

import marshmallow as ma

from loyalty.kernel.problems import N_
from loyalty.kernel.web import fields
from loyalty.schemas.me import YesOrNo
from loyalty.schemas.says import (
    amount_in,
    grains,
    instant,
    maybe_amount_in,
    number,
    text,
    wallet_in,
    yes,
)
from loyalty.values import AdjustmentState
from loyalty.words import TransferKind

LONGEST_REASON = 200


def _reason() -> fields.TextLine:
    return fields.TextLine(
        longest=LONGEST_REASON,
        required=True,
        metadata={"description": "Why; the member reads it on her statement."},
    )


def not_nothing(points: int) -> None:
    """Refuse an adjustment of nothing."""
    if points == 0:
        raise ma.ValidationError(N_("Give a number other than 0."))


class AdjustmentIn(ma.Schema):
    """Points that staff give, or take when negative."""

    points = fields.Whole(
        required=True,
        at_least=-1_000_000_000,
        at_most=1_000_000_000,
        validate=not_nothing,
        metadata={"description": "Grains of the wallet; negative ones are taken."},
    )
    reason = _reason()
    wallet = wallet_in()
    expires_on = fields.LocalDay(
        load_default=None,
        allow_none=True,
        metadata={"description": "When they lapse; leave out for the wallet's own rule."},
    )


class AdjustedOut(ma.Schema):
    """An adjustment as the request left it."""

    adjustment_id = text("Its id.")
    state = ma.fields.Enum(
        AdjustmentState,
        by_value=True,
        metadata={"description": "`posted`, or `proposed` until somebody else decides."},
    )
    points = grains("given, or taken when negative.")
    wallet = text("The wallet.")
    balance = grains("the balance afterwards.")
    replayed = yes("True when this request was answered before.")


class AdjustmentOut(ma.Schema):
    """An adjustment in a list."""

    adjustment_id = text("Its id.")
    member_id = text("Whose points.")
    state = ma.fields.Enum(
        AdjustmentState, by_value=True, metadata={"description": "Where it stands."}
    )
    wallet = text("The wallet.")
    points = grains("given, or taken when negative.")
    reason = text("Why.")
    requested_by = text("Who asked for it.")
    requested_at = instant("When.")
    decided_by = text("Who decided.", may_be_null=True)
    decided_at = instant("When it was decided.", may_be_null=True)


class AdjustmentsOut(ma.Schema):
    """Adjustments."""

    items = ma.fields.List(ma.fields.Nested(AdjustmentOut))


class DecisionIn(ma.Schema):
    """A second person's answer."""

    approve = YesOrNo(required=True, metadata={"description": "Post it, or refuse it."})


class TransferIn(ma.Schema):
    """Points for somebody else."""

    to_member_id = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=1, max=40),
        metadata={"description": "Who gets them."},
    )
    points = amount_in()
    wallet = wallet_in()
    reason = fields.TextLine(
        longest=LONGEST_REASON,
        may_be_empty=True,
        load_default="",
        metadata={"description": "Why."},
    )


class TransferredOut(ma.Schema):
    """Points that have moved."""

    transfer_id = text("Its id; empty when nothing was there to move.")
    points = grains("moved.")
    wallet = text("The wallet.")
    balance = grains("of the giver, afterwards.")
    to_balance = grains("of the taker, afterwards.")
    replayed = yes("True when this request was answered before.")


class TransferOut(ma.Schema):
    """Points between a member and somebody else."""

    transfer_id = text("Its id.")
    kind = ma.fields.Enum(TransferKind, by_value=True, metadata={"description": "Why they moved."})
    other_id = text("The other member, pool or membership.")
    wallet = text("The wallet.")
    points = grains("that came, or went when negative.")
    reason = text("Why.")
    at = instant("When.")


class TransfersOut(ma.Schema):
    """A member's transfers, newest first."""

    items = ma.fields.List(ma.fields.Nested(TransferOut))


class PoolIn(ma.Schema):
    """Which pool to share."""

    pool_id = ma.fields.String(
        load_default="",
        validate=ma.validate.Length(max=40),
        metadata={"description": "An existing pool; leave out to open one."},
    )


class PoolPersonOut(ma.Schema):
    """Somebody who shares a pool."""

    member_id = text("Who.")
    display_name = text("First name and initial.")
    owner = yes("Whether she opened it, or took over.")
    joined_at = instant("Since when.")


class PoolWalletOut(ma.Schema):
    """One wallet of a pool."""

    wallet = ma.fields.String(attribute="unit", metadata={"description": "The wallet."})
    balance = grains("there.")
    available = ma.fields.Integer(
        attribute="usable", metadata={"description": "Grains that may be drawn now."}
    )


class PoolOut(ma.Schema):
    """A pool and who shares it."""

    pool_id = text("The pool's id.")
    people = ma.fields.List(ma.fields.Nested(PoolPersonOut))
    wallets = ma.fields.List(ma.fields.Nested(PoolWalletOut))


class PoolJoinedOut(ma.Schema):
    """Somebody who shares a pool now."""

    pool_id = text("The pool's id.")
    member_id = text("Who.")
    owner = yes("Whether she opened it.")
    replayed = yes("True when she shared it already.")


class PoolLeftOut(ma.Schema):
    """What somebody took along who left a pool."""

    pool_id = text("The pool's id.")
    member_id = text("Who.")
    points = ma.fields.Dict(keys=ma.fields.String(), metadata={"description": "Grains by wallet."})


class PoolMoveIn(ma.Schema):
    """Points into the pool, or out of it."""

    into_pool = YesOrNo(required=True, metadata={"description": "Into the pool, or out of it."})
    points = maybe_amount_in()
    wallet = wallet_in()


class MergeIn(ma.Schema):
    """Which membership becomes part of this one."""

    other_id = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=1, max=40),
        metadata={"description": "The membership whose books move here."},
    )


class MergeQuery(MergeIn):
    """Which membership would become part of this one."""


class MergePreviewOut(ma.Schema):
    """What a merge would move."""

    points = ma.fields.Dict(keys=ma.fields.String(), metadata={"description": "Grains by wallet."})
    pending = ma.fields.Dict(
        keys=ma.fields.String(), metadata={"description": "Waiting grains by wallet."}
    )
    cards = number("Cards that would name the other member.")
    vouchers = number("Usable vouchers.")
    vouchers_minor = number("Minor units: what those are worth.")
    purchases = number("Purchases that stay where they are, and count for her level.")
    hinders = text("`same`, `state` or `held`; empty when nothing hinders it.")


class MergedOut(ma.Schema):
    """Two memberships that became one."""

    merge_id = text("Its id; undo it with this.")
    survivor_id = text("Who stays.")
    other_id = text("Whose books moved.")
    points = ma.fields.Dict(keys=ma.fields.String(), metadata={"description": "Grains by wallet."})
    replayed = yes("True when this request was answered before.")


class UnmergedOut(ma.Schema):
    """A merge that was undone."""

    merge_id = text("Its id.")
    points = ma.fields.Dict(
        keys=ma.fields.String(), metadata={"description": "Grains that went back, by wallet."}
    )
    short = ma.fields.Dict(
        keys=ma.fields.String(),
        metadata={"description": "Grains that had been spent meanwhile, by wallet."},
    )
    replayed = yes("True when it was undone before.")


class MergeOut(ma.Schema):
    """A merge in a list."""

    merge_id = text("Its id.")
    survivor_id = text("Who stays.")
    other_id = text("Whose books moved.")
    at = instant("When.")
    undone_at = instant("When it was undone; null: it stands.", may_be_null=True)


class MergesOut(ma.Schema):
    """The merges that a member was part of, newest first."""

    items = ma.fields.List(ma.fields.Nested(MergeOut))
