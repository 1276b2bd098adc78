"""Looking after a member: stopping and replacing a card, blocking and opening a membership."""

from __future__ import annotations

import marshmallow as ma
from flask import flash, redirect, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from admin.pages.members import CARE
from loyalty.commands import block_card, block_member, issue_card, replace_card, unblock_member
from loyalty.errors import CardNotActive
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.audit import record_audit
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import N_, InvalidInput
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.kernel.web.pages import read_form
from loyalty.values import CardId, MemberId

_SEE_OTHER = 303
_ONCE = ma.validate.Regexp(r"^[A-Za-z0-9_-]{16,64}\Z")
"""A random text of the page: sending the same form twice makes one card."""


class CardForm(ma.Schema):
    """What to do with a card."""

    action = ma.fields.String(required=True, validate=ma.validate.OneOf(("block", "replace")))
    once = ma.fields.String(required=True, validate=_ONCE)


class NewCardForm(ma.Schema):
    """A card for a member who has none that works."""

    once = ma.fields.String(required=True, validate=_ONCE)


class StateForm(ma.Schema):
    """Whether a membership is open."""

    state = ma.fields.String(required=True, validate=ma.validate.OneOf(("active", "blocked")))


@blueprint.post("/members/<member_id>/cards/<card_id>")
@allow(staff(*CARE))
def change_card(member_id: str, card_id: str) -> Answer:
    """Block a lost card, or replace it: the old one stops working, a new one is issued.

    A card that has ended meanwhile is left alone, and the page says so.
    """
    wanted = _checked(CardForm())
    try:
        with database().begin(actor=current_actor()) as tx:
            done = _end_card(tx, MemberId(member_id), CardId(card_id), wanted)
    except CardNotActive as refused:
        return _back(member_id, problem_text(language(), refused)[1], "warn")
    return _back(member_id, gettext(language(), done))


@blueprint.post("/members/<member_id>/cards")
@allow(staff(*CARE))
def add_card(member_id: str) -> Answer:
    """Give a member another card, such as one whose card was blocked when it was lost."""
    once = _checked(NewCardForm())["once"]
    with database().begin(actor=current_actor()) as tx:
        card = issue_card(
            tx, keys=runtime().keys, member_id=MemberId(member_id), source=f"admin:{once}"
        )
        if not card.replayed:
            record_audit(
                tx, action="issue-card", subject=card.card_id, details={"member": member_id}
            )
    return _back(member_id, gettext(language(), N_("A new card has been issued.")))


@blueprint.post("/members/<member_id>/state")
@allow(staff(*CARE))
def change_state(member_id: str) -> Answer:
    """Block a membership, or open it again. The command writes it into the audit trail."""
    blocked = _checked(StateForm())["state"] == "blocked"
    with database().begin(actor=current_actor()) as tx:
        (block_member if blocked else unblock_member)(tx, member_id=MemberId(member_id))
    said = N_("The membership is blocked.") if blocked else N_("The membership is open again.")
    return _back(member_id, gettext(language(), said))


def _end_card(tx: Tx, member_id: MemberId, card_id: CardId, wanted: dict[str, str]) -> str:
    """Do what the button says; return the sentence about it."""
    if wanted["action"] == "block":
        block_card(tx, member_id=member_id, card_id=card_id)
        return N_("The card is blocked.")
    replace_card(
        tx,
        keys=runtime().keys,
        member_id=member_id,
        card_id=card_id,
        source=f"admin:{wanted['once']}",
    )
    return N_("A new card has been issued.")


def _checked(schema: ma.Schema) -> dict[str, str]:
    """Return the fields of a form that only buttons send.

    Raises:
        InvalidInput: somebody else has written it.
    """
    form = read_form(schema)
    if not form.ok:
        raise InvalidInput(form.errors)
    return form.values


def _back(member_id: str, sentence: str, kind: str = "good") -> Answer:
    """Go back to the member's page, which says what was done."""
    flash(sentence, kind)
    return redirect(url_for("admin.member", member_id=member_id), _SEE_OTHER)
