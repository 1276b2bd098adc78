"""Adjustments that wait for a second person: approved or refused, never by who asked."""

from __future__ import annotations

import marshmallow as ma
from flask import Response
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from admin.pages.desk import checked, refused, role_of_caller, said
from admin.pages.finding import names_of
from admin.pages.members import CARE, HANDS
from admin.queries import actor_names
from loyalty.commands import decide_adjustment
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_, Problem
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.pages import render_page
from loyalty.queries import adjustments_waiting, current_programme
from loyalty.queries.amounts import Amounts
from loyalty.values import AdjustmentId, MemberId

MOST = 100


class DecisionForm(ma.Schema):
    """A second person's answer."""

    decision = ma.fields.String(required=True, validate=ma.validate.OneOf(("approve", "refuse")))


@blueprint.get("/adjustments")
@allow(staff(*CARE))
def approvals() -> Response:
    """Show what waits for somebody else's decision, the oldest first."""
    with database().look() as tx:
        waiting = adjustments_waiting(tx, limit=MOST)
        return render_page(
            "admin/approvals.html",
            waiting=waiting,
            names=actor_names(tx, {one.requested_by for one in waiting}),
            people=names_of(tx, [one.member_id for one in waiting]),
            amount=Amounts(current_programme(tx), language()),
            own=current_actor(),
            most=MOST,
        )


@blueprint.post("/adjustments/<member_id>/<adjustment_id>")
@allow(staff(*HANDS))
def decide(member_id: str, adjustment_id: str) -> Answer:
    """Post a proposed adjustment, or refuse it."""
    approve = checked(DecisionForm())["decision"] == "approve"
    try:
        with database().begin(actor=current_actor()) as tx:
            done = decide_adjustment(
                tx,
                member_id=MemberId(member_id),
                adjustment_id=AdjustmentId(adjustment_id),
                approve=approve,
                actor=current_actor(),
                role=role_of_caller(),
            )
            amount = Amounts(current_programme(tx), language())
    except Problem as problem:
        return refused(problem, "admin.approvals")
    sentence = N_("Approved: the balance is {amount} now.") if approve else N_("Refused.")
    return said(
        gettext(language(), sentence, amount=amount(done.balance, done.wallet)), "admin.approvals"
    )
