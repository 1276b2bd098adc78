"""What every page about one member shares: who she is, the tabs, and how her amounts are said."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import may
from loyalty.kernel.audit import record_audit
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import N_, InvalidInput, Problem
from loyalty.kernel.signing import random_token
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, language, principal
from loyalty.kernel.web.pages import read_form, render_page
from loyalty.queries import Membership, Programme, current_programme, membership, tier_progress
from loyalty.queries.amounts import Amounts
from loyalty.values import MemberId, MemberState

SEE_OTHER = 303
ONCE = ma.validate.Regexp(r"^[A-Za-z0-9_-]{16,64}\Z")
"""A random text of the page: sending the same form twice does it once."""
TABS = (
    ("admin.member", N_("Story")),
    ("admin.member_points", N_("Points")),
    ("admin.member_movements", N_("Movements")),
    ("admin.member_level", N_("Level")),
    ("admin.member_rewards", N_("Rewards and vouchers")),
    ("admin.member_household", N_("Household and merging")),
    ("admin.member_data", N_("Data")),
)
"""The pages about a member, in the order in which they are needed at a desk."""


def seat(tx: Tx, member_id: str, here: str) -> dict[str, Any]:
    """Read what every page about a member shows, and write down that somebody looked.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
    """
    who, programme = membership(tx, MemberId(member_id)), current_programme(tx)
    record_audit(tx, action="member.read", subject=member_id, details={"part": here})
    return around(tx, who, programme, here)


def around(tx: Tx, who: Membership, programme: Programme, here: str) -> dict[str, Any]:
    """Return the frame of a member's page: heading, tabs, amounts, a fresh ``once``."""
    joined = who.state is MemberState.MERGED
    level = "" if joined else tier_progress(tx, who.member_id).level
    return {
        "who": who,
        "programme": programme,
        "level": level,
        "amount": Amounts(programme, language()),
        "tabs": [
            (gettext(language(), label), url_for(endpoint, member_id=who.member_id), here == name)
            for endpoint, label in TABS
            if may(endpoint)
            for name in [endpoint.removeprefix("admin.member").lstrip("_") or "story"]
        ],
        "once": random_token(18),
    }


def full_name(who: Membership) -> str:
    """Return a member's whole name, for sentences."""
    return f"{who.given_name} {who.family_name}".strip()


def checked(schema: ma.Schema) -> dict[str, Any]:
    """Return the fields of a form that only buttons and choices send.

    Raises:
        InvalidInput: somebody else has written it.
    """
    form = read_form(schema)
    if not form.ok:
        raise InvalidInput(form.errors)
    return form.values


def ask_once(
    member_id: str,
    *,
    title: str,
    sentences: list[str],
    fields: dict[str, Any],
    label: str,
    back: str,
    danger: bool = False,
) -> Response:
    """Say what is about to happen and ask; ``fields`` come back with ``sure`` beside them."""
    return render_page(
        "admin/confirm.html",
        member_id=member_id,
        title=title,
        sentences=sentences,
        fields={key: value for key, value in fields.items() if value not in {None, ""}},
        label=label,
        back=url_for(back, member_id=member_id),
        danger=danger,
    )


def said(sentence: str, endpoint: str, *, kind: str = "good", **where: Any) -> Answer:
    """Go to a page, which says what was done."""
    flash(sentence, kind)
    return redirect(url_for(endpoint, **where), SEE_OTHER)


def refused(problem: Problem, endpoint: str, **where: Any) -> Answer:
    """Go back to a page, which says why nothing was done."""
    return said(problem_text(language(), problem)[1], endpoint, kind="warn", **where)


def source_of(once: str) -> str:
    """Return the name of what a form asks for: the same form again does nothing twice."""
    return f"{current_actor()}:{once}"


def role_of_caller() -> str:
    """Return the role by which the programme's limits go."""
    role = principal().role
    return role.value if role is not None else ""
