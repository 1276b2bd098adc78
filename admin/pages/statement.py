"""Every movement in a member's wallets, narrowed by wallet, kind and day; looking is recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, request, url_for

from admin.pages.asking import asked_choice, asked_number
from admin.pages.blueprint import blueprint
from admin.pages.desk import seat
from admin.pages.members import SEE
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.problems import N_
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.pages import render_page
from loyalty.queries import programme_versions, statement
from loyalty.queries.ledger import KIND_GROUPS, Wanted
from loyalty.queries.wallets import wallets_of
from loyalty.values import MemberId

ROWS = 25
GROUPS = {
    "": N_("everything"),
    "earned": N_("earned"),
    "spent": N_("spent"),
    "returned": N_("returned and undone"),
    "lapsed": N_("lapsed"),
    "corrected": N_("corrections"),
    "moved": N_("passed on and joined"),
}
"""What a reader looks for, in words."""


@blueprint.get("/members/<member_id>/movements")
@allow(staff(*SEE))
def member_movements(member_id: str) -> Response:
    """Show the movements of one wallet, newest first, each with its reasons."""
    before = asked_number("before")
    first_on, last_on = _asked_day("first_on"), _asked_day("last_on")
    with database().begin(actor=current_actor()) as tx:
        context = seat(tx, member_id, "movements")
        wallets = wallets_of(tx, MemberId(member_id), language=language())
        wallet = asked_choice("wallet", [one.wallet for one in wallets] or [""])
        group = asked_choice("kind", list(GROUPS))
        page = statement(
            tx,
            MemberId(member_id),
            language=language(),
            before=before,
            limit=ROWS,
            wanted=Wanted(wallet, KIND_GROUPS.get(group, ()), first_on, last_on),
        )
        numbers = {one.version_id: one.number for one in programme_versions(tx)}
    asked = {
        "wallet": request.args.get("wallet", ""),
        "kind": group,
        "first_on": first_on.isoformat() if first_on else "",
        "last_on": last_on.isoformat() if last_on else "",
    }
    kept = {key: value for key, value in asked.items() if value}
    here: dict[str, Any] = {"member_id": member_id, **kept}
    return render_page(
        "admin/movements.html",
        page=page,
        wallets=wallets,
        wallet=wallet,
        asked=asked,
        narrowed=bool(kept.keys() - {"wallet"}),
        groups=GROUPS,
        numbers=numbers,
        newest=url_for("admin.member_movements", **here) if before else "",
        older=url_for("admin.member_movements", before=page.after, **here) if page.after else "",
        **context,
    )


def _asked_day(name: str) -> date | None:
    """Return the day that the address names; ``None`` when it names none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
