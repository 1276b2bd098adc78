"""What a member may take away: the proof of her points, and everything that is kept of her."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.web.context import current_actor, database, runtime
from loyalty.pages.shopper import blueprint, self_in_hand
from loyalty.queries import member_proof
from loyalty.queries.export import member_export


@blueprint.get("/me/proof.json")
@allow(MEMBER)
def my_proof() -> Response:
    """Hand over her sealed movements; a short script of the documentation checks them."""
    with database().look(actor=current_actor()) as tx:
        member_id = self_in_hand(tx).member_id
        proof = member_proof(tx, member_id)
    return _handed_over(proof, f"palier-proof-{member_id}.json")


@blueprint.get("/me/export.json")
@allow(MEMBER)
def my_export() -> Response:
    """Hand over everything that is kept of her. Source: GDPR, articles 15 and 20."""
    with database().look(actor=current_actor()) as tx:
        member_id = self_in_hand(tx).member_id
        found = member_export(tx, member_id, keys=runtime().keys)
    return _handed_over(found, f"palier-{member_id}.json")


def _handed_over(found: dict[str, Any], name: str) -> Response:
    return Response(
        json.dumps(found, ensure_ascii=False, indent=1),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
