"""Who may open which page and press which button: the whole matrix, and what is shown of it."""

from __future__ import annotations

import pytest

from admin.pages.blueprint import may
from loyalty.kernel.access.principals import BACK_OFFICE, Role
from loyalty.kernel.access.terminals import terminals
from tests.admin.office import words

ALL = BACK_OFFICE
CARE = {Role.SUPPORT, Role.STORE_MANAGER, Role.ADMIN, Role.DPO}
SEE = CARE | {Role.MARKETER, Role.AUDITOR}
TILLS = {Role.ADMIN, Role.STORE_MANAGER}
HANDS = CARE - {Role.DPO}
DEEP = {Role.SUPPORT, Role.ADMIN}
ERASE = {Role.DPO, Role.ADMIN}
WRITE = {Role.ADMIN, Role.MARKETER}
RULES = WRITE | {Role.ANALYST, Role.AUDITOR}
OWED = {Role.ADMIN, Role.AUDITOR, Role.ANALYST}
BOOKS = {Role.ADMIN, Role.AUDITOR, Role.ANALYST, Role.DPO}

DOORS = {
    "/admin/": ALL,
    "/admin/members": SEE,
    "/admin/members/{ada}": SEE,
    "/admin/members/{ada}/movements": SEE,
    "/admin/members/{ada}/points": SEE,
    "/admin/members/{ada}/level": SEE,
    "/admin/members/{ada}/rewards": SEE,
    "/admin/members/{ada}/household": CARE,
    "/admin/members/{ada}/data": CARE,
    "/admin/members/{ada}/proof.json": CARE,
    "/admin/members/{ada}/export.json": CARE,
    "/admin/adjustments": CARE,
    "/admin/rewards": {Role.MARKETER, Role.ADMIN, Role.ANALYST, Role.AUDITOR, Role.SUPPORT},
    "/admin/members/{ada}/purchases": SEE,
    "/admin/members/{ada}/purchases/{purchase}": SEE,
    "/admin/tills": TILLS,
    "/admin/staff": {Role.ADMIN},
    "/admin/books": BOOKS,
    "/admin/liability": OWED,
    "/admin/programme": RULES,
    "/admin/programme/drafts/{draft}": RULES,
    "/admin/what-if": RULES,
    "/admin/what-if/{replay}": RULES,
    "/admin/what-if/{replay}/progress": RULES,
    "/admin/liability/journal.csv": OWED,
    "/admin/surveys": WRITE | {Role.ANALYST},
    "/admin/surveys/long-ago": WRITE | {Role.ANALYST},
}
BUTTONS = {
    "/admin/programme/drafts": WRITE,
    "/admin/programme/drafts/{draft}": WRITE,
    "/admin/programme/drafts/{draft}/approval": {Role.ADMIN},
    "/admin/programme/drafts/{draft}/publication": {Role.ADMIN},
    "/admin/programme/preview": WRITE,
    "/admin/what-if": WRITE,
    "/admin/books": BOOKS,
    "/admin/surveys": WRITE,
    "/admin/members/{ada}/cards": CARE,
    "/admin/members/{ada}/cards/crd_none": CARE,
    "/admin/members/{ada}/state": CARE,
    "/admin/members/{ada}/adjustments": HANDS,
    "/admin/members/{ada}/transfers": HANDS,
    "/admin/members/{ada}/redemptions": HANDS,
    "/admin/members/{ada}/redemptions/rdm_none": HANDS,
    "/admin/members/{ada}/vouchers": HANDS,
    "/admin/members/{ada}/vouchers/vch_none": HANDS,
    "/admin/members/{ada}/household": HANDS,
    "/admin/members/{ada}/household/moves": HANDS,
    "/admin/members/{ada}/household/leave": HANDS,
    "/admin/members/{ada}/level": DEEP,
    "/admin/members/{ada}/merges": DEEP,
    "/admin/members/{ada}/merges/mrg_none": DEEP,
    "/admin/members/{ada}/erasure": ERASE,
    "/admin/adjustments/{ada}/adj_none": HANDS,
    "/admin/staff": {Role.ADMIN},
    "/admin/staff/stf_none/leave": {Role.ADMIN},
    "/admin/tills": TILLS,
    "/admin/tills/trm_none/code": TILLS,
    "/admin/tills/trm_none/suspend": TILLS,
}


def token(phone) -> str:
    """Return the form token of this browser."""
    page: str = phone.open("/admin/").text
    return page.split('name="csrf-token" content="')[1].split('"', maxsplit=1)[0]


@pytest.mark.parametrize("role", sorted(BACK_OFFICE))
def test_a_role_opens_its_pages_and_no_other(office, role):
    desk = office.desk(role)
    opened = {
        path: desk.open(
            path.format(
                ada=office.ada, purchase=office.purchase, draft=office.draft, replay=office.replay
            )
        ).status_code
        for path in DOORS
    }
    assert opened == {path: 200 if role in roles else 403 for path, roles in DOORS.items()}


