"""``/api/v1/me/challenges``: how far the signed-in member is."""

from __future__ import annotations

from typing import Any

from loyalty.api.my_books import herself
from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.problems import NotSignedIn
from loyalty.kernel.web.api import api_blueprint, refuses
from loyalty.kernel.web.context import current_actor, database
from loyalty.queries.challenges import badges_of, challenges_of
from loyalty.schemas.challenges import ChallengesOut

blueprint = api_blueprint(
    "my-challenges", prefix="/me/challenges", description="Challenges and badges of one member."
)


@blueprint.route("", methods=["GET"])
@allow(MEMBER)
@blueprint.response(200, ChallengesOut)
@refuses(blueprint, NotSignedIn)
def list_challenges() -> dict[str, Any]:
    """List the challenges that run, your progress, and your badges."""
    with database().look(actor=current_actor()) as tx:
        member = herself(tx)
        return {
            "items": challenges_of(tx, member.member_id, member.language),
            "badges": badges_of(tx, member.member_id),
        }
