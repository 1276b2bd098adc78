"""The history of a member's points: every movement, with what each rule gave."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import marshmallow as ma
from flask import Response, current_app, request, url_for

from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.fields import Whole
from loyalty.kernel.web.pages import render_page
from loyalty.pages.grouping import by_month
from loyalty.pages.lasting import last_usable_day, next_lapse
from loyalty.pages.shopper import blueprint, member_in_hand
from loyalty.programme import Programme
from loyalty.queries import Balance, balance, current_programme, statement
from loyalty.queries.ledger import Wanted
from loyalty.queries.lot_days import lots_by_day
from loyalty.queries.surveys import open_surveys
from loyalty.queries.visits import visits
from loyalty.queries.wallets import WalletView, wallets_of
from loyalty.saying import is_plain, quantity_text
from loyalty.values import MemberId

LINES_A_PAGE = 30


class WhichPage(ma.Schema):
    """Which part of the history is wanted: what lies before this line."""

    before = Whole(at_least=1, from_text=True, load_default=None, allow_none=True)
    wallet = ma.fields.String(load_default="")

    class Meta:
        unknown = ma.EXCLUDE


@blueprint.get("/points")
@allow(MEMBER)
def points() -> Response:
    """Show what a wallet holds, what ends when, and one page of its history, newest first.

    An unreadable page number shows the first page, an unknown wallet the default one.
    """
    asked = _asked()
    before = asked["before"]
    with database().look(actor=current_actor()) as tx:
        member = member_in_hand(tx)
        programme = current_programme(tx)
        surveyed = bool(open_surveys(tx, member.member_id))
        context = _wallet(tx, programme, member.member_id, asked["wallet"])
        unit = context["unit"]
        page = statement(
            tx,
            member.member_id,
            language=language(),
            before=before,
            limit=LINES_A_PAGE,
            wanted=Wanted(unit),
        )
        bought = visits(
            tx, member.member_id, [one.purchase_id for one in page.items if one.purchase_id]
        )
    return render_page(
        "loyalty/points.html",
        months=by_month(page.items, local_day=programme.local_day),
        visits=bought,
        older=page.after,
        claims_at=_claims_at(),
        has_challenges=bool(programme.challenges),
        surveyed=surveyed,
        before=before,
        has_stairs=len(programme.tiers.levels) > 1,
        last_usable_day=last_usable_day,
        **context,
    )


def _wallet(tx: Tx, programme: Programme, member_id: MemberId, asked: str) -> dict[str, Any]:
    """Read what the wallet in hand holds, what is on its way, and what ends when."""
    wallets = wallets_of(tx, member_id, language=language())
    shown = next((one for one in wallets if one.wallet == asked), None)
    unit = shown.wallet if shown else programme.main_unit
    held = _held(shown) if shown else balance(tx, member_id)
    today = programme.local_day(tx.now)
    return {
        "wallets": wallets,
        "unit": unit,
        "held": held,
        "pending": shown.pending if shown else next((one.pending for one in wallets), 0),
        "lapse": next_lapse(programme, held, today=today, language=language(), wallet=unit),
        "days": lots_by_day(tx, member_id, unit),
        "amount": _amount(programme, unit),
        "inclusive": (programme.wallets.get(unit) or programme.points).last_day_usable,
    }


CLAIMS = "claims_app.mine"
"""Where purchases without the card are claimed, in an application that has tills."""


def _claims_at() -> str:
    return url_for(CLAIMS) if CLAIMS in current_app.view_functions else ""


def _asked() -> dict[str, Any]:
    try:
        wanted: dict[str, Any] = WhichPage().load(request.args.to_dict())
    except ma.ValidationError:
        return {"before": None, "wallet": ""}
    return wanted


def _held(view: WalletView) -> Balance:
    """Return what a wallet holds in the words of the default one."""
    return Balance(
        balance=view.balance,
        available=view.available,
        held=view.held,
        lapsing_points=view.lapsing,
        lapsing_on=view.lapsing_on,
        value_minor=view.value_minor or 0,
    )


def _amount(programme: Programme, unit: str) -> Callable[[int], str] | None:
    """Return how amounts of a wallet are said; ``None``: they are simply points."""
    if is_plain(programme) and unit == programme.main_unit:
        return None
    return partial(quantity_text, programme, language(), wallet=unit)
