"""What is kept of a member: consents, her proof, an export to take away, and erasing it all."""

from __future__ import annotations

import json
from typing import Any

import marshmallow as ma
from flask import Response
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from admin.pages.desk import ask_once, checked, refused, said, seat
from admin.pages.members import CARE, ERASE
from admin.pages.story import PURPOSES
from loyalty.commands import erase_member
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.audit import record_audit
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_, Problem
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.kernel.web.pages import read_form, render_page
from loyalty.queries import (
    consent_history,
    current_programme,
    member_proof,
    membership,
    proof_standing,
)
from loyalty.queries.amounts import Amounts
from loyalty.queries.export import member_export
from loyalty.queries.wallets import wallets_of
from loyalty.values import Channel, MemberId

CHANNELS = {
    Channel.STORE: N_("in the shop"),
    Channel.POSTER: N_("at the poster"),
    Channel.WEB: N_("in the app"),
    Channel.IMPORT: N_("brought along"),
}


class EraseForm(ma.Schema):
    """Erasing a person."""

    sure = ma.fields.String(load_default="")


@blueprint.get("/members/<member_id>/data")
@allow(staff(*CARE))
def member_data(member_id: str) -> Response:
    """Show what a member allowed, word for word, and what can be taken away or erased."""
    with database().begin(actor=current_actor()) as tx:
        context = seat(tx, member_id, "data")
        answers = consent_history(tx, MemberId(member_id))
        proof = proof_standing(tx, MemberId(member_id))
    return render_page(
        "admin/data.html",
        answers=answers,
        proof=proof,
        purposes=PURPOSES,
        channels=CHANNELS,
        **context,
    )


@blueprint.get("/members/<member_id>/proof.json")
@allow(staff(*CARE))
def member_proof_file(member_id: str) -> Response:
    """Hand over the sealed movements of a member, to be checked without us."""
    with database().begin(actor=current_actor()) as tx:
        proof = member_proof(tx, membership(tx, MemberId(member_id)).member_id)
        record_audit(tx, action="member.read", subject=member_id, details={"part": "proof"})
    return handed_over(proof, f"palier-proof-{member_id}.json")


@blueprint.get("/members/<member_id>/export.json")
@allow(staff(*CARE))
def member_export_file(member_id: str) -> Response:
    """Hand over everything that is kept of a member, for her."""
    with database().begin(actor=current_actor()) as tx:
        found = member_export(tx, MemberId(member_id), keys=runtime().keys)
        record_audit(tx, action="member.export", subject=member_id, details={})
    return handed_over(found, f"palier-{member_id}.json")


@blueprint.post("/members/<member_id>/erasure")
@allow(staff(*ERASE))
def erase(member_id: str) -> Answer:
    """Erase a person: what names her is gone, her books stay whole; asks first."""
    wanted, form = checked(EraseForm()), read_form(EraseForm())
    try:
        with database().begin(actor=current_actor()) as tx:
            who = membership(tx, MemberId(member_id))
            if not wanted["sure"]:
                amount = Amounts(current_programme(tx), language())
                held = [
                    amount.with_worth(one.balance, one.wallet)
                    for one in wallets_of(tx, who.member_id, language=language())
                    if one.balance
                ]
                return _ask(who, held, form)
            erase_member(tx, member_id=who.member_id, reason="request")
    except Problem as problem:
        return refused(problem, "admin.member_data", member_id=member_id)
    text = gettext(language(), N_("The person is erased. The books stay whole, without her."))
    return said(text, "admin.members")


def handed_over(found: dict[str, Any], name: str) -> Response:
    """Return a document as a file to be kept."""
    return Response(
        json.dumps(found, ensure_ascii=False, indent=1),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _ask(who: Any, held: list[str], form: Any) -> Response:
    name = f"{who.given_name} {who.family_name}".strip()
    lost = N_("{amounts} are given up, and her unused vouchers with them.")
    sentences = [
        gettext(language(), N_("Name, address, number and birthday of {name} go."), name=name),
        gettext(language(), lost, amounts=", ".join(held)) if held else "",
        gettext(language(), N_("Her cards stop working. It cannot be undone.")),
    ]
    return ask_once(
        who.member_id,
        title=gettext(language(), N_("Erase {name} for good?"), name=name),
        sentences=[one for one in sentences if one],
        fields=form.typed,
        label=gettext(language(), N_("Yes, erase her")),
        back="admin.member_data",
        danger=True,
    )