@pytest.mark.parametrize("role", sorted(BACK_OFFICE))
def test_a_role_presses_its_buttons_and_no_other(office, role):
    desk = office.desk(role)
    csrf = token(desk)
    refused = {
        path: desk.client.post(
            path.format(ada=office.ada, draft=office.draft, replay=office.replay),
            data={"csrf_token": csrf},
        ).status_code
        == 403
        for path in BUTTONS
    }
    assert refused == {path: role not in roles for path, roles in BUTTONS.items()}


def test_the_matrix_knows_every_route_of_the_office(office):
    office.app.config["SERVER_NAME"] = None
    rules = {
        (method, rule.endpoint)
        for rule in office.app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
        if rule.endpoint.startswith("admin.")
    }
    known = {("GET", "admin.sign_in"), ("POST", "admin.enter"), ("POST", "admin.leave")}
    adapter = office.app.url_map.bind("localhost")
    for method, doors in (("GET", DOORS), ("POST", BUTTONS)):
        for path in doors:
            filled = path.format(
                ada=office.ada, purchase=office.purchase, draft=office.draft, replay=office.replay
            )
            known.add((method, adapter.match(filled, method=method)[0]))
    assert rules == known


def test_a_cashier_signed_in_elsewhere_is_refused_every_page(office):
    desk = office.desk(Role.CASHIER, store="lyon-1")
    for path in DOORS:
        shown = desk.open(
            path.format(
                ada=office.ada, purchase=office.purchase, draft=office.draft, replay=office.replay
            )
        )
        assert shown.status_code == 403


def test_strangers_are_sent_to_sign_in_and_would_come_back(office):
    stranger = office.stranger()
    for path in DOORS:
        wanted = path.format(
            ada=office.ada, purchase=office.purchase, draft=office.draft, replay=office.replay
        )
        sent = stranger.open(wanted)
        assert sent.status_code == 302
        assert sent.location == f"/admin/sign-in?next={wanted}"


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (Role.MARKETER, ["/admin/offers/new", "/admin/campaigns/new"], ["/admin/staff"]),
        (Role.SUPPORT, ['role="search"'], ["/admin/offers/new", "/admin/books", "/admin/tills"]),
        (Role.ANALYST, ["/admin/books"], ['role="search"', "/admin/offers/new", "/admin/tills"]),
        (Role.STORE_MANAGER, ["/admin/tills#new"], ["/admin/staff", "/admin/campaigns/new"]),
        (Role.AUDITOR, ["/admin/books"], ["/admin/campaigns/new", "/admin/tills"]),
        (Role.DPO, ["/admin/books", 'role="search"'], ["/admin/offers/new"]),
        (Role.ADMIN, ["/admin/offers/new", "/admin/staff", "/admin/tills"], []),
    ],
)
def test_home_shows_only_what_the_role_may_do(office, role, shown, hidden):
    page = office.desk(role).open("/admin/").text
    assert [one for one in shown if one not in page] == []
    assert [one for one in hidden if one in page] == []


@pytest.mark.parametrize("role", sorted(SEE))
def test_only_those_who_look_after_members_see_how_to_reach_them(office, role):
    page = office.desk(role).open(f"/admin/members/{office.ada}?lang=en").text
    card = office.cards(office.ada)
    cares = role in CARE
    assert ("ada@example.org" in page) is cares
    assert ("+33639981234" in page) is cares
    assert (card.grouped in page) is cares
    assert ("Replace" in words(page)) is cares
    assert ("Block the membership" in words(page)) is cares
    if not cares:
        assert "a…@example.org" in page
        assert card.code not in page


def test_a_manager_sees_the_tills_of_her_store_only(office):
    manager = office.desk(Role.STORE_MANAGER, store="lyon-1")
    page = words(manager.open("/admin/tills?lang=en").text)
    assert "Lyon Bellecour" in page
    assert "Paris Bastille" not in page
    assert "1 till." in page


def test_a_manager_cannot_touch_the_tills_of_another_store(office):
    manager = office.desk(Role.STORE_MANAGER, store="lyon-1")
    csrf = token(manager)
    for path, typed in (
        (f"/admin/tills/{office.paris_till}/suspend", {}),
        (f"/admin/tills/{office.paris_till}/code", {}),
        ("/admin/tills", {"store_id": "paris-2", "till": "t9"}),
    ):
        answer = manager.client.post(path, data={"csrf_token": csrf, **typed})
        assert answer.status_code == 403
    with office.database.look() as tx:
        states = {(row.store_id, row.till): row.state.value for row in terminals(tx)}
    assert states == {("lyon-1", "t1"): "active", ("paris-2", "t1"): "active"}
    assert office.audited("terminal.suspend") == []


def test_a_manager_of_every_store_sees_them_all(office):
    page = words(office.desk(Role.STORE_MANAGER).open("/admin/tills").text)
    assert "Lyon Bellecour" in page
    assert "Paris Bastille" in page


def test_nobody_may_a_route_that_does_not_exist(office):
    with office.app.test_request_context("/admin/"):
        assert not may("admin.nothing")
        assert not may("admin.home")
