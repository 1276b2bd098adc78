"""A member's wallets and lots; points that staff give, take or pass on to somebody else."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response
from werkzeug.wrappers import Response as Answer

from admin.pages.asking import asked_choice
from admin.pages.blueprint import blueprint
from admin.pages.desk import (
    ONCE,
    around,
    ask_once,
    full_name,
    refused,
    role_of_caller,
    said,
    seat,
    source_of,
)
from admin.pages.finding import found_member, names_of
from admin.pages.members import HANDS, SEE
from admin.queries import actor_names
from loyalty.commands import adjust_points, transfer_points
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_, Problem
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.fields import LocalDay, TextLine
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, refused_form, render_page
from loyalty.queries import (
    Membership,
    Programme,
    adjustments_of,
    current_programme,
    membership,
)
from loyalty.queries.amounts import Amounts, grains_of
from loyalty.queries.lot_days import lots_by_day
from loyalty.queries.transfers import transfers_of
from loyalty.queries.wallets import wallets_of
from loyalty.values import AdjustmentState, MemberId

MOST_ADJUSTMENTS = 10
LONGEST_REASON = 200
_EMPTY = {"required": N_("This cannot be empty."), "empty": N_("This cannot be empty.")}


class AmountForm(ma.Schema):
    """So much of a wallet."""

    wallet = ma.fields.String(load_default="", validate=ma.validate.Length(max=40))
    amount = TextLine(longest=20, required=True, error_messages=_EMPTY)
    once = ma.fields.String(required=True, validate=ONCE)
    sure = ma.fields.String(load_default="")


class AdjustmentForm(AmountForm):
    """Points that staff give or take, and why."""

    direction = ma.fields.String(required=True, validate=ma.validate.OneOf(("give", "take")))
    reason = TextLine(longest=LONGEST_REASON, required=True, error_messages=_EMPTY)
    expires_on = LocalDay(load_default=None, allow_none=True)

    @ma.pre_load
    def no_day(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take an empty day for none."""
        return {key: value for key, value in data.items() if key != "expires_on" or value}


class TransferForm(AmountForm):
    """Points for somebody else."""

    to = TextLine(longest=120, required=True, error_messages=_EMPTY)
    reason = TextLine(longest=LONGEST_REASON, may_be_empty=True, load_default="")


@blueprint.get("/members/<member_id>/points")
@allow(staff(*SEE))
def member_points(member_id: str) -> Response:
    """Show a member's wallets, what lapses when, and what was corrected or passed on."""
    with database().begin(actor=current_actor()) as tx:
        context = seat(tx, member_id, "points")
        return _page(tx, context)


@blueprint.post("/members/<member_id>/adjustments")
@allow(staff(*HANDS))
def adjust(member_id: str) -> Answer:
    """Give points or take some; asks first, and above the limit a colleague decides."""
    form = read_form(AdjustmentForm())
    with database().begin(actor=current_actor()) as tx:
        who, programme = membership(tx, MemberId(member_id)), current_programme(tx)
        form, grains = _with_amount(programme, form)
        if not form.ok:
            return _page(tx, around(tx, who, programme, "points"), adjusting=form)
        wanted = form.values
        signed = grains if wanted["direction"] == "give" else -grains
    if not wanted["sure"]:
        return _ask_adjusting(programme, who, form, signed)
    try:
        with database().begin(actor=current_actor()) as tx:
            done = adjust_points(
                tx,
                member_id=who.member_id,
                points=signed,
                wallet=wanted["wallet"],
                reason=wanted["reason"],
                expires_on=wanted["expires_on"],
                source=source_of(wanted["once"]),
                actor=current_actor(),
                role=role_of_caller(),
            )
    except Problem as problem:
        return refused(problem, "admin.member_points", member_id=member_id)
    sentence = N_("Written down. The balance is {amount} now.")
    if done.state is AdjustmentState.PROPOSED:
        sentence = N_("A colleague decides now: the balance is still {amount}.")
    balance = Amounts(programme, language())(done.balance, done.wallet)
    text = gettext(language(), sentence, amount=balance)
    return said(text, "admin.member_points", member_id=member_id)


