"""The document of a programme, in the vocabulary of programmes.

Every switch that this version honours is listed with the values it honours; anything else is
refused by path, so that a programme never promises what the ledger does not do.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import yaml

from loyalty.errors import ProgrammeRefused
from loyalty.schemas.strict import Amount, Count, Day, OneOrMore, Slug, StrictSchema, flat_errors

LONGEST_DOCUMENT = 200_000
ROUNDINGS = ("floor", "half_up", "ceiling")


def _one_of(*values: Any) -> ma.validate.OneOf:
    return ma.validate.OneOf(values, error="Choose one of: {choices}.")


class ExpirySchema(StrictSchema):
    """How long something lasts: days or months, then possibly to the end of a month or year."""

    after_days = Count(at_least=1)
    after_months = Count(at_least=1)
    end_of = ma.fields.String(validate=_one_of("month", "year"))


class Expiry(ma.fields.Field[Any]):
    """``none``, or an expiry."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        del attr, data, options
        if value == "none":
            return value
        document: dict[str, Any] = ExpirySchema().load(value)
        if not document:
            raise ma.ValidationError("Say after how many days or months, or the end of what.")
        return document


class Floor(ma.fields.Field[Any]):
    """``zero``, ``unlimited``, or the lowest balance as a number."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        del attr, data, options
        if value in {"zero", "unlimited"} or (type(value) is int and value <= 0):
            return value
        raise ma.ValidationError("Give zero, unlimited, or a number that is not above 0.")


class WalletSchema(StrictSchema):
    """One unit of value of a member."""

    unit = ma.fields.String(validate=_one_of("point", "stamp"))
    decimals = Count(at_most=0)
    expiry = Expiry()
    expiry_end = ma.fields.String(validate=_one_of("exclusive", "inclusive"))
    consumption = ma.fields.String(validate=_one_of("earliest_expiry"))
    floor = Floor()


class FilterSchema(StrictSchema):
    """Which lines a rule leaves out."""

    article = OneOrMore()
    category = OneOrMore()
    brand = OneOrMore()


class EarnSchema(StrictSchema):
    """One way to earn."""

    id = Slug(required=True)
    points = Count(required=True, at_least=1)
    per = ma.fields.String(required=True, validate=_one_of("amount", "unit", "line", "order"))
    amount = Amount()
    article = OneOrMore()
    category = OneOrMore()
    brand = OneOrMore()
    exclude_ = ma.fields.Nested(FilterSchema, data_key="exclude")
    minimum_basis = Amount()
    maximum_basis = Amount()
    enabled = ma.fields.Boolean(truthy={True}, falsy={False})
    from_ = Day(data_key="from")
    until = Day()


class BasisSchema(StrictSchema):
    """What part of a sale earns."""

    tax = ma.fields.String(validate=_one_of("included", "excluded"))
    delivery = ma.fields.String(validate=_one_of("included", "excluded"))
    fees = ma.fields.String(validate=_one_of("included", "excluded"))
    lowered_by = ma.fields.List(ma.fields.String(validate=_one_of("offers")))


class RoundingSchema(StrictSchema):
    """Where points are rounded, stage by stage."""

    per_line = ma.fields.String(validate=_one_of(*ROUNDINGS))
    per_rule = ma.fields.String(validate=_one_of(*ROUNDINGS))
    per_order = ma.fields.String(validate=_one_of(*ROUNDINGS))


class Rounding(ma.fields.Field[Any]):
    """One mode for the order's total, or a map from stage to mode."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        del attr, data, options
        return value if value in ROUNDINGS else RoundingSchema().load(value)


class RedemptionSchema(StrictSchema):
    """What points are worth."""

    points = Count(required=True, at_least=1)
    value = Amount(required=True)
    minimum = Count()
    step = Count(at_least=1)


class ReturnsSchema(StrictSchema):
    """What a return takes back."""

    earned = ma.fields.String(validate=_one_of("pro_rata_amount"))
    lapsed_lots = ma.fields.String(validate=_one_of("same_date"))
    short_balance = ma.fields.String(validate=_one_of("unlimited", "within_balance"))


class LevelSchema(StrictSchema):
    """One stair."""

    id = Slug(required=True)
    from_ = Amount(required=True, data_key="from")
    name = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())


class TiersSchema(StrictSchema):
    """The stairs."""

    metric = ma.fields.String(validate=_one_of("spend"))
    window = ma.fields.String(validate=_one_of("calendar_year"))
    current_purchase_counts = ma.fields.Boolean(validate=_one_of(True))  # noqa: FBT003 - a value
    downgrade = ma.fields.String(validate=_one_of("requalify"))
    downgrade_only_at_review = ma.fields.Boolean(validate=_one_of(False))  # noqa: FBT003 - a value
    review_on = ma.fields.String(validate=_one_of("01-01"))
    manual_assignment = ma.fields.String(validate=_one_of("floor"))
    levels = ma.fields.List(
        ma.fields.Nested(LevelSchema), required=True, validate=ma.validate.Length(1, 20)
    )


class VouchersSchema(StrictSchema):
    """Vouchers for cumulated spend."""

    per_spend = Amount(required=True)
    value = Amount(required=True)
    carry_over = ma.fields.Boolean(truthy={True}, falsy={False})
    expiry = Expiry()


class ProgrammeSchema(StrictSchema):
    """A programme."""

    name = Slug(required=True)
    currency = ma.fields.String(required=True, validate=ma.validate.Regexp(r"[A-Z]{3}\Z"))
    zone = ma.fields.String(required=True)
    wallets = ma.fields.Dict(keys=Slug(), values=ma.fields.Nested(WalletSchema), required=True)
    earn = ma.fields.List(ma.fields.Nested(EarnSchema), validate=ma.validate.Length(max=200))
    basis = ma.fields.Nested(BasisSchema)
    rounding = Rounding()
    redeemed_amount_earns = ma.fields.Boolean(validate=_one_of(True))  # noqa: FBT003 - a value
    redemption = ma.fields.Nested(RedemptionSchema)
    returns = ma.fields.Nested(ReturnsSchema)
    tiers = ma.fields.Nested(TiersSchema)
    vouchers = ma.fields.Nested(VouchersSchema)


def read_programme(text: str) -> dict[str, Any]:
    """Return the document that ``text`` (YAML or JSON) spells, once it is found to be right.

    Raises:
        ProgrammeRefused: with every key that is wrong, by path, and what was meant.
    """
    if len(text) > LONGEST_DOCUMENT:
        raise ProgrammeRefused({"": [f"At most {LONGEST_DOCUMENT} characters."]})
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ProgrammeRefused({"": [f"This is neither YAML nor JSON: {error}"]}) from error
    if not isinstance(document, dict):
        raise ProgrammeRefused({"": ["A programme is a map of keys."]})
    check_programme(document)
    plain: dict[str, Any] = _plain(document)
    return plain


def check_programme(document: dict[str, Any]) -> None:
    """Refuse a document with unknown keys or values.

    Raises:
        ProgrammeRefused: with every key that is wrong, by path, and what was meant.
    """
    errors = ProgrammeSchema().validate(document)
    if errors:
        raise ProgrammeRefused(flat_errors(errors))


def _plain(value: Any) -> Any:
    """Return the document as JSON would carry it: YAML's dates become text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
