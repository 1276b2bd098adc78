"""Tills through the pages: a code, a fresh code, a suspension."""

from __future__ import annotations

import re

import pytest

from admin.pages import tills
from loyalty.kernel.access.principals import Role
from loyalty.kernel.access.terminals import enrol_terminal, invite_terminal, terminals
from tests.admin.office import words

TILLS = "/admin/tills"
CODE = re.compile(r"\b(\d{4}) (\d{4})\b")


@pytest.fixture
def desk(office):
    return office.desk(Role.ADMIN)


def shown_code(page: str) -> str:
    """Return the code that a page shows."""
    found = CODE.search(words(page))
    assert found is not None
    return found[1] + found[2]


def state_of(office, terminal_id):
    with office.database.look() as tx:
        return {row.terminal_id: row.state.value for row in terminals(tx)}[terminal_id]


def test_a_code_is_shown_once_and_enrols_the_till(desk, office):
    made = desk.press(f"{TILLS}?lang=en", TILLS, store_id="lyon-1", till="t2")
    assert made.status_code == 200
    assert "The code of t2 Lyon Bellecour" in words(made.text)
    code = shown_code(made.text)
    assert CODE.search(words(desk.open(TILLS).text)) is None
    with office.database.begin(actor="public") as tx:
        enrolled = enrol_terminal(tx, code=code)
    assert state_of(office, enrolled) == "active"
    assert ("terminal.invite", enrolled) in office.audited("terminal.invite")


REFUSED = (
    ("lyon-1", "t1", 409, "already has a till t1"),
    ("lyon-1", "", 422, "Give a code of lower-case letters"),
    ("lyon-1", "T 9", 422, "Give a code of lower-case letters"),
    ("lyon-1", "t" * 21, 422, "20 characters at most"),
    ("nowhere-3", "t9", 422, "Choose a store."),
    ("", "t9", 422, "Give a code of lower-case letters"),
)


def test_a_till_that_cannot_be_is_refused_with_a_reason(desk, office):
    for store, till, status, said in REFUSED:
        answer = desk.press(f"{TILLS}?lang=en", TILLS, store_id=store, till=till)
        assert answer.status_code == status
        assert said in words(answer.text)
    with office.database.look() as tx:
        assert len(terminals(tx)) == 2


def test_a_fresh_code_takes_the_till_out_until_it_is_typed(desk, office):
    where = f"{TILLS}/{office.lyon_till}/code"
    code = shown_code(desk.press(f"{TILLS}?lang=en", where).text)
    assert state_of(office, office.lyon_till) == "invited"
    with office.database.begin(actor="public") as tx:
        assert enrol_terminal(tx, code=code) == office.lyon_till


def test_a_suspended_till_is_opened_by_a_new_code_only(desk, office):
    answer = desk.press(f"{TILLS}?lang=en", f"{TILLS}/{office.lyon_till}/suspend")
    assert answer.status_code == 303
    page = desk.open(f"{TILLS}?lang=en")
    assert "The till is suspended." in words(page.text)
    assert f"{TILLS}/{office.lyon_till}/suspend" not in page.text
    assert state_of(office, office.lyon_till) == "suspended"
    assert office.audited("terminal.suspend") == [("terminal.suspend", office.lyon_till)]
    desk.press(TILLS, f"{TILLS}/{office.lyon_till}/code")
    assert state_of(office, office.lyon_till) == "invited"


def test_a_till_that_is_not_there_is_not_found(desk, office):
    token = desk.form(TILLS, "/admin/sign-out").fields["csrf_token"]
    for what in ("code", "suspend"):
        sent = desk.client.post(f"{TILLS}/trm_none/{what}", data={"csrf_token": token})
        assert sent.status_code == 404


def test_a_forged_form_suspends_nothing(desk, office):
    assert desk.client.post(f"{TILLS}/{office.lyon_till}/suspend").status_code == 403
    assert state_of(office, office.lyon_till) == "active"


def test_many_tills_are_paged_store_by_store(desk, office):
    with office.database.begin(actor="test") as tx:
        for n in range(2 * tills.ROWS):
            invite_terminal(tx, store_id="paris-2", till=f"x{n:03}")
    seen: list[str] = []
    address = f"{TILLS}?lang=en"
    while address:
        page = desk.open(address).text
        found = re.findall(r'<b class="grow">([^<]+)</b>', page)
        assert len(found) <= tills.ROWS
        seen += found
        older = page.split('rel="next" href="')[1:]
        address = older[0].split('"')[0].replace("&amp;", "&") if older else ""
    assert len(seen) == 2 + 2 * tills.ROWS
    assert seen[2:] == [f"x{n:03}" for n in range(2 * tills.ROWS)]