@blueprint.post("/members/<member_id>/transfers")
@allow(staff(*HANDS))
def transfer(member_id: str) -> Answer:
    """Pass points of a member on to another; asks first."""
    form = read_form(TransferForm())
    with database().begin(actor=current_actor()) as tx:
        who, programme = membership(tx, MemberId(member_id)), current_programme(tx)
        form, grains = _with_amount(programme, form)
        other = found_member(tx, form.values["to"]) if form.ok else None
        if form.ok and (other is None or other.member_id == who.member_id):
            form = refused_form(form, "to", gettext(language(), _NOBODY))
        if not form.ok:
            return _page(tx, around(tx, who, programme, "points"), passing=form)
        assert other is not None, "the form would have been refused"
    wanted = form.values
    if not wanted["sure"]:
        return _ask_passing(programme, who, other, form, grains)
    try:
        with database().begin(actor=current_actor()) as tx:
            done = transfer_points(
                tx,
                member_id=who.member_id,
                to_member_id=other.member_id,
                points=grains,
                wallet=wanted["wallet"],
                reason=wanted["reason"],
                source=source_of(wanted["once"]),
            )
    except Problem as problem:
        return refused(problem, "admin.member_points", member_id=member_id)
    amount = Amounts(programme, language())
    text = gettext(
        language(),
        N_("{amount} went to {name}. {left} are left here."),
        amount=amount(grains, done.wallet),
        name=full_name(other),
        left=amount(done.balance, done.wallet),
    )
    return said(text, "admin.member_points", member_id=member_id)


_NOBODY = N_("Nobody else is found by this: scan the card, or type the whole address or number.")


def _page(
    tx: Tx, context: dict[str, Any], *, adjusting: Form = EMPTY_FORM, passing: Form = EMPTY_FORM
) -> Response:
    """Render the page; a form that was refused comes back with what was typed."""
    who, programme = context["who"], context["programme"]
    wallets = wallets_of(tx, who.member_id, language=language())
    shown = asked_choice("wallet", [one.wallet for one in wallets] or [""])
    adjustments = adjustments_of(tx, who.member_id)[:MOST_ADJUSTMENTS]
    transfers = transfers_of(tx, who.member_id, limit=MOST_ADJUSTMENTS)
    return render_page(
        "admin/points.html",
        status=200 if adjusting.ok and passing.ok else 422,
        wallets=wallets,
        shown=shown,
        days=lots_by_day(tx, who.member_id, shown) if wallets else (),
        adjustments=adjustments,
        names=actor_names(tx, {one.requested_by for one in adjustments}),
        transfers=transfers,
        people=names_of(tx, [one.other_id for one in transfers]),
        limits=programme.adjustments.roles.get(role_of_caller()),
        adjusting=adjusting,
        passing=passing,
        **context,
    )


def _with_amount(programme: Programme, form: Form) -> tuple[Form, int]:
    """Return the form and the grains that were typed; the form is refused when they are none."""
    if not form.ok:
        return form, 0
    rule = programme.wallets.get(form.values["wallet"], programme.points)
    grains = grains_of(form.values["amount"], rule)
    if grains is None or grains <= 0:
        sentence = gettext(language(), N_("Give an amount above 0, such as 250."))
        return refused_form(form, "amount", sentence), 0
    return form, grains


def _ask_adjusting(programme: Programme, who: Membership, form: Form, signed: int) -> Response:
    """Say what a correction would do, in points and money."""
    amount, wanted = Amounts(programme, language()), form.values
    gets = N_("{name} gets {amount}.") if signed > 0 else N_("{amount} are taken from {name}.")
    told = amount.with_worth(abs(signed), wanted["wallet"])
    sentences = [
        gettext(language(), gets, name=full_name(who), amount=told),
        gettext(language(), N_("She reads: “{reason}”."), reason=wanted["reason"]),
    ]
    above = programme.adjustments.four_eyes_above
    if above is not None and abs(signed) > above:
        sentences.append(
            gettext(
                language(), N_("It is above {limit}: a colleague decides."), limit=amount(above)
            )
        )
    title = N_("Give these points?") if signed > 0 else N_("Take these points?")
    return ask_once(
        who.member_id,
        title=gettext(language(), title),
        sentences=sentences,
        fields=form.typed,
        label=gettext(language(), N_("Yes, write it down")),
        back="admin.member_points",
        danger=signed < 0,
    )


def _ask_passing(
    programme: Programme, who: Membership, other: Membership, form: Form, grains: int
) -> Response:
    """Say what passing points on would do."""
    amount, wanted = Amounts(programme, language()), form.values
    first = gettext(
        language(),
        N_("{amount} go from {name} to {other}."),
        amount=amount.with_worth(grains, wanted["wallet"]),
        name=full_name(who),
        other=full_name(other),
    )
    second = N_("They lapse on the days on which they would have. Only {other} can give them back.")
    return ask_once(
        who.member_id,
        title=gettext(language(), N_("Pass these points on?")),
        sentences=[first, gettext(language(), second, other=full_name(other))],
        fields=form.typed,
        label=gettext(language(), N_("Yes, pass them on")),
        back="admin.member_points",
        danger=True,
    )
