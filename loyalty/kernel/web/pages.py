"""Pages for people: rendering, the words and helpers that every template has, forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import marshmallow as ma
from flask import Flask, Response, get_flashed_messages, make_response, request, url_for
from flask import render_template as _render
from jinja2 import StrictUndefined

from loyalty.kernel import i18n
from loyalty.kernel.plugin import NavItem
from loyalty.kernel.web.assets import asset
from loyalty.kernel.web.compiled import CompiledTemplates
from loyalty.kernel.web.context import (
    LANGUAGE_COOKIE,
    language,
    maybe_principal,
    runtime,
)
from loyalty.kernel.web.csrf import csrf_field, csrf_token
from loyalty.kernel.web.headers import csp_nonce

PRODUCT = "Palier"
_COMPILED = CompiledTemplates()


@dataclass(frozen=True, slots=True)
class NavLink:
    """A link of the navigation, ready to be shown."""

    label: str
    url: str
    icon: str
    active: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A submitted form: what was typed, what it means, and what is wrong with it.

    ``values`` hold the loaded fields when ``errors`` is empty; ``typed`` refills the inputs.
    """

    typed: dict[str, str]
    values: dict[str, Any]
    errors: dict[str, list[str]]

    @property
    def ok(self) -> bool:
        """Tell whether every field is right."""
        return not self.errors


EMPTY_FORM = Form(typed={}, values={}, errors={})


def install_pages(app: Flask, nav: tuple[NavItem, ...]) -> None:
    """Give every template its helpers; unknown names in a template are mistakes."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.bytecode_cache = _COMPILED
    app.context_processor(lambda: _context(nav))
    app.after_request(_remember_language)


def render_page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Return a page in the language of the request."""
    return make_response(_render(template, **context), status)


def read_form(schema: ma.Schema) -> Form:
    """Read the submitted form through a schema. Unknown fields are refused, ours are set aside."""
    typed = {key: value for key, value in request.form.items() if key != "csrf_token"}
    many = {
        key: request.form.getlist(key) if isinstance(field, ma.fields.List) else typed.get(key)
        for key, field in schema.fields.items()
    }
    data = {key: value for key, value in {**typed, **many}.items() if value is not None}
    try:
        return Form(typed=typed, values=dict(schema.load(data)), errors={})
    except ma.ValidationError as error:
        return Form(typed=typed, values={}, errors=_messages(error))


def refused_form(form: Form, field: str, sentence: str) -> Form:
    """Return the form with one more thing wrong with it, found by a command."""
    return Form(typed=form.typed, values={}, errors={**form.errors, field: [sentence]})


def _messages(error: ma.ValidationError) -> dict[str, list[str]]:
    """Return the sentences by field, translated."""
    found: dict[str, list[str]] = {}
    by_field: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]  # bare
    for field, sentences in by_field.items():
        flat = sentences if isinstance(sentences, list) else [str(sentences)]
        found[field] = [i18n.gettext(language(), str(sentence)) for sentence in flat]
    return found


def _context(nav: tuple[NavItem, ...]) -> dict[str, Any]:
    spoken = language()
    settings = runtime().settings
    return {
        "_": lambda message, **values: i18n.gettext(spoken, message, **values),
        "gettext": lambda message, **values: i18n.gettext(spoken, message, **values),
        "ngettext": lambda one, many, count, **values: i18n.ngettext(
            spoken, one, many, count, **values
        ),
        "locale": spoken,
        "csrf_field": csrf_field,
        "csrf_token": csrf_token,
        "csp_nonce": csp_nonce(),
        "asset": asset,
        "nav": _links(nav),
        "principal": maybe_principal(),
        "format_money": lambda minor: i18n.format_money(spoken, minor, settings.currency),
        "format_points": lambda points: i18n.format_points(spoken, points),
        "format_date": lambda day, style="long": _day(spoken, day, style, settings.zone),
        "format_instant": lambda instant, style="medium": i18n.format_instant(
            spoken, instant, settings.zone, style=style
        ),
        "flashes": get_flashed_messages(with_categories=True),
        "product": PRODUCT,
        "brand": settings.brand,
        "demo": settings.mode == "demo",
    }


def _day(spoken: str, day: date | datetime, style: str, zone: str) -> str:
    """Return a day; an instant is shown as the day it was in ``zone``."""
    if isinstance(day, datetime):
        return i18n.format_date(spoken, i18n.day_of(day, zone), style=style)
    return i18n.format_date(spoken, day, style=style)


def _links(nav: tuple[NavItem, ...]) -> list[NavLink]:
    """Return the navigation of the face in hand, for the roles of the caller."""
    face = request.path.split("/")[1] if request.endpoint else ""
    caller = maybe_principal()
    role = caller.role.value if caller and caller.role else ""
    shown = [item for item in nav if item.face == face and (not item.roles or role in item.roles)]
    links = []
    for item in sorted(shown, key=lambda item: item.order):
        url = url_for(item.endpoint)
        label = i18n.gettext(language(), item.label)
        links.append(NavLink(label, url, item.icon, active=_is_here(url)))
    return links


def _is_here(url: str) -> bool:
    """Tell whether the page in hand lies at or under ``url``; a face's home only at itself."""
    path = request.path.rstrip("/")
    home = url.rstrip("/").count("/") == 1
    return path == url.rstrip("/") or (not home and path.startswith(url.rstrip("/") + "/"))


def _remember_language(response: Response) -> Response:
    """Keep a language that was asked for with ``?lang=``."""
    asked = request.args.get("lang")
    if asked in i18n.LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            asked,
            max_age=365 * 24 * 3600,
            secure=runtime().settings.cookie_secure,
            samesite="Lax",
        )
    return response
