"""``/api/v1/members``: enrolling, finding and looking after members, for staff."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from loyalty.api.rights import LOOKING, WRITING
from loyalty.commands import (
    CardReceipt,
    ConsentReceipt,
    Enrolled,
    block_card,
    enrol_member,
    issue_card,
    record_consent,
    replace_card,
)
from loyalty.errors import (
    CardNotActive,
    EmailTaken,
    InvalidIdentity,
    NoProgramme,
    PhoneTaken,
    SourceReused,
    UnknownCard,
    UnknownMember,
    UnknownStore,
)
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.problems import InvalidInput
from loyalty.kernel.web.api import api_blueprint, refuses, request_source
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.queries import (
    MemberCard,
    balance,
    cards_of,
    consents_of,
    current_programme,
    find_members,
    membership,
    store,
    tier_progress,
    vouchers_of,
)
from loyalty.schemas.me import (
    ConsentIn,
    ConsentReceiptOut,
    ConsentsOut,
)
from loyalty.schemas.members import (
    EnrolledOut,
    EnrolmentIn,
    FindQuery,
    MemberOut,
    MembersOut,
    StaffCardOut,
    StaffCardsOut,
)
from loyalty.values import CardId, CardState, Channel, ConsentGiven, Identity, MemberId
from loyalty.wordings import WordingChanged, consent_wording, consent_wordings

blueprint = api_blueprint(
    "members", prefix="/members", description="Members, for staff: enrol, find, look after."
)


@blueprint.route("", methods=["POST"])
@allow(staff(*WRITING))
@blueprint.arguments(EnrolmentIn)
@blueprint.response(201, EnrolledOut)
@refuses(
    blueprint,
    InvalidInput,
    InvalidIdentity,
    EmailTaken,
    PhoneTaken,
    SourceReused,
    UnknownStore,
    WordingChanged,
    NoProgramme,
)
def create_member(body: dict[str, Any]) -> Enrolled:
    """Enrol a member and issue her card. Needs an Idempotency-Key; repeating is safe."""
    source = request_source()
    consents = [_given(one) for one in body["consents"]]
    identity = Identity(
        given_name=body["given_name"],
        family_name=body["family_name"],
        email=body["email"],
        phone=body["phone"],
        born_on=body["born_on"],
    )
    with database().begin(actor=current_actor()) as tx:
        if body["home_store_id"] is not None:
            store(tx, body["home_store_id"])
        return enrol_member(
            tx,
            keys=runtime().keys,
            identity=identity,
            channel=body["channel"],
            language=body["language"],
            home_store_id=body["home_store_id"],
            consents=consents,
            source=source,
        )


@blueprint.route("", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.arguments(FindQuery, location="query")
@blueprint.response(200, MembersOut)
@refuses(blueprint, InvalidInput)
def list_members(query: dict[str, Any]) -> Any:
    """Find members by card code, e-mail address, telephone number or name."""
    with database().look(actor=current_actor()) as tx:
        return find_members(
            tx, query["q"], keys=runtime().keys, after=query["after"], limit=query["limit"]
        )


@blueprint.route("/<member_id>", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, MemberOut)
@refuses(blueprint, UnknownMember)
def show_member(member_id: str) -> dict[str, Any]:
    """Show a member with her points, her level and her usable vouchers."""
    wanted = MemberId(member_id)
    with database().look(actor=current_actor()) as tx:
        member = membership(tx, wanted)
        tier = tier_progress(tx, wanted)
        name = current_programme(tx).level_name(tier.level, language())
        return asdict(member) | {
            "points": balance(tx, wanted),
            "tier": asdict(tier) | {"level_name": name},
            "vouchers": vouchers_of(tx, wanted, keys=runtime().keys, usable_only=True),
        }


@blueprint.route("/<member_id>/cards", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, StaffCardsOut)
@refuses(blueprint, UnknownMember)
def list_cards(member_id: str) -> dict[str, Any]:
    """List a member's cards, the newest first."""
    wanted = MemberId(member_id)
    with database().look(actor=current_actor()) as tx:
        membership(tx, wanted)
        cards = cards_of(tx, wanted, keys=runtime().keys)
    return {"items": [_shown(card) for card in cards]}


