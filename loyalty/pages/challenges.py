"""A member's challenges: how far she is, what comes next, and her badges."""

from __future__ import annotations

from flask import Response

from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.i18n import format_money
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.pages import render_page
from loyalty.pages.shopper import blueprint, member_in_hand
from loyalty.queries import current_programme
from loyalty.queries.challenges import ChallengeProgress, badges_of, challenges_of
from loyalty.saying import quantity_text


@blueprint.get("/challenges")
@allow(MEMBER)
def challenges() -> Response:
    """Show what runs today, and the badges that she holds."""
    with database().look(actor=current_actor()) as tx:
        member = member_in_hand(tx)
        running = challenges_of(tx, member.member_id, language())
        shown = [(one, *_said(tx, one)) for one in running]
        badges = badges_of(tx, member.member_id)
    return render_page("loyalty/challenges.html", shown=shown, badges=badges)


def _said(tx: Tx, one: ChallengeProgress) -> tuple[str, str]:
    """Return how far she is, and what it gives, as people read it."""
    programme = current_programme(tx)
    if one.is_money:
        amounts = [format_money(language(), n, programme.currency) for n in (one.value, one.target)]
    else:
        amounts = [str(one.value), str(one.target)]
    gives = quantity_text(programme, language(), one.points, one.wallet) if one.points else ""
    return " / ".join(amounts), gives
