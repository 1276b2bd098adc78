"""At the door: who is calling, and may they? Denied unless the view says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from loyalty.kernel.access.principals import Policy, Principal, PrincipalKind
from loyalty.kernel.access.sessions import holder_of, keep_alive
from loyalty.kernel.problems import NotAllowed, NotSignedIn
from loyalty.kernel.web.context import database, is_api
from loyalty.kernel.web.cookies import read_cookie
from loyalty.kernel.web.csrf import check_csrf

Authenticator = Callable[[], Principal | None]
"""Reads the request in hand; returns who signed it, ``None`` when it carries no such proof."""

AUTHENTICATORS = "palier_authenticators"
View = TypeVar("View", bound=Callable[..., Any])


def install_guard(app: Flask, authenticators: tuple[Authenticator, ...]) -> None:
    """Check every request before its view runs."""
    app.extensions[AUTHENTICATORS] = authenticators
    app.before_request(check_request)


def policy_of(app: Flask, endpoint: str, method: str) -> Policy | None:
    """Return what the view of ``endpoint`` declared with ``@allow``; ``None``: nothing."""
    view = app.view_functions.get(endpoint)
    declared = getattr(view, "__policy__", None)
    if declared is None:
        by_method = getattr(getattr(view, "view_class", None), method.lower(), None)
        declared = getattr(by_method, "__policy__", None)
    return declared if isinstance(declared, Policy) else None


def without_csrf(view: View) -> View:
    """Exempt a view from the form token: one-click unsubscribe and machine call-backs."""
    view.__no_csrf__ = True  # type: ignore[attr-defined]  # read by check_request
    return view


def check_request() -> None:
    """Find the caller, hold it against the view's policy, refuse forged forms.

    Raises:
        NotSignedIn: the view wants somebody and nobody is there.
        NotAllowed: somebody is there, but not one whom the view admits; or it declares nobody.
        ForgedRequest: a browser was sent here by another site.
    """
    if request.endpoint is None:
        return  # no such address: the 404 comes by itself
    policy = policy_of(current_app, request.endpoint, request.method)
    if policy is None:
        raise NotAllowed
    g.principal, by_cookie = _caller(policy)
    exempt = getattr(current_app.view_functions[request.endpoint], "__no_csrf__", False)
    if not exempt and (by_cookie or (policy.public and not is_api())):
        check_csrf()
    if not policy.admits(g.principal):
        raise NotAllowed if g.principal else NotSignedIn


def _caller(policy: Policy) -> tuple[Principal | None, bool]:
    """Return who is calling, and whether a cookie said so."""
    if PrincipalKind.TERMINAL in policy.kinds:
        for authenticate in current_app.extensions[AUTHENTICATORS]:
            found = authenticate()
            if found is not None:
                return found, False
    for kind in sorted(policy.kinds):
        token = read_cookie(kind.value)
        if token:
            known = _by_session(kind, token)
            if known is not None:
                return known, True
    return None, False


def _by_session(kind: PrincipalKind, token: str) -> Principal | None:
    """Return the holder of a session and keep it from falling idle."""
    with database().look() as tx:
        holder = holder_of(tx, kind=kind, token=token)
    if holder is None:
        return None
    if holder.fading:
        with database().begin(actor=holder.principal.actor) as tx:
            keep_alive(tx, token=token)
    return holder.principal
