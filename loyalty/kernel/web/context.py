"""What a view may ask of the request in hand."""

from __future__ import annotations

from flask import current_app, g, request

from loyalty.kernel.access.principals import Principal
from loyalty.kernel.db import Database
from loyalty.kernel.i18n import LANGUAGES
from loyalty.kernel.problems import NotSignedIn
from loyalty.kernel.runtime import Runtime

EXTENSION = "palier"
LANGUAGE_COOKIE = "palier_language"


def runtime() -> Runtime:
    """Return the parts of the running application: settings, database, keys, cache."""
    found: Runtime = current_app.extensions[EXTENSION]
    return found


def database() -> Database:
    """Return the database, to open a transaction."""
    return runtime().database


def maybe_principal() -> Principal | None:
    """Return who is calling; ``None`` on a public route without a sign-in."""
    found: Principal | None = g.get("principal")
    return found


def principal() -> Principal:
    """Return who is calling.

    Raises:
        NotSignedIn: nobody is; only possible on a public route.
    """
    found = maybe_principal()
    if found is None:
        raise NotSignedIn
    return found


def current_actor() -> str:
    """Return who writes: the caller, or ``public`` for somebody we do not know."""
    found = maybe_principal()
    return found.actor if found else "public"


def language() -> str:
    """Return the language of the answer: asked for, chosen before, of the browser, or ours."""
    if "language" not in g:
        g.language = _language()
    found: str = g.language
    return found


def speak(chosen: str) -> None:
    """Answer this request in ``chosen``, e.g. the language a member has told us."""
    if chosen in LANGUAGES:
        g.language = chosen


def is_api() -> bool:
    """Tell whether the caller is a machine: JSON in, JSON and ``problem+json`` out."""
    return request.path.startswith(("/api/", "/openapi.json", "/healthz"))


def _language() -> str:
    for wanted in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    fallback = runtime().settings.language
    return request.accept_languages.best_match(LANGUAGES, default=fallback) or fallback
