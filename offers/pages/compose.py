"""The marketer's form: from what is typed to an offer document, and from its faults to fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from loyalty.kernel.i18n import gettext
from loyalty.kernel.web import fields
from loyalty.kernel.web.context import language
from loyalty.kernel.web.pages import Form
from offers.document import AppliesTo, OfferKind, Weekday
from offers.errors import OfferRefused

EVERYBODY, MEMBERS = "everybody", "members"
_MOST_NAME, _MOST_TERMS = 120, 400


class OfferForm(ma.Schema):
    """What the form sends. Empty fields are left out of the document."""

    name_fr = fields.TextLine(longest=_MOST_NAME, required=True)
    name_en = fields.TextLine(longest=_MOST_NAME, required=True)
    terms_fr = fields.TextLine(longest=_MOST_TERMS, may_be_empty=True, load_default="")
    terms_en = fields.TextLine(longest=_MOST_TERMS, may_be_empty=True, load_default="")
    kind = ma.fields.Enum(OfferKind, by_value=True, required=True)
    value = fields.TextLine(longest=20, required=True)
    applies_to = ma.fields.Enum(AppliesTo, by_value=True, load_default=AppliesTo.LINE)
    category = ma.fields.String(load_default="")
    brand = ma.fields.String(load_default="")
    label = ma.fields.String(load_default="")
    article = fields.TextLine(longest=400, may_be_empty=True, load_default="")
    audience = ma.fields.String(load_default=EVERYBODY)
    from_on = ma.fields.String(load_default="")
    until_on = ma.fields.String(load_default="")
    weekdays = ma.fields.List(ma.fields.Enum(Weekday, by_value=True), load_default=list)
    minimum = fields.TextLine(longest=20, may_be_empty=True, load_default="")
    per_member = fields.TextLine(longest=10, may_be_empty=True, load_default="")
    budget = fields.TextLine(longest=20, may_be_empty=True, load_default="")
    activation = ma.fields.String(load_default="")
    granted_only = ma.fields.String(load_default="")
    step = ma.fields.String(load_default="preview")


FIELD_OF = {
    "name": "name_fr",
    "name.fr": "name_fr",
    "name.en": "name_en",
    "id": "name_en",
    "percent": "value",
    "amount": "value",
    "points": "value",
    "multiply": "value",
    "from": "from_on",
    "until": "until_on",
    "conditions.tier": "audience",
    "conditions.basket_at_least": "minimum",
    "conditions.eligible_at_least": "minimum",
    "limit.member": "per_member",
    "budget.amount": "budget",
    "budget.uses": "budget",
    "budget": "budget",
}
"""The field in which the value at a document's path was typed."""


def document_of(values: Mapping[str, Any], *, levels: tuple[str, ...]) -> dict[str, Any]:
    """Return the document that the form describes; what is wrong in it is told by its reader."""
    kind: OfferKind = values["kind"]
    document: dict[str, Any] = {
        "id": slug_of(values["name_en"]),
        "name": {"fr": values["name_fr"], "en": values["name_en"]},
        "kind": kind.value,
        **_benefit(kind, values),
        **_what(values),
        **_when(values),
    }
    if values["terms_fr"] or values["terms_en"]:
        document["terms"] = {
            "fr": values["terms_fr"] or values["terms_en"],
            "en": values["terms_en"] or values["terms_fr"],
        }
    conditions = _conditions(values, levels)
    if conditions:
        document["conditions"] = conditions
    if values["per_member"]:
        document["limit"] = {"member": values["per_member"]}
    if values["budget"]:
        points = kind in {OfferKind.POINTS_BONUS, OfferKind.POINTS_MULTIPLIER}
        document["budget"] = (
            {"uses": values["budget"]} if points else {"amount": decimal(values["budget"])}
        )
    for key in ("activation", "granted_only"):
        if values[key]:
            document[key] = True
    return document


def slug_of(name: str) -> str:
    """Return a name for machines: ``Gold: 20% off coffee`` is ``gold-20-off-coffee``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "offer"


def decimal(typed: str) -> str:
    """Return a number as documents write it: a comma or a point, no blanks, no sign of money."""
    return re.sub(r"[\s%€]", "", typed).replace(",", ".")


def fault_form(form: Form, refused: OfferRefused) -> tuple[Form, list[tuple[str, str]]]:
    """Return the form with every fault at its field, and those that belong to none."""
    errors = dict(form.errors)
    others = []
    for fault in refused.faults:
        name = FIELD_OF.get(fault["path"], fault["path"])
        sentence = fault_sentence(fault)
        if fault["suggestion"]:
            meant = gettext(language(), "did you mean {word}?", word=fault["suggestion"])
            sentence = f"{sentence} ({meant})"
        if name in OfferForm().fields:
            errors.setdefault(name, []).append(sentence)
        else:
            others.append((fault["path"], sentence))
    return Form(typed=form.typed, values=form.values, errors=errors), others


def fault_sentence(fault: Mapping[str, Any]) -> str:
    """Return what is wrong in the language of the request."""
    template = fault["template"]
    return gettext(language(), template, **fault["facts"])


def _benefit(kind: OfferKind, values: Mapping[str, Any]) -> dict[str, Any]:
    value = decimal(values["value"])
    if kind in {OfferKind.PERCENT, OfferKind.AMOUNT}:
        return {kind.value: value, "applies_to": values["applies_to"].value}
    if kind is OfferKind.POINTS_BONUS:
        return {"points": value, "per": "order"}
    return {"multiply": value, "of": "own_lines" if _what(values) else "all"}


def _what(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters; a basket offer works on all goods."""
    if values["applies_to"] is AppliesTo.BASKET and values["kind"] in {
        OfferKind.PERCENT,
        OfferKind.AMOUNT,
    }:
        return {}
    found = {key: values[key] for key in ("category", "brand", "label") if values[key]}
    articles = [sku for sku in re.split(r"[\s,;]+", values["article"]) if sku]
    return found | ({"article": articles} if articles else {})


def _when(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if values["from_on"]:
        found["from"] = values["from_on"]
    if values["until_on"]:
        found["until"] = values["until_on"]
    if values["weekdays"]:
        found["weekdays"] = [day.value for day in values["weekdays"]]
    return found


def _conditions(values: Mapping[str, Any], levels: tuple[str, ...]) -> dict[str, Any]:
    """Return who may have it and from what amount; a level means that level and those above."""
    found: dict[str, Any] = {}
    audience = values["audience"]
    if audience == MEMBERS:
        found["members_only"] = True
    elif audience != EVERYBODY:
        found["tier"] = list(levels[levels.index(audience) :]) if audience in levels else audience
    if values["minimum"]:
        whole_basket = values["applies_to"] is AppliesTo.BASKET or not _what(values)
        key = "basket_at_least" if whole_basket else "eligible_at_least"
        found[key] = decimal(values["minimum"])
    return found
