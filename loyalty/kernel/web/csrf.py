"""That a form was made by us: a token bound to the browser, checked on every unsafe request."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest

from flask import Response, g, request
from markupsafe import Markup

from loyalty.kernel.problems import N_, Kind, Problem
from loyalty.kernel.signing import random_token
from loyalty.kernel.web.context import runtime
from loyalty.kernel.web.cookies import VISIT, read_cookie, write_cookie

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"same-origin", "none"})


@dataclass(eq=False)
class ForgedRequest(Problem):
    """The form did not come from our own page, or the page was open for too long."""

    kind = Kind.FORBIDDEN
    slug = "forged-request"
    title = N_("This page is out of date")
    template = N_("Reload the page and try again. Nothing was changed.")


def csrf_token() -> str:
    """Return the token for forms and scripts of this browser."""
    return runtime().keys.mac("csrf", _visit().encode()).hex()[:40]


def csrf_field() -> Markup:
    """Return the hidden form field that carries the token."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token())


def check_csrf() -> None:
    """Refuse an unsafe request that does not come from a page of ours.

    Raises:
        ForgedRequest: another site sent it, or the token is missing or wrong.
    """
    if request.method in _SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITES:
        raise ForgedRequest
    visit = read_cookie(VISIT)
    sent = request.headers.get(HEADER) or request.form.get(FIELD) or ""
    expected = runtime().keys.mac("csrf", (visit or "").encode()).hex()[:40]
    if visit is None or not compare_digest(sent.encode(), expected.encode()):
        raise ForgedRequest


def remember_visit(response: Response) -> Response:
    """Give the browser its visit cookie once a token was made for it."""
    fresh = g.get("fresh_visit")
    if fresh:
        write_cookie(response, VISIT, fresh, seconds=None)
    return response


def _visit() -> str:
    """Return the browser's random name, made on first need."""
    known = read_cookie(VISIT) or g.get("fresh_visit")
    if not known:
        known = g.fresh_visit = random_token(18)
    return str(known)
