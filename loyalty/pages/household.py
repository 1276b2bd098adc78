"""The household of a member, as she sees it: who shares it, and what is there together."""

from __future__ import annotations

from flask import Response

from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.pages import render_page
from loyalty.pages.shopper import blueprint, member_in_hand
from loyalty.queries import current_programme
from loyalty.queries.amounts import Amounts
from loyalty.queries.pools import pool_story


@blueprint.get("/household")
@allow(MEMBER)
def household() -> Response:
    """Show with whom she collects; opening and joining one is done at the desk."""
    with database().look(actor=current_actor()) as tx:
        member = member_in_hand(tx)
        programme = current_programme(tx)
        return render_page(
            "loyalty/household.html",
            member=member,
            pool=pool_story(tx, member.member_id),
            amount=Amounts(programme, language()),
            leaving=programme.household.exit.value,
        )
