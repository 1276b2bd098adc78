"""The small words of every schema: a described number, amount or text."""

from __future__ import annotations

import marshmallow as ma

from loyalty.kernel.web import fields
from loyalty.kernel.web.fields import Whole


def grains(sentence: str) -> ma.fields.Field[int]:
    """Return an amount of a wallet, in grains: whole units where it has no decimals."""
    return Whole(metadata={"description": f"Grains of the wallet: {sentence}"})


def money(sentence: str, *, may_be_null: bool = False) -> ma.fields.Field[int]:
    """Return an amount of money in minor units."""
    return Whole(
        allow_none=may_be_null, metadata={"description": f"Minor units of the currency: {sentence}"}
    )


def number(sentence: str) -> ma.fields.Field[int]:
    """Return a count."""
    return Whole(metadata={"description": sentence})


def text(
    sentence: str, *, may_be_null: bool = False, attribute: str | None = None
) -> ma.fields.String:
    """Return a text; ``attribute`` is where it stands when it is called something else."""
    return ma.fields.String(
        allow_none=may_be_null, attribute=attribute, metadata={"description": sentence}
    )


def day(sentence: str, *, may_be_null: bool = True) -> fields.LocalDay:
    """Return a calendar day."""
    return fields.LocalDay(allow_none=may_be_null, metadata={"description": sentence})


def instant(sentence: str, *, may_be_null: bool = False) -> fields.Instant:
    """Return an instant."""
    return fields.Instant(allow_none=may_be_null, metadata={"description": sentence})


def yes(sentence: str) -> ma.fields.Boolean:
    """Return a yes or no."""
    return ma.fields.Boolean(metadata={"description": sentence})


def wallet_in() -> ma.fields.String:
    """Return the name of a wallet that a caller may leave out."""
    return ma.fields.String(
        load_default="",
        validate=ma.validate.Length(max=40),
        metadata={"description": "The wallet's name; leave out for the programme's first."},
    )


def amount_in() -> ma.fields.Field[int]:
    """Return an amount of a wallet that a caller has to send."""
    return Whole(required=True, at_least=1, at_most=MOST_GRAINS, metadata=_AMOUNT)


def maybe_amount_in() -> ma.fields.Field[int]:
    """Return an amount of a wallet that a caller may leave out."""
    return Whole(
        load_default=None, allow_none=True, at_least=1, at_most=MOST_GRAINS, metadata=_AMOUNT
    )


_AMOUNT = {"description": "Grains of the wallet: whole units where it has no decimals."}
MOST_GRAINS = 1_000_000_000
"""More than any member holds; beyond it somebody has mistyped."""
