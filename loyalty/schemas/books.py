"""Wallets, lots and the statement, as the API tells them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from loyalty.kernel.problems import N_
from loyalty.kernel.web import fields
from loyalty.schemas.me import PostingOut, PostingsQuery
from loyalty.schemas.says import day, grains, instant, money, number, text, wallet_in, yes
from loyalty.words import PostingKind


class WalletOut(ma.Schema):
    """One wallet of a member. Every amount is in grains: ``10 ** decimals`` of them to the unit."""

    wallet = text("The wallet's id.")
    name = text("Its name, in the language of the request.")
    unit = text("`point`, `stamp` or `currency`.")
    decimals = number("How many decimals the unit has.")
    balance = grains("what the member has; a debt is negative.")
    available = grains("what may be spent now.")
    held = grains("set aside for what is in progress.")
    pending = grains("on its way, not to be spent yet.")
    lapsing = grains("the next to lapse.")
    lapsing_on = day("The first day on which those are gone; null: nothing lapses.")
    lifetime_earned = grains("ever earned.")
    lifetime_spent = grains("ever spent.")
    value_minor = money("what the available ones are worth; null: no money.", may_be_null=True)


class WalletsOut(ma.Schema):
    """Every wallet of a member, those of the programme in force first."""

    items = ma.fields.List(ma.fields.Nested(WalletOut))


class LotsQuery(ma.Schema):
    """Which lots are wanted."""

    wallet = wallet_in()


class LotOut(ma.Schema):
    """Points that arrived at once and lapse together."""

    lot_id = text("The lot's name within the wallet.")
    wallet = text("The wallet.")
    granted = grains("when they arrived.")
    left = grains("still there.")
    earned_on = day("The local day on which they were earned.", may_be_null=False)
    expires_on = day("The first day on which they are gone, for waiting ones the day they arrive.")
    pending = yes("True while they wait to arrive.")


class LotsOut(ma.Schema):
    """What is still there, in the order of use, then what waits."""

    items = ma.fields.List(ma.fields.Nested(LotOut))


class StatementQuery(PostingsQuery):
    """Which part of the statement is wanted. Days are local and both included."""

    wallet = wallet_in()
    kind = ma.fields.List(
        ma.fields.Enum(PostingKind, by_value=True),
        load_default=list,
        metadata={"description": "Only these kinds of movement; may be given several times."},
    )
    first_on = fields.LocalDay(
        load_default=None, metadata={"description": "From this local day on."}
    )
    last_on = fields.LocalDay(
        load_default=None, metadata={"description": "Up to this local day, included."}
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a span that ends before it begins."""
        first, last = data["first_on"], data["last_on"]
        if first is not None and last is not None and last < first:
            raise ma.ValidationError({"last_on": [N_("The end lies before the beginning.")]})


class StatementLineOut(PostingOut):
    """One movement, with the wallet and the rules that it used."""

    unit = text("The wallet.")
    posted_at = instant("When it was written down.")
    programme_version_id = text("The version of the programme that decided it.")


class StatementOut(ma.Schema):
    """A page of a statement, newest first."""

    items = ma.fields.List(ma.fields.Nested(StatementLineOut))
    next_before = fields.Whole(
        allow_none=True, metadata={"description": "Send as `before` for the next page; null: end."}
    )
