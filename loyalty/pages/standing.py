"""A member's level: where she stands, what keeps her there, what it gives, how she came there."""

from __future__ import annotations

from flask import Response

from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.problems import N_
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.pages import render_page
from loyalty.pages.shopper import blueprint, member_in_hand
from loyalty.pages.stairs import stairs_of
from loyalty.queries import current_programme, tier_amount, tier_progress, tier_steps

CAUSES = {
    "purchase": N_("with a purchase"),
    "return": N_("after a return"),
    "review": N_("at the review"),
    "assigned": N_("given by us"),
    "opening": N_("brought along from before"),
    "merge": N_("when two memberships became one"),
    "unmerge": N_("when two memberships were parted"),
}
"""What changed her level, by the word before the colon of its cause."""


@blueprint.get("/level")
@allow(MEMBER)
def level() -> Response:
    """Show the stairs, what is missing, what is sure until when, and every step so far."""
    with database().look(actor=current_actor()) as tx:
        member = member_in_hand(tx)
        programme = current_programme(tx)
        tier = tier_progress(tx, member.member_id)
        steps = tier_steps(tx, member.member_id)
    return render_page(
        "loyalty/level.html",
        programme=programme,
        tier=tier,
        stairs=stairs_of(programme, tier, language()),
        counted=tier_amount(programme, tier.spend_minor, language()),
        steps=steps,
        causes=CAUSES,
    )
