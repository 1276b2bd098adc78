"""Cookies: one a kind of sign-in, so that a browser may be a till and a phone at once."""

from __future__ import annotations

from flask import Response, request

from loyalty.kernel.access.principals import PrincipalKind
from loyalty.kernel.access.sessions import SPAN, SignedIn
from loyalty.kernel.web.context import runtime

VISIT = "visit"


def cookie_name(what: str) -> str:
    """Return the name of a cookie; the ``__Host-`` prefix pins it to https and this host.

    Source: RFC 6265bis, section 4.1.3.2.
    """
    prefix = "__Host-" if runtime().settings.cookie_secure else ""
    return f"{prefix}palier-{what}"


def read_cookie(what: str) -> str | None:
    """Return the value of a cookie of ours."""
    return request.cookies.get(cookie_name(what))


def write_cookie(response: Response, what: str, value: str, *, seconds: int | None) -> None:
    """Set a cookie that scripts cannot read; ``None`` seconds: until the browser closes."""
    response.set_cookie(
        cookie_name(what),
        value,
        max_age=seconds,
        path="/",
        secure=runtime().settings.cookie_secure,
        httponly=True,
        samesite="Strict" if what == PrincipalKind.STAFF else "Lax",
    )


def keep_session(response: Response, kind: PrincipalKind, session: SignedIn) -> None:
    """Put a new session into the browser."""
    write_cookie(response, kind.value, session.token, seconds=int(SPAN[kind].total_seconds()))


def drop_cookie(response: Response, what: str) -> None:
    """Remove a cookie from the browser."""
    response.delete_cookie(
        cookie_name(what), path="/", secure=runtime().settings.cookie_secure, httponly=True
    )
