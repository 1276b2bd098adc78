"""The way out of the messages: a page that shows, and a POST that acts.

Mail scanners follow links, so a GET changes nothing; mail programs POST by themselves when the
reader presses their button, without a cookie or a sign-in. Source: RFC 8058 sections 3.1 and 3.2.
"""

from __future__ import annotations

from flask import Blueprint, Response

from campaigns.commands import unsubscribe_member
from campaigns.links import read_unsubscribe_token
from campaigns.queries import subscription_of
from loyalty.kernel.access.principals import PUBLIC, allow
from loyalty.kernel.web.context import database, runtime, speak
from loyalty.kernel.web.guard import without_csrf
from loyalty.kernel.web.pages import render_page

blueprint = Blueprint("campaigns_app", __name__, url_prefix="/app/unsubscribe")


@blueprint.get("/<token>")
@allow(PUBLIC)
def ask(token: str) -> Response:
    """Show what would stop, and the button that stops it."""
    with database().look() as tx:
        message_id = read_unsubscribe_token(runtime().keys, token, now=tx.now)
        found = subscription_of(tx, message_id)
    if found is not None:
        speak(found.language)
    return render_page("campaigns/unsubscribe.html", found=found, token=token, done=False)


@blueprint.post("/<token>")
@allow(PUBLIC)
@without_csrf
def act(token: str) -> Response:
    """Withdraw the consent. The token is the proof; doing it again changes nothing."""
    with database().begin(actor="unsubscribe-link") as tx:
        message_id = read_unsubscribe_token(runtime().keys, token, now=tx.now)
        found = subscription_of(tx, message_id)
        unsubscribe_member(tx, message_id=message_id, brand=runtime().settings.brand)
    if found is not None:
        speak(found.language)
    return render_page("campaigns/unsubscribe.html", found=found, token=token, done=True)
