"""Staff through the pages: taking on, and ending access."""

from __future__ import annotations

import pytest

from admin.pages import people
from loyalty.kernel.access.models import StaffState
from loyalty.kernel.access.people import all_staff, take_on_staff
from loyalty.kernel.access.principals import Role
from tests.admin.office import PASSWORD, words

STAFF = "/admin/staff"
ELLA = {"name": "Ella Fitz", "role": "support", "email": "ella@example.org", "password": PASSWORD}
CLEO = {"name": "Cléo Fabre", "role": "cashier", "pin": "246810", "store_id": "lyon-1"}


@pytest.fixture
def desk(office):
    return office.desk(Role.ADMIN, name="Alix Chef")


def take_on(desk, **typed):
    return desk.press(f"{STAFF}?lang=en", STAFF, **typed)


def people_of(office):
    with office.database.look() as tx:
        return {one.name: one for one in all_staff(tx)}


def test_somebody_new_may_sign_in(desk, office):
    answer = take_on(desk, **ELLA)
    assert (answer.status_code, answer.location) == (303, STAFF)
    assert "Ella Fitz is on the staff." in words(desk.open(f"{STAFF}?lang=en").text)
    ella = office.stranger()
    entered = ella.press("/admin/sign-in", "/admin/sign-in", email=ELLA["email"], password=PASSWORD)
    assert entered.location == "/admin/"
    assert ("staff.take-on", people_of(office)["Ella Fitz"].staff_id) in office.audited(
        "staff.take-on"
    )


def test_a_cashier_needs_a_pin_and_a_store_only(desk, office):
    assert take_on(desk, **CLEO).status_code == 303
    cleo = people_of(office)["Cléo Fabre"]
    assert (cleo.role, cleo.store_id, cleo.email) == (Role.CASHIER, "lyon-1", None)


MISSING = (
    (ELLA | {"name": ""}, "Missing data for required field."),
    (ELLA | {"role": "owner"}, "Choose a role."),
    (ELLA | {"email": ""}, "The back office is entered with an address"),
    (ELLA | {"email": "not an address"}, "Not a valid email address."),
    (ELLA | {"email": f"{'e' * 200}@example.org"}, "200 characters at most"),
    (ELLA | {"password": ""}, "The back office is entered with an address"),
    (ELLA | {"password": "too short"}, "at least 12 characters"),
    (ELLA | {"password": "x" * 129}, "at least 12 characters"),
    (ELLA | {"store_id": "nowhere-3"}, "Choose a store."),
    (CLEO | {"pin": ""}, "A cashier needs a PIN."),
    (CLEO | {"pin": "111111"}, "6 digits that are not all alike"),
    (CLEO | {"pin": "12345a"}, "6 digits that are not all alike"),
    (CLEO | {"store_id": ""}, "A cashier works in one store"),
)


def test_what_is_missing_is_named(desk, office):
    before = len(people_of(office))
    for typed, said in MISSING:
        answer = take_on(desk, **typed)
        assert answer.status_code == 422, typed
        assert said in words(answer.text), typed
    assert len(people_of(office)) == before


def test_an_address_belongs_to_one_person(desk, office):
    take_on(desk, **ELLA)
    answer = take_on(desk, **ELLA | {"email": "ELLA@example.org", "name": "Other Ella"})
    assert answer.status_code == 409
    assert "Somebody on the staff already uses this e-mail address." in words(answer.text)
    assert 'value="Other Ella"' in answer.text


def test_secrets_do_not_come_back_to_the_screen(desk):
    answer = take_on(desk, **ELLA | {"password": "too short", "pin": "987654"})
    assert "too short" not in answer.text
    assert "987654" not in answer.text


def test_ending_access_ends_it_now(desk, office):
    ella_id = office.employ("ella@example.org", Role.SUPPORT)
    ella = office.stranger()
    ella.press("/admin/sign-in", "/admin/sign-in", email="ella@example.org", password=PASSWORD)
    assert ella.open("/admin/").status_code == 200
    where = f"{STAFF}/{ella_id}/leave"
    form = desk.form(f"{STAFF}?lang=en", where)
    for _ in range(2):
        assert desk.send(form).status_code == 303
    assert ella.open("/admin/").status_code == 302
    assert office.audited("staff.let-go") == [("staff.let-go", ella_id)]
    assert f'action="{where}"' not in desk.open(STAFF).text
    assert "Dora" in words(desk.open(f"{STAFF}?state=left").text)


def test_nobody_ends_her_own_access(desk, office):
    me = people_of(office)["Alix Chef"]
    page = desk.open(f"{STAFF}?lang=en").text
    assert "that is you" in words(page)
    assert f"{STAFF}/{me.staff_id}/leave" not in page
    token = desk.form(STAFF, "/admin/sign-out").fields["csrf_token"]
    sent = desk.client.post(f"{STAFF}/{me.staff_id}/leave", data={"csrf_token": token})
    assert sent.status_code == 403
    assert people_of(office)["Alix Chef"].state is StaffState.ACTIVE


def test_somebody_unknown_cannot_leave(desk, office):
    token = desk.form(STAFF, "/admin/sign-out").fields["csrf_token"]
    sent = desk.client.post(f"{STAFF}/stf_none/leave", data={"csrf_token": token})
    assert sent.status_code == 404
    assert office.audited("staff.let-go") == []


def test_the_list_is_sorted_by_name_whatever_the_accents_and_paged(desk, office):
    names = [f"{first} {n:02}" for first in ("Élodie", "Eve", "zoé", "Àlix") for n in range(15)]
    with office.database.begin(actor="test") as tx:
        for name in names:
            take_on_staff(tx, name=name, role=Role.SUPPORT)
    seen: list[str] = []
    address = f"{STAFF}?lang=en"
    while address:
        page = desk.open(address).text
        found = [part.split("<")[0] for part in page.split('scope="row"><bdi>')[1:]]
        assert len(found) <= people.ROWS
        seen += found
        older = page.split('rel="next" href="')[1:]
        address = older[0].split('"')[0].replace("&amp;", "&") if older else ""
    ours = [name for name in seen if name in names]
    assert ours == [
        f"{first} {n:02}" for first in ("Àlix", "Élodie", "Eve", "zoé") for n in range(15)
    ]


def test_hostile_names_are_only_names(desk, office):
    for n, name in enumerate(("<script>alert(1)</script>", "{{ 7*7 }}", '"><img src=x>')):
        take_on(desk, **ELLA | {"name": name, "email": f"e{n}@example.org"})
    page = desk.open(f"{STAFF}?lang=en").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7*7 }}" in words(page)
