"""Staff: who works with the programme, and in which role."""

from __future__ import annotations

import unicodedata

import marshmallow as ma
from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.asking import asked_choice, one_page
from admin.pages.blueprint import blueprint
from admin.pages.words import ROLES
from loyalty.kernel.access.errors import EmailTaken, WeakSecret
from loyalty.kernel.access.models import StaffState
from loyalty.kernel.access.people import StaffMember, all_staff, let_go_staff, take_on_staff
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import N_, NotAllowed, NotFound
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language, principal
from loyalty.kernel.web.fields import Code, TextLine
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, refused_form, render_page
from loyalty.queries import stores

ROWS = 40
STATES = (StaffState.ACTIVE.value, StaffState.LEFT.value)
_SECRETS = ("password", "pin")
_SEE_OTHER, _INVALID, _CONFLICT = 303, 422, 409

_NO_ROLE = N_("Choose a role.")
_LONG_EMAIL = N_("An address has 200 characters at most.")
_NEEDS_PIN = N_("A cashier needs a PIN.")
_NEEDS_STORE = N_("A cashier works in one store: choose it.")
_NEEDS_EMAIL = N_("The back office is entered with an address and a password.")


class StaffForm(ma.Schema):
    """Somebody new on the staff. A cashier needs a PIN and a store, others address and password."""

    name = TextLine(required=True)
    role = ma.fields.Enum(Role, by_value=True, required=True, error_messages={"unknown": _NO_ROLE})
    email = ma.fields.Email(
        load_default=None, validate=ma.validate.Length(max=200, error=_LONG_EMAIL)
    )
    password = ma.fields.String(load_default=None)
    pin = ma.fields.String(load_default=None)
    store_id = Code(load_default=None)

    @ma.pre_load
    def drop_empty(self, data: dict[str, str], **options: object) -> dict[str, str]:
        """Treat an empty input as one that was left out."""
        del options
        return {key: value for key, value in data.items() if value}

    @ma.validates_schema
    def check_role(self, data: dict[str, str | None], **options: object) -> None:
        """Ask for what the role cannot do without."""
        del options
        if data["role"] == Role.CASHIER:
            wanted = (("pin", _NEEDS_PIN), ("store_id", _NEEDS_STORE))
        else:
            wanted = (("email", _NEEDS_EMAIL), ("password", _NEEDS_EMAIL))
        missing = {field: [sentence] for field, sentence in wanted if not data.get(field)}
        if missing:
            raise ma.ValidationError(missing)


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
        return _page(form, status=_INVALID)
    try:
        with database().begin(actor=current_actor()) as tx:
            if not _is_store(tx, form.values["store_id"]):
                sentence = gettext(language(), N_("Choose a store."))
                return _page(refused_form(form, "store_id", sentence), status=_INVALID)
            take_on_staff(tx, **form.values)
    except EmailTaken as problem:
        return _page(_refused(form, "email", problem), status=_CONFLICT)
    except WeakSecret as problem:
        field = "pin" if form.values["role"] is Role.CASHIER else "password"
        return _page(_refused(form, field, problem), status=_INVALID)
    flash(gettext(language(), N_("{name} is on the staff."), name=form.values["name"]), "good")
    return redirect(url_for("admin.staff_list"), _SEE_OTHER)


@blueprint.post("/staff/<staff_id>/leave")
@allow(staff(Role.ADMIN))
def remove_staff(staff_id: str) -> Answer:
    """Mark somebody as having left; her sessions end now. Nobody ends her own access.

    Raises:
        NotAllowed: it is the caller herself.
        NotFound: there is nobody with this id.
    """
    if staff_id == principal().id:
        raise NotAllowed
    with database().begin(actor=current_actor()) as tx:
        found = [one for one in all_staff(tx) if one.staff_id == staff_id]
        if not found:
            raise NotFound("person")
        if found[0].state is StaffState.ACTIVE:
            let_go_staff(tx, staff_id=staff_id)
    flash(gettext(language(), N_("Access has ended.")), "good")
    return redirect(url_for("admin.staff_list"), _SEE_OTHER)


def _page(form: Form, *, status: int = 200) -> Response:
    state, after = asked_choice("state", STATES), request.args.get("after")
    with database().look() as tx:
        people, shops = sorted(all_staff(tx), key=_by_name), stores(tx)
    shown = [one for one in people if one.state == state]
    page = one_page(shown, key=lambda one: one.staff_id, after=after, limit=ROWS)
    return render_page(
        "admin/staff.html",
        status=status,
        page=page,
        state=state,
        counts={one: _how_many(people, one) for one in STATES},
        newest=url_for("admin.staff_list", state=state) if after else "",
        older=url_for("admin.staff_list", state=state, after=page.after) if page.after else "",
        stores=shops,
        store_names={shop.store_id: shop.name for shop in shops},
        roles=ROLES,
        form=_without_secrets(form),
    )


def _by_name(one: StaffMember) -> tuple[str, str]:
    """Return by what the list is sorted: the name without accents and case, then the id."""
    apart = unicodedata.normalize("NFKD", one.name.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)), one.staff_id


def _how_many(people: list[StaffMember], state: str) -> int:
    return sum(one.state == state for one in people)


def _is_store(tx: Tx, store_id: str | None) -> bool:
    return store_id is None or store_id in {one.store_id for one in stores(tx)}


def _without_secrets(form: Form) -> Form:
    """Return the form without what must not come back to the screen."""
    typed = {name: text for name, text in form.typed.items() if name not in _SECRETS}
    return Form(typed=typed, values={}, errors=form.errors)


def _refused(form: Form, field: str, problem: EmailTaken | WeakSecret) -> Form:
    return refused_form(form, field, problem_text(language(), problem)[1])
