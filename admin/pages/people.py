"""Staff: who works with the programme, and in which role."""

from __future__ import annotations

import marshmallow as ma
from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from loyalty.kernel.access.errors import EmailTaken, WeakSecret
from loyalty.kernel.access.people import all_staff, let_go_staff, take_on_staff
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.fields import Code, TextLine
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, refused_form, render_page
from loyalty.queries import stores


class StaffForm(ma.Schema):
    """Somebody new on the staff. A cashier needs a PIN, everybody else a password."""

    name = TextLine(required=True)
    role = ma.fields.Enum(Role, by_value=True, required=True)
    email = ma.fields.Email(load_default=None)
    password = ma.fields.String(load_default=None)
    pin = ma.fields.String(load_default=None)
    store_id = Code(load_default=None)

    @ma.pre_load
    def drop_empty(self, data: dict[str, str], **options: object) -> dict[str, str]:
        """Treat an empty input as one that was left out."""
        del options
        return {key: value for key, value in data.items() if value}


@blueprint.get("/staff")
@allow(staff(Role.ADMIN))
def staff_list() -> Response:
    """Show everybody on the staff, and the form for somebody new."""
    return _page(EMPTY_FORM)


@blueprint.post("/staff")
@allow(staff(Role.ADMIN))
def add_staff() -> Answer:
    """Take somebody on."""
    form = read_form(StaffForm())
    if not form.ok:
        return _page(form, status=422)
    try:
        with database().begin(actor=current_actor()) as tx:
            take_on_staff(tx, **form.values)
    except EmailTaken as problem:
        return _page(_refused(form, "email", problem), status=409)
    except WeakSecret as problem:
        field = "pin" if form.values["pin"] else "password"
        return _page(_refused(form, field, problem), status=422)
    flash(gettext(language(), "{name} is on the staff.", name=form.values["name"]), "good")
    return redirect(url_for("admin.staff_list"))


@blueprint.post("/staff/<staff_id>/leave")
@allow(staff(Role.ADMIN))
def remove_staff(staff_id: str) -> Answer:
    """Mark somebody as having left; her sessions end now."""
    with database().begin(actor=current_actor()) as tx:
        let_go_staff(tx, staff_id=staff_id)
    flash(gettext(language(), "Access has ended."), "good")
    return redirect(url_for("admin.staff_list"))


def _page(form: Form, *, status: int = 200) -> Response:
    with database().look() as tx:
        people, shops = all_staff(tx), stores(tx)
    return render_page(
        "admin/staff.html", people=people, stores=shops, roles=list(Role), form=form, status=status
    )


def _refused(form: Form, field: str, problem: EmailTaken | WeakSecret) -> Form:
    return refused_form(form, field, problem_text(language(), problem)[1])
