"""Members who collect together, and memberships that are one person's: joined, parted, undone."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, request
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from admin.pages.desk import ONCE, ask_once, checked, full_name, refused, said, seat, source_of
from admin.pages.finding import found_member, names_of
from admin.pages.members import CARE, DEEP, HANDS
from loyalty.commands import (
    draw_points,
    form_pool,
    join_pool,
    leave_pool,
    merge_members,
    pool_points,
    unmerge_members,
)
from loyalty.errors import NotMerged
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_, Problem
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.pages import read_form, render_page
from loyalty.queries import current_programme, membership, pool_of
from loyalty.queries.amounts import Amounts, grains_of
from loyalty.queries.merging import merge_preview, merges_of
from loyalty.queries.pools import pool_story
from loyalty.values import MemberId, MergeId

LONGEST_SEARCH = 120
HINDERS = {
    "same": N_("This is the same membership."),
    "state": N_("One of the two is blocked, or was joined before."),
    "held": N_("Points of one of them are set aside: hand over or set free what is open first."),
}


class PoolForm(ma.Schema):
    """Somebody who joins a household, or a button that opens one."""

    who = ma.fields.String(load_default="", validate=ma.validate.Length(max=LONGEST_SEARCH))
    once = ma.fields.String(required=True, validate=ONCE)


class MoveForm(ma.Schema):
    """Points into the household, or out of it."""

    direction = ma.fields.String(required=True, validate=ma.validate.OneOf(("in", "out")))
    amount = ma.fields.String(load_default="", validate=ma.validate.Length(max=20))
    wallet = ma.fields.String(load_default="", validate=ma.validate.Length(max=40))
    once = ma.fields.String(required=True, validate=ONCE)


class LeaveForm(ma.Schema):
    """Leaving a household."""

    once = ma.fields.String(required=True, validate=ONCE)
    sure = ma.fields.String(load_default="")


class MergeForm(ma.Schema):
    """The membership that becomes part of this one."""

    other = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=40))
    once = ma.fields.String(required=True, validate=ONCE)


class UndoForm(ma.Schema):
    """Undoing a merge."""

    sure = ma.fields.String(load_default="")


@blueprint.get("/members/<member_id>/household")
@allow(staff(*CARE))
def member_household(member_id: str) -> Response:
    """Show who collects with a member; with ``other``, what joining two memberships would move."""
    text = request.args.get("other", "").strip()[:LONGEST_SEARCH]
    with database().begin(actor=current_actor()) as tx:
        context = seat(tx, member_id, "household")
        who = context["who"].member_id
        other = found_member(tx, text) if text else None
        preview = merge_preview(tx, survivor_id=who, other_id=other.member_id) if other else None
        merges = merges_of(tx, who)
        return render_page(
            "admin/household.html",
            pool=pool_story(tx, who),
            preview=preview,
            hinders=HINDERS,
            asked=text,
            merges=merges,
            people=names_of(tx, [one for row in merges for one in (row.survivor_id, row.other_id)]),
            **context,
        )


@blueprint.post("/members/<member_id>/household")
@allow(staff(*HANDS))
def share_household(member_id: str) -> Answer:
    """Open a household for a member, or let somebody else join hers."""
    wanted, who = checked(PoolForm()), MemberId(member_id)
    done = gettext(language(), N_("The household is open. Who joins?"))
    try:
        with database().begin(actor=current_actor()) as tx:
            pool_id = pool_of(tx, who)
            if pool_id is None:
                source = source_of(wanted["once"])
                pool_id = form_pool(tx, owner_id=who, source=source).pool_id
            if wanted["who"]:
                other = found_member(tx, wanted["who"])
                if other is None:
                    nobody = gettext(language(), N_("Nobody is found by this."))
                    return said(nobody, "admin.member_household", kind="warn", member_id=member_id)
                join_pool(tx, pool_id=pool_id, member_id=other.member_id)
                done = gettext(language(), N_("{name} has joined."), name=full_name(other))
    except Problem as problem:
        return refused(problem, "admin.member_household", member_id=member_id)
    return said(done, "admin.member_household", member_id=member_id)


@blueprint.post("/members/<member_id>/household/moves")
@allow(staff(*HANDS))
def move_points(member_id: str) -> Answer:
    """Move points of a member into her household, or out of it; an empty amount is all."""
    wanted = checked(MoveForm())
    move = pool_points if wanted["direction"] == "in" else draw_points
    try:
        with database().begin(actor=current_actor()) as tx:
            amount = Amounts(current_programme(tx), language())
            rule = amount.rule(wanted["wallet"])
            points = grains_of(wanted["amount"], rule) if wanted["amount"].strip() else None
            if wanted["amount"].strip() and (points is None or points <= 0):
                wrong = gettext(language(), N_("Give an amount above 0, such as 250."))
                return said(wrong, "admin.member_household", kind="warn", member_id=member_id)
            done = move(
                tx,
                member_id=MemberId(member_id),
                points=points,
                wallet=wanted["wallet"],
                source=source_of(wanted["once"]),
            )
    except Problem as problem:
        return refused(problem, "admin.member_household", member_id=member_id)
    text = gettext(language(), N_("{amount} moved."), amount=amount(done.points, done.wallet))
    return said(text, "admin.member_household", member_id=member_id)


@blueprint.post("/members/<member_id>/household/leave")
@allow(staff(*HANDS))
def leave_household(member_id: str) -> Answer:
    """Take a member out of her household; asks first."""
    wanted, form = checked(LeaveForm()), read_form(LeaveForm())
    try:
        with database().begin(actor=current_actor()) as tx:
            who, programme = membership(tx, MemberId(member_id)), current_programme(tx)
            if not wanted["sure"]:
                return _ask_leaving(who, programme.household.exit, form)
            left = leave_pool(tx, member_id=who.member_id, source=source_of(wanted["once"]))
    except Problem as problem:
        return refused(problem, "admin.member_household", member_id=member_id)
    amount = Amounts(programme, language())
    taken = ", ".join(amount(points, wallet) for wallet, points in left.points.items())
    text = gettext(language(), N_("She has left, and took along: {taken}."), taken=taken or "–")
    return said(text, "admin.member_household", member_id=member_id)


@blueprint.post("/members/<member_id>/merges")
@allow(staff(*DEEP))
def merge(member_id: str) -> Answer:
    """Join another membership to this one; the page has shown what moves."""
    wanted = checked(MergeForm())
    try:
        with database().begin(actor=current_actor()) as tx:
            done = merge_members(
                tx,
                survivor_id=MemberId(member_id),
                other_id=MemberId(wanted["other"]),
                source=source_of(wanted["once"]),
            )
            amount = Amounts(current_programme(tx), language())
    except Problem as problem:
        return refused(problem, "admin.member_household", member_id=member_id)
    came = ", ".join(amount(points, wallet) for wallet, points in done.points.items())
    text = gettext(language(), N_("Both are one membership now. Came over: {came}."), came=came)
    if not came:
        text = gettext(language(), N_("Both are one membership now."))
    return said(text, "admin.member_household", member_id=member_id)


@blueprint.post("/members/<member_id>/merges/<merge_id>")
@allow(staff(*DEEP))
def undo_merge(member_id: str, merge_id: str) -> Answer:
    """Part two memberships again; asks first."""
    wanted, form = checked(UndoForm()), read_form(UndoForm())
    try:
        with database().begin(actor=current_actor()) as tx:
            _refuse_foreign(tx, member_id, merge_id)
            if not wanted["sure"]:
                return _ask_undoing(member_id, form)
            done = unmerge_members(tx, merge_id=MergeId(merge_id))
            amount = Amounts(current_programme(tx), language())
    except Problem as problem:
        return refused(problem, "admin.member_household", member_id=member_id)
    text = gettext(language(), N_("These are two memberships again."))
    if done.short:
        short = ", ".join(amount(points, wallet) for wallet, points in done.short.items())
        tail = N_("Spent meanwhile, and so not given back: {short}.")
        text = f"{text} {gettext(language(), tail, short=short)}"
    return said(text, "admin.member_household", member_id=member_id)


def _refuse_foreign(tx: Tx, member_id: str, merge_id: str) -> None:
    """Refuse a merge that this member has no part in."""
    if all(one.merge_id != merge_id for one in merges_of(tx, MemberId(member_id))):
        raise NotMerged(merge_id)


_SHARES = {
    "contributed": N_("She takes along her part of what is left, by what she brought."),
    "equal": N_("She takes along an equal part of what is left."),
    "nothing": N_("She takes nothing along: what is there stays with the others."),
}


def _ask_leaving(who: Any, exit_: Any, form: Any) -> Response:
    last = N_("The last one takes everything that is left.")
    return ask_once(
        who.member_id,
        title=gettext(language(), N_("Take {name} out of the household?"), name=full_name(who)),
        sentences=[
            gettext(language(), _SHARES[exit_.value]),
            gettext(language(), last),
        ],
        fields=form.typed,
        label=gettext(language(), N_("Yes, take her out")),
        back="admin.member_household",
        danger=True,
    )


def _ask_undoing(member_id: str, form: Any) -> Response:
    first = N_("What moved goes back, as far as it is still there; cards and vouchers as well.")
    second = N_("Purchases made since stay here. The other membership earns and spends again.")
    return ask_once(
        MemberId(member_id),
        title=gettext(language(), N_("Part the two memberships again?")),
        sentences=[gettext(language(), first), gettext(language(), second)],
        fields=form.typed,
        label=gettext(language(), N_("Yes, part them")),
        back="admin.member_household",
        danger=True,
    )
