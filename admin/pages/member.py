"""A member's pages: her whole story on one, and the long lists behind it. Looking is recorded."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint, may
from admin.pages.desk import said, seat
from admin.pages.members import SEE
from admin.pages.story import flight_of, moments
from admin.pages.words import masked, quantity
from campaigns.queries import messages_of
from loyalty.errors import UnknownPurchase
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.audit import record_audit
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.kernel.web.pages import render_page
from loyalty.queries import (
    MemberStory,
    PurchaseDetail,
    categories,
    consent_history,
    current_programme,
    explain_purchase,
    member_story,
    membership,
    purchase_detail,
    purchases_of,
    stores,
    tier_amount,
)
from loyalty.queries.amounts import Amounts
from loyalty.queries.merging import merged_into
from loyalty.queries.wallets import wallets_of
from loyalty.values import CardState, MemberId, PurchaseId, StoreId, VoucherState
from offers.queries import affinities_of, member_offers, offer_detail
from offers.values import OfferId

ROWS, MOST_MOMENTS, MOST_HABITS, MOST_MESSAGES = 25, 8, 5, 5
_CATEGORY = "category:"


@blueprint.get("/members/<member_id>")
@allow(staff(*SEE))
def member(member_id: str) -> Answer:
    """Show a member's whole story; a membership that was joined to another leads there."""
    with database().begin(actor=current_actor()) as tx:
        into = merged_into(tx, MemberId(member_id))
        if into is not None:
            text = gettext(language(), N_("That membership was joined to this one."))
            return said(text, "admin.member", kind="info", member_id=into)
        context = seat(tx, member_id, "story")
        story = member_story(tx, MemberId(member_id), keys=runtime().keys, language=language())
        wallets = wallets_of(tx, MemberId(member_id), language=language())
        context |= _story_facts(tx, story) | _habits(tx, MemberId(member_id))
    return render_page("admin/member.html", story=story, wallets=wallets, **context)


@blueprint.get("/members/<member_id>/purchases")
@allow(staff(*SEE))
def member_purchases(member_id: str) -> Response:
    """Show every purchase of a member, newest first."""
    after = request.args.get("after")
    with database().begin(actor=current_actor()) as tx:
        who = membership(tx, MemberId(member_id))
        page = purchases_of(tx, who.member_id, after=after, limit=ROWS)
        _note_reading(tx, member_id, "purchases")
    more = url_for("admin.member_purchases", member_id=member_id, after=page.after)
    newest = url_for("admin.member_purchases", member_id=member_id)
    return render_page(
        "admin/purchases.html",
        who=who,
        page=page,
        newest=newest if after else "",
        older=more if page.after else "",
    )


@blueprint.get("/members/<member_id>/purchases/<purchase_id>")
@allow(staff(*SEE))
def one_purchase(member_id: str, purchase_id: str) -> Response:
    """Show what was bought, what each offer took off, and what came back."""
    with database().begin(actor=current_actor()) as tx:
        who = membership(tx, MemberId(member_id))
        detail = purchase_detail(tx, PurchaseId(purchase_id))
        if detail.member_id != who.member_id:
            raise UnknownPurchase(PurchaseId(purchase_id))
        _note_reading(tx, member_id, purchase_id)
        names = _offer_names(tx, detail)
        told = explain_purchase(tx, detail.purchase.purchase_id, language=language())
    return render_page(
        "admin/purchase.html",
        who=who,
        detail=detail,
        offer_names=names,
        quantity=quantity,
        explained=told.staff if told is not None else (),
    )


def _note_reading(tx: Tx, member_id: str, part: str) -> None:
    """Write down who looked at which part of a member's story."""
    record_audit(tx, action="member.read", subject=member_id, details={"part": part})


def _story_facts(tx: Tx, story: MemberStory) -> dict[str, Any]:
    """Read what the page shows beside the story itself."""
    programme = current_programme(tx)
    amount = Amounts(programme, language())
    oldest = story.statement[-1].occurred_at if len(story.statement) > 1 else None
    usable = [one for one in story.vouchers if one.state is VoucherState.ISSUED]
    cards = sorted(story.cards, key=lambda one: one.state is not CardState.ACTIVE)
    return {
        "flight": flight_of(programme, story.tier, language()),
        "moments": moments(
            story.statement,
            story.tier_steps,
            consent_history(tx, story.member.member_id),
            programme=programme,
            language=language(),
            since=oldest,
            amount=amount,
        )[:MOST_MOMENTS],
        "tier_text": partial(tier_amount, programme, language=language()),
        "vouchers": usable,
        "cards": cards,
        "has_card": any(one.state is CardState.ACTIVE for one in cards),
        "store_name": _store_name(tx, story.member.home_store_id),
        "cares": may("admin.change_card", "POST"),
        "masked": masked,
    }


def _store_name(tx: Tx, store_id: StoreId | None) -> str:
    return next((one.name for one in stores(tx) if one.store_id == store_id), "")


def _habits(tx: Tx, member_id: MemberId) -> dict[str, Any]:
    """Read what she likes, what she is offered and what was written to her."""
    names = {one.category_id: one.name(language()) for one in categories(tx)}
    liked = [
        names[one.subject.removeprefix(_CATEGORY)]
        for one in affinities_of(tx, member_id)
        if one.subject.removeprefix(_CATEGORY) in names and one.subject.startswith(_CATEGORY)
    ]
    return {
        "habits": liked[:MOST_HABITS],
        "offers": member_offers(tx, member_id, language()),
        "messages": messages_of(tx, member_id, limit=MOST_MESSAGES).items,
    }


def _offer_names(tx: Tx, detail: PurchaseDetail) -> dict[str, str]:
    """Return the names of the offers that took something off."""
    ids = {share.offer_id for line in detail.lines for share in line.shares}
    return {one: offer_detail(tx, OfferId(one), language()).summary.name for one in sorted(ids)}
