"""Members: find one by name, card, address or number."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.kernel.web.context import database, runtime
from loyalty.kernel.web.pages import render_page
from loyalty.queries import MemberRow, code_ok, current_programme, find_members

CARE = (Role.SUPPORT, Role.STORE_MANAGER, Role.ADMIN, Role.DPO)
"""Who looks after members: they see how to reach them, and may stop a card."""
SEE = (*CARE, Role.MARKETER, Role.AUDITOR)
HANDS = (Role.SUPPORT, Role.STORE_MANAGER, Role.ADMIN)
"""Who gives, takes and moves points, vouchers and rewards."""
DEEP = (Role.SUPPORT, Role.ADMIN)
"""Who joins memberships, and gives a level by hand."""
ERASE = (Role.DPO, Role.ADMIN)
"""Who erases a person."""
LONGEST_SEARCH, ROWS = 120, 25
_SEE_OTHER = 303


@blueprint.get("/members")
@allow(staff(*SEE))
def members() -> Answer:
    """Find members; a card, an address or a number that is one member's opens her page."""
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    after = request.args.get("after")
    with database().look() as tx:
        page = _found(tx, text, after)
        programme = current_programme(tx)
    if _is_key(text) and len(page.items) == 1:
        only = page.items[0].member_id
        return redirect(url_for("admin.member", member_id=only), _SEE_OTHER)
    return render_page(
        "admin/members.html",
        text=text,
        page=page,
        newest=url_for("admin.members", q=text) if after else "",
        older=url_for("admin.members", q=text, after=page.after) if page.after else "",
        programme=programme,
    )


def _found(tx: Tx, text: str, after: str | None) -> Page[MemberRow]:
    if not text:
        return Page(())
    return find_members(tx, text, keys=runtime().keys, after=after, limit=ROWS)


def _is_key(text: str) -> bool:
    """Tell whether this is a card, an address or a number: a name is none of them."""
    return "@" in text or any(letter.isdigit() for letter in text) or code_ok(text)
