"""The demo's mailbox: what would have left the building, to be read in the browser.

Registered by the application in demo and test mode only; it shows every message to anybody.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import NotFound

from campaigns.pages.showing import inert
from campaigns.transports.chosen import mailbox_folder
from campaigns.transports.file import SMS_SUFFIX, store_sms
from campaigns.transports.mailbox import newest_messages, read_message, recipients_of
from campaigns.transports.port import SmsOut
from campaigns.values import Channel, MessageId
from campaigns.wording.gsm import sms_size
from loyalty.kernel.access.principals import PUBLIC, allow
from loyalty.kernel.problems import InvalidInput, NotSignedIn
from loyalty.kernel.web.context import database, runtime
from loyalty.kernel.web.guard import without_csrf
from loyalty.kernel.web.pages import render_page

blueprint = Blueprint("demo", __name__, url_prefix="/demo")
_LONGEST = 2000


@blueprint.get("/mailbox")
@allow(PUBLIC)
def mailbox() -> Response:
    """Show what was written to members, the newest first, and one message opened."""
    folder = mailbox_folder(runtime().settings)
    search = request.args.get("q", "")[:100]
    kind = request.args.get("channel", "")
    channel = Channel(kind) if kind in set(Channel) else None
    messages = newest_messages(folder, search=search, channel=channel)
    opened = read_message(folder, request.args.get("open", ""))
    return render_page(
        "campaigns/mailbox.html",
        messages=messages,
        people=recipients_of(folder),
        search=search,
        channel=channel,
        opened=opened,
        drawn=inert(opened.html) if opened else "",
        size=sms_size(opened.text) if opened and opened.channel is Channel.SMS else None,
    )


@blueprint.post("/sms")
@allow(PUBLIC)
@without_csrf
def take_sms() -> Response:
    """Play the SMS gateway: keep the message; the same idempotency key keeps it once."""
    _check_token()
    document: Any = request.get_json()
    key = request.headers.get("Idempotency-Key", "")
    texts = {name: _field(document, name) for name in ("to", "from", "text")}
    if not key or not key.replace("_", "").isalnum() or not key.isascii():
        raise InvalidInput({"Idempotency-Key": ["Send the id of the message."]})
    sms = SmsOut(MessageId(key[:60]), texts["from"], texts["to"], texts["text"])
    folder = mailbox_folder(runtime().settings)
    if not (folder / f"{sms.message_id}{SMS_SUFFIX}").exists():
        store_sms(folder, sms, at=database().clock())
    answer = jsonify({"id": f"demo-{sms.message_id}"})
    answer.status_code = 201
    return answer


@blueprint.get("/sms/<message_id>")
@allow(PUBLIC)
def find_sms(message_id: str) -> Response:
    """Tell whether the gateway has a message."""
    _check_token()
    found = read_message(mailbox_folder(runtime().settings), message_id)
    if found is None or found.channel is not Channel.SMS:
        raise NotFound
    return jsonify({"id": f"demo-{message_id}"})


def _check_token() -> None:
    """Refuse callers without the token that the settings give to the gateway.

    Raises:
        NotSignedIn: the bearer token is missing or another one.
    """
    expected = runtime().settings.sms_token
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if expected and not compare_digest(sent.encode(), expected.encode()):
        raise NotSignedIn


def _field(document: Any, name: str) -> str:
    """Return a text of the request.

    Raises:
        InvalidInput: it is missing, no text, or too long.
    """
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise InvalidInput({name: ["Give a text of 1 to 2000 characters."]})
    return value