@blueprint.route("/<member_id>/cards", methods=["POST"])
@allow(staff(*WRITING))
@blueprint.response(201, StaffCardOut)
@refuses(blueprint, UnknownMember, SourceReused)
def create_card(member_id: str) -> CardReceipt:
    """Issue another card. Needs an Idempotency-Key; repeating gives the same card."""
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        return issue_card(tx, keys=runtime().keys, member_id=MemberId(member_id), source=source)


@blueprint.route("/<member_id>/cards/<card_id>/block", methods=["PUT"])
@allow(staff(*WRITING))
@blueprint.response(200, StaffCardOut)
@refuses(blueprint, UnknownMember, UnknownCard, CardNotActive)
def put_block(member_id: str, card_id: str) -> CardReceipt:
    """Block a card for good. Blocking it again changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        return block_card(tx, member_id=MemberId(member_id), card_id=CardId(card_id))


@blueprint.route("/<member_id>/cards/<card_id>/replacement", methods=["POST"])
@allow(staff(*WRITING))
@blueprint.response(201, StaffCardOut)
@refuses(blueprint, UnknownMember, UnknownCard, CardNotActive, SourceReused)
def create_replacement(member_id: str, card_id: str) -> CardReceipt:
    """End a card and issue a new one. Needs an Idempotency-Key; repeating gives the same card."""
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        return replace_card(
            tx,
            keys=runtime().keys,
            member_id=MemberId(member_id),
            card_id=CardId(card_id),
            source=source,
        )


@blueprint.route("/<member_id>/consents", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, ConsentsOut)
@refuses(blueprint, UnknownMember)
def list_member_consents(member_id: str) -> dict[str, Any]:
    """List every purpose with the words in force and the member's answer."""
    wanted = MemberId(member_id)
    with database().look(actor=current_actor()) as tx:
        member = membership(tx, wanted)
        said = consents_of(tx, wanted)
    return {
        "items": [
            {
                "purpose": wording.purpose.value,
                "granted": wording.purpose in said and said[wording.purpose].granted,
                "at": said[wording.purpose].at if wording.purpose in said else None,
                "label": wording.label,
                "wording": wording.text,
                "wording_version": wording.version,
                "language": wording.language,
            }
            for wording in consent_wordings(member.language, brand=runtime().settings.brand)
        ]
    }


@blueprint.route("/<member_id>/consents", methods=["POST"])
@allow(staff(*WRITING))
@blueprint.arguments(ConsentIn)
@blueprint.response(201, ConsentReceiptOut)
@refuses(blueprint, UnknownMember, WordingChanged)
def create_member_consent(body: dict[str, Any], member_id: str) -> ConsentReceipt:
    """Write down what a member said to the words that she was shown. Repeating adds nothing."""
    source = request_source()
    given = _given(body)
    with database().begin(actor=current_actor()) as tx:
        return record_consent(
            tx, member_id=MemberId(member_id), given=given, channel=Channel.STORE, source=source
        )


def _given(body: dict[str, Any]) -> ConsentGiven:
    """Return an answer to the words in force.

    Raises:
        WordingChanged: she read an older version.
    """
    wording = consent_wording(body["purpose"], body["language"], brand=runtime().settings.brand)
    if wording.version != body["wording_version"]:
        raise WordingChanged(wording.version)
    return wording.given(granted=body["granted"])


def _shown(card: MemberCard) -> dict[str, Any]:
    """Return a card as staff see it: an ended one has no letters to print."""
    code = card.code if card.state is CardState.ACTIVE else ""
    return {"card_id": card.card_id, "code": code, "state": card.state}
