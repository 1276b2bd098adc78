"""The history of a member's points: every movement, with what each rule gave."""

from __future__ import annotations

from functools import partial

import marshmallow as ma
from flask import Response, current_app, request, url_for

from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.fields import Whole
from loyalty.kernel.web.pages import render_page
from loyalty.pages.grouping import by_month
from loyalty.pages.lasting import next_lapse
from loyalty.pages.shopper import blueprint, member_in_hand
from loyalty.queries import balance, current_programme, statement
from loyalty.queries.visits import visits
from loyalty.saying import is_plain, quantity_text

LINES_A_PAGE = 30


class WhichPage(ma.Schema):
    """Which part of the history is wanted: what lies before this line."""

    before = Whole(at_least=1, from_text=True, load_default=None, allow_none=True)

    class Meta:
        unknown = ma.EXCLUDE


@blueprint.get("/points")
@allow(MEMBER)
def points() -> Response:
    """Show one page of the history, newest first; an unreadable page number shows the first."""
    before = _before()
    with database().look(actor=current_actor()) as tx:
        member = member_in_hand(tx)
        programme = current_programme(tx)
        held = balance(tx, member.member_id)
        today = programme.local_day(tx.now)
        lapse = next_lapse(programme, held, today=today, language=language())
        page = statement(
            tx, member.member_id, language=language(), before=before, limit=LINES_A_PAGE
        )
        bought = visits(
            tx, member.member_id, [one.purchase_id for one in page.items if one.purchase_id]
        )
    return render_page(
        "loyalty/points.html",
        months=by_month(page.items, local_day=programme.local_day),
        held=held,
        lapse=lapse,
        visits=bought,
        older=page.after,
        claims_at=_claims_at(),
        before=before,
        amount=None if is_plain(programme) else partial(quantity_text, programme, language()),
    )


CLAIMS = "claims_app.mine"
"""Where purchases without the card are claimed, in an application that has tills."""


def _claims_at() -> str:
    return url_for(CLAIMS) if CLAIMS in current_app.view_functions else ""


def _before() -> int | None:
    try:
        wanted: int | None = WhichPage().load(request.args.to_dict())["before"]
    except ma.ValidationError:
        return None
    return wanted
