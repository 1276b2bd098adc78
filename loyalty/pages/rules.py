"""The programme's rules in plain words: a page for who wants more than the one line."""

from __future__ import annotations

from flask import Response

from loyalty.kernel.access.principals import allow
from loyalty.kernel.web.context import database, language
from loyalty.kernel.web.pages import render_page
from loyalty.pages.rule_words import rules_in_force
from loyalty.pages.shopper import MAYBE_MEMBER, blueprint, member_here


@blueprint.get("/rules")
@allow(MAYBE_MEMBER)
def rules() -> Response:
    """Show the rules in force."""
    here = member_here()
    with database().look() as tx:
        shown = rules_in_force(tx, language())
    return render_page("loyalty/rules.html", rules=shown, here=here)
