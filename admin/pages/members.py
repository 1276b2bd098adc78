"""Members: find one, see her whole story on one page, block and replace her card."""

from __future__ import annotations

import marshmallow as ma
from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from loyalty.commands import block_card, block_member, replace_card, unblock_member
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.audit import record_audit
from loyalty.kernel.i18n import gettext
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.kernel.web.pages import render_page
from loyalty.queries import current_programme, find_members, member_story
from loyalty.values import CardId, MemberId
from offers.queries import member_offers

_CARE = (Role.SUPPORT, Role.STORE_MANAGER, Role.ADMIN, Role.DPO)
_SEE = (*_CARE, Role.MARKETER, Role.AUDITOR)
LONGEST_SEARCH = 120


class CardAction(ma.Schema):
    """What to do with a card."""

    action = ma.fields.String(required=True, validate=ma.validate.OneOf(("block", "replace")))


@blueprint.get("/members")
@allow(staff(*_SEE))
def members() -> Response:
    """Find members by name, e-mail, phone or card."""
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    with database().look() as tx:
        page = find_members(
            tx, text, keys=runtime().keys, after=request.args.get("after"), limit=25
        )
        programme = current_programme(tx)
    older = url_for("admin.members", q=text, after=page.after) if page.after else ""
    return render_page("admin/members.html", text=text, page=page, older=older, programme=programme)


@blueprint.get("/members/<member_id>")
@allow(staff(*_SEE))
def member(member_id: str) -> Response:
    """Show a member's whole story. Looking is written down."""
    with database().begin(actor=current_actor()) as tx:
        story = member_story(tx, MemberId(member_id), keys=runtime().keys, language=language())
        record_audit(tx, action="member.read", subject=member_id, details={})
        offers = member_offers(tx, MemberId(member_id), language())
        programme = current_programme(tx)
    return render_page(
        "admin/member.html",
        story=story,
        offers=offers,
        programme=programme,
        member_id=member_id,
    )


@blueprint.post("/members/<member_id>/cards/<card_id>")
@allow(staff(*_CARE))
def change_card(member_id: str, card_id: str) -> Answer:
    """Block a lost card, or replace it: the old one stops working, a new one is issued."""
    action = CardAction().load({"action": request.form.get("action", "")})["action"]
    with database().begin(actor=current_actor()) as tx:
        if action == "block":
            block_card(tx, member_id=MemberId(member_id), card_id=CardId(card_id))
        else:
            replace_card(
                tx,
                keys=runtime().keys,
                member_id=MemberId(member_id),
                card_id=CardId(card_id),
            )
        record_audit(tx, action=f"card.{action}", subject=card_id, details={"member": member_id})
    done = {"block": "The card is blocked.", "replace": "A new card has been issued."}[action]
    flash(gettext(language(), done), "good")
    return redirect(url_for("admin.member", member_id=member_id))


@blueprint.post("/members/<member_id>/state")
@allow(staff(*_CARE))
def change_state(member_id: str) -> Answer:
    """Block a membership, or open it again."""
    blocked = request.form.get("state") == "blocked"
    with database().begin(actor=current_actor()) as tx:
        (block_member if blocked else unblock_member)(tx, member_id=MemberId(member_id))
        record_audit(
            tx,
            action="member.block" if blocked else "member.unblock",
            subject=member_id,
            details={},
        )
    done = "The membership is blocked." if blocked else "The membership is open again."
    flash(gettext(language(), done), "good")
    return redirect(url_for("admin.member", member_id=member_id))
