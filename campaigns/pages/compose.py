"""The marketer's form: from what is typed to a campaign document and back, and faults to fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import marshmallow as ma

from campaigns.content import FIELDS, MAX_BODY
from campaigns.document import CampaignDocument, Fault
from campaigns.wording.spelling import LANGUAGES
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_
from loyalty.kernel.web.context import language
from loyalty.kernel.web.fields import Whole

ANY_TIME, WITHIN, AWAY = "any", "within", "away"
_SHORT, _LONG = 400, MAX_BODY + 1000
"""Longer than the document allows, so that it is the document that says what is too long."""


def _text(longest: int) -> ma.fields.String:
    return ma.fields.String(load_default="", validate=ma.validate.Length(max=longest))


class CampaignForm(ma.Schema):
    """What the form sends. ``action`` is the button: save, schedule, or preview."""

    name = _text(_SHORT)
    revision = Whole(load_default=0, from_text=True)
    tiers = ma.fields.List(ma.fields.String(), load_default=list)
    visit = ma.fields.String(
        load_default=ANY_TIME, validate=ma.validate.OneOf([ANY_TIME, WITHIN, AWAY])
    )
    visit_days = _text(10)
    home_stores = ma.fields.List(ma.fields.String(), load_default=list)
    channels = ma.fields.List(ma.fields.String(), load_default=list)
    fr_subject = _text(_SHORT)
    fr_preheader = _text(_SHORT)
    fr_body = _text(_LONG)
    fr_sms = _text(_LONG)
    en_subject = _text(_SHORT)
    en_preheader = _text(_SHORT)
    en_body = _text(_LONG)
    en_sms = _text(_LONG)
    on = _text(20)
    at = _text(20)
    member_id = _text(60)
    action = _text(20)


def document_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document that a loaded form describes; mistakes in it stay for its reader."""
    audience: dict[str, Any] = {"tiers": values["tiers"], "home_stores": values["home_stores"]}
    if values["visit"] != ANY_TIME:
        key = "within_days" if values["visit"] == WITHIN else "more_than_days"
        typed = values["visit_days"].strip()
        days = int(typed) if typed.isascii() and typed.isdigit() else typed
        audience["last_visit"] = {key: days}
    return {
        "audience": audience,
        "channels": values["channels"],
        "content": {
            spoken: {name: values[f"{spoken}_{name}"] for name in FIELDS} for spoken in LANGUAGES
        },
        "schedule": {"on": values["on"], "at": values["at"]},
    }


def typed_of(name: str, document: CampaignDocument) -> dict[str, Any]:
    """Return what the form shows for a saved campaign: texts, and lists for the many choices."""
    audience = document.audience
    typed: dict[str, Any] = {
        "name": name,
        "tiers": list(audience.tiers),
        "home_stores": list(audience.home_stores),
        "channels": [channel.value for channel in document.channels],
        "visit": ANY_TIME,
        "visit_days": "",
        "on": document.on.isoformat() if document.on else "",
        "at": f"{document.at:%H:%M}" if document.at else "",
    }
    for key, days in ((WITHIN, audience.visited_within_days), (AWAY, audience.away_for_days)):
        if days is not None:
            typed |= {"visit": key, "visit_days": str(days)}
    for spoken, content in document.contents.items():
        typed |= {f"{spoken}_{field}": getattr(content, field) for field in FIELDS}
    return typed


def by_field(faults: Iterable[Fault]) -> dict[str, list[str]]:
    """Return the sentences of faults under the fields that show them, in the reader's language."""
    errors: dict[str, list[str]] = {}
    for fault in faults:
        errors.setdefault(_field(fault.path), []).append(sentence(fault))
    return errors


def sentence(fault: Fault) -> str:
    """Return what is wrong and what to write instead, with its place in a longer text."""
    spoken = language()
    said = gettext(spoken, fault.template)
    told = said.format(found=fault.found, suggestion=fault.suggestion)
    if not fault.line:
        return told
    where = gettext(
        spoken, N_("Line {line}, character {column}:"), line=fault.line, column=fault.column
    )
    return f"{where} {told}"


_FIELDS = {
    "audience.last_visit": "visit_days",
    "audience.tiers": "tiers",
    "audience.home_stores": "home_stores",
    "schedule": "on",
    "content.email": "fr_subject",
    "content.sms": "fr_sms",
}


def _field(path: str) -> str:
    """Return the field that shows what is wrong at ``path``."""
    parts = path.split(".")
    if parts[0] == "content" and len(parts) == 3:  # noqa: PLR2004 - content, language, text
        return f"{parts[1]}_{parts[2]}"
    return _FIELDS.get(path, parts[0])
