"""``/api/v1/me``: what a member's own phone may read and write about her."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from loyalty.api.my_books import herself
from loyalty.commands import ConsentReceipt, record_consent
from loyalty.errors import MemberBlocked
from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.problems import NotSignedIn
from loyalty.kernel.web.api import api_blueprint, refuses, request_source
from loyalty.kernel.web.context import current_actor, database, runtime
from loyalty.queries import (
    balance,
    cards_of,
    consents_of,
    current_programme,
    tier_progress,
    vouchers_of,
)
from loyalty.schemas.me import (
    ConsentIn,
    ConsentReceiptOut,
    ConsentsOut,
    MeOut,
)
from loyalty.values import CardState, Channel
from loyalty.wordings import WordingChanged, consent_wording, consent_wordings

blueprint = api_blueprint(
    "me", prefix="/me", description="The signed-in member: card, points, level, consents."
)


@blueprint.route("", methods=["GET"])
@allow(MEMBER)
@blueprint.response(200, MeOut)
@refuses(blueprint, NotSignedIn, MemberBlocked)
def show_me() -> dict[str, Any]:
    """Show the member's card, points, level and vouchers as they are now."""
    with database().look(actor=current_actor()) as tx:
        member = herself(tx)
        if member.is_blocked:
            raise MemberBlocked(member.member_id)
        tier = tier_progress(tx, member.member_id)
        cards = cards_of(tx, member.member_id, keys=runtime().keys)
        programme = current_programme(tx)
        return {
            "member_id": member.member_id,
            "display_name": member.display_name,
            "language": member.language,
            "joined_on": member.joined_on,
            "card": next((one for one in cards if one.state is CardState.ACTIVE), None),
            "points": balance(tx, member.member_id),
            "tier": asdict(tier)
            | {"level_name": programme.level_name(tier.level, member.language)},
            "vouchers": vouchers_of(tx, member.member_id, keys=runtime().keys, usable_only=True),
            "as_of": tx.now,
        }


@blueprint.route("/consents", methods=["GET"])
@allow(MEMBER)
@blueprint.response(200, ConsentsOut)
@refuses(blueprint, NotSignedIn)
def list_consents() -> dict[str, Any]:
    """List every purpose with the words in force and the member's answer."""
    with database().look(actor=current_actor()) as tx:
        member = herself(tx)
        said = consents_of(tx, member.member_id)
    items = []
    for wording in consent_wordings(member.language, brand=runtime().settings.brand):
        answer = said.get(wording.purpose)
        items.append(
            {
                "purpose": wording.purpose.value,
                "granted": answer is not None and answer.granted,
                "at": answer.at if answer is not None else None,
                "label": wording.label,
                "wording": wording.text,
                "wording_version": wording.version,
                "language": wording.language,
            }
        )
    return {"items": items}


@blueprint.route("/consents", methods=["POST"])
@allow(MEMBER)
@blueprint.arguments(ConsentIn)
@blueprint.response(201, ConsentReceiptOut)
@refuses(blueprint, NotSignedIn, WordingChanged)
def answer_consent(body: dict[str, Any]) -> ConsentReceipt:
    """Write down a yes or a no to the words that were shown. The answer in force adds nothing."""
    brand = runtime().settings.brand
    wording = consent_wording(body["purpose"], body["language"], brand=brand)
    if wording.version != body["wording_version"]:
        raise WordingChanged(wording.version)
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        return record_consent(
            tx,
            member_id=herself(tx).member_id,
            given=wording.given(granted=body["granted"]),
            channel=Channel.WEB,
            source=source,
        )
