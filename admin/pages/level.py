"""Where a member stands on the stairs, how she came there, and a level given by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from admin.pages.desk import around, ask_once, full_name, said, seat
from admin.pages.members import DEEP, SEE
from admin.pages.story import CAUSES, flight_of
from loyalty.commands import assign_level
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.i18n import format_date, gettext
from loyalty.kernel.problems import N_
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.fields import LocalDay
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, refused_form, render_page
from loyalty.queries import (
    Membership,
    Programme,
    current_programme,
    membership,
    tier_amount,
    tier_progress,
    tier_steps,
)
from loyalty.values import NO_TIER, MemberId


class LevelForm(ma.Schema):
    """A level given by hand, until a day or for good."""

    level = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=40))
    until = LocalDay(load_default=None, allow_none=True)
    sure = ma.fields.String(load_default="")

    @ma.pre_load
    def no_day(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take an empty day for none."""
        return {key: value for key, value in data.items() if key != "until" or value}


@blueprint.get("/members/<member_id>/level")
@allow(staff(*SEE))
def member_level(member_id: str) -> Response:
    """Show what keeps a member's level and until when, and every step she made."""
    with database().begin(actor=current_actor()) as tx:
        return _page(tx, seat(tx, member_id, "level"))


@blueprint.post("/members/<member_id>/level")
@allow(staff(*DEEP))
def give_level(member_id: str) -> Answer:
    """Give a level until a day, or take a given one away; asks first."""
    form = read_form(LevelForm())
    with database().begin(actor=current_actor()) as tx:
        who, programme = membership(tx, MemberId(member_id)), current_programme(tx)
        form = _known(programme, form, programme.local_day(tx.now))
        if not form.ok:
            return _page(tx, around(tx, who, programme, "level"), form)
        level, until = form.values["level"], form.values["until"]
        if form.values["sure"]:
            stands = assign_level(tx, member_id=who.member_id, level=level, until=until).tier.level
            name = programme.level_name(stands, language())
            text = gettext(language(), N_("She stands on {level} now."), level=name)
            return said(text, "admin.member_level", member_id=member_id)
    return _ask(programme, who, form)


def _known(programme: Programme, form: Form, today: date) -> Form:
    """Refuse a level that the programme does not have, and a day that is over."""
    if not form.ok:
        return form
    if form.values["level"] not in {NO_TIER, *(one.id for one in programme.tiers.levels)}:
        return refused_form(form, "level", gettext(language(), N_("Choose one of the levels.")))
    until = form.values["until"]
    if until is not None and until < today:
        return refused_form(form, "until", gettext(language(), N_("This day is over.")))
    return form


def _page(tx: Tx, context: dict[str, Any], form: Form = EMPTY_FORM) -> Response:
    who, programme = context["who"], context["programme"]
    tier = tier_progress(tx, who.member_id)
    return render_page(
        "admin/level.html",
        status=200 if form.ok else 422,
        tier=tier,
        flight=flight_of(programme, tier, language()),
        counted=tier_amount(programme, tier.spend_minor, language()),
        keeps=tier_amount(programme, tier.to_keep_minor, language()),
        steps=tier_steps(tx, who.member_id),
        causes=CAUSES,
        form=form,
        **context,
    )


def _ask(programme: Programme, who: Membership, form: Form) -> Response:
    """Say what a level given by hand does."""
    level, until = form.values["level"], form.values["until"]
    name = programme.level_name(level, language())
    if level == NO_TIER:
        first = gettext(
            language(),
            N_("{name} stands where her purchases take her again."),
            name=full_name(who),
        )
    elif until is None:
        first = gettext(
            language(),
            N_("{name} has {level} from now on, for good."),
            name=full_name(who),
            level=name,
        )
    else:
        first = gettext(
            language(),
            N_("{name} has {level} from now on, up to and including {day}."),
            name=full_name(who),
            level=name,
            day=format_date(language(), until),
        )
    second = N_("No points move. Offers and rates of the level hold from the next purchase on.")
    return ask_once(
        who.member_id,
        title=gettext(language(), N_("Change the level by hand?")),
        sentences=[first, gettext(language(), second)],
        fields=form.typed,
        label=gettext(language(), N_("Yes, change it")),
        back="admin.member_level",
    )
