"""What every page of the shopper's app shares: whose it is, and what a blocked member sees."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, session, url_for

from loyalty.errors import MemberBlocked, UnknownMember
from loyalty.kernel.access.principals import Policy, PrincipalKind
from loyalty.kernel.problems import NotSignedIn, TooManyTries
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import (
    current_actor,
    database,
    maybe_principal,
    principal,
    runtime,
    speak,
)
from loyalty.kernel.web.pages import render_page
from loyalty.queries.membership import Membership, membership
from loyalty.values import MemberId

blueprint = Blueprint("shopper", __name__, url_prefix="/app")

MAYBE_MEMBER = Policy(public=True, kinds=frozenset({PrincipalKind.MEMBER}))
"""Anybody, but a member who is signed in is recognised."""


def member_in_hand(tx: Tx) -> Membership:
    """Return the member who is signed in, and answer in her language.

    Raises:
        NotSignedIn: her membership has ended meanwhile.
        MemberBlocked: staff have stopped it; ``show_blocked`` says whom to ask.
    """
    found = self_in_hand(tx)
    if found.is_blocked:
        raise MemberBlocked(found.member_id)
    return found


def self_in_hand(tx: Tx) -> Membership:
    """Return the member who is signed in, blocked or not: her consents stay hers to withdraw.

    Raises:
        NotSignedIn: her membership has ended meanwhile.
    """
    try:
        found = membership(tx, MemberId(principal().id))
    except UnknownMember as error:
        raise NotSignedIn from error
    _speak_hers(found)
    return found


def member_here() -> Membership | None:
    """Return the member who is signed in on a page that does not ask for one."""
    if maybe_principal() is None:
        return None
    with database().look(actor=current_actor()) as tx:
        try:
            return membership(tx, MemberId(principal().id))
        except UnknownMember:
            return None


@blueprint.errorhandler(MemberBlocked)
def show_blocked(problem: MemberBlocked) -> Response:
    """Tell a blocked member whom to ask."""
    return render_page("loyalty/blocked.html", status=409, problem=problem, nav=())


def go_to(endpoint: str, **values: Any) -> Response:
    """Return an answer that sends the browser on to a page, to be fetched with GET."""
    return make_response(redirect(url_for(endpoint, **values), 303))


def render_unseen(template: str, **context: Any) -> Response:
    """Return what the phone fetches by itself and keeps: without messages for the person.

    They stay where they are, for the next page that she sees.
    """
    response = render_page(template, flashes=(), **context)
    session.modified = False  # rendering took the messages out
    return response


def limit_tries(what: str, *, tries: int, seconds: int) -> None:
    """Refuse more than ``tries`` from one address in ``seconds``.

    A shop's own network and mobile carriers put many people behind one address, so the limits
    here stop machines, not queues.

    Raises:
        TooManyTries: the address has to wait.
    """
    name = f"{what}:{request.remote_addr}"
    if runtime().cache.count(name, seconds=seconds) > tries:
        raise TooManyTries(seconds)


def _speak_hers(member: Membership) -> None:
    """Answer in the member's language unless the address asks for another."""
    if "lang" not in request.args:
        speak(member.language)
