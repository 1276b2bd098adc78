"""Why a purchase earned what it did, on the wire."""

from __future__ import annotations

import marshmallow as ma

from loyalty.schemas.says import grains, money, number, text


class FiredLineOut(ma.Schema):
    """What one rule or offer gave for one line."""

    rule = text("The rule or the offer.")
    line_no = number("The line.")
    points = grains("what it gave for this line.")
    basis_minor = money("what of the line it looked at.")
    unit = text("The wallet.")
    is_offer = ma.fields.Boolean(metadata={"description": "Whether it is an offer."})


class NearMissOut(ma.Schema):
    """A rule that did not fire."""

    rule = text("The rule.")
    reason = text("Why not, as a slug.", attribute="why")
    missing_minor = money("what is missing to its minimum; 0 where it is something else.")
    points = grains("what it would have given for the same lines, as far as that is known.")


class CappedOut(ma.Schema):
    """A rule that its limit held back."""

    rule = text("The rule.")
    unit = text("The wallet.")
    given = grains("what it gave.")
    withheld = grains("what it did not give.")


class RoundedOut(ma.Schema):
    """What rounding made of a wallet's points."""

    unit = text("The wallet.")
    exact = text("The grains before rounding, as a fraction.")
    whole = grains("what they became.")


class ExplanationOut(ma.Schema):
    """A purchase explained: facts for machines, sentences for people."""

    purchase_id = text("The purchase.")
    fired = ma.fields.List(ma.fields.Nested(FiredLineOut))
    near = ma.fields.List(ma.fields.Nested(NearMissOut))
    capped = ma.fields.List(ma.fields.Nested(CappedOut))
    rounded = ma.fields.List(ma.fields.Nested(RoundedOut))
    sentences = ma.fields.List(
        ma.fields.String(), metadata={"description": "The same for people, in their language."}
    )
