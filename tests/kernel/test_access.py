from __future__ import annotations

from datetime import timedelta

import pytest

from loyalty.kernel.access import people, sessions, terminals
from loyalty.kernel.access.errors import (
    EmailTaken,
    EnrolmentRefused,
    TerminalSuspended,
    TillTaken,
    WeakSecret,
    WrongCredentials,
)
from loyalty.kernel.access.principals import (
    MEMBER,
    PUBLIC,
    TERMINAL,
    Policy,
    Principal,
    PrincipalKind,
    Role,
    staff,
)
from loyalty.kernel.signing import Keys, TokenRefused

PASSWORD = "correct horse battery staple"
KEYS = Keys("tests")


@pytest.fixture
def dora(tx):
    return people.take_on_staff(
        tx, name="Dora", role=Role.MARKETER, email="Dora@example.org", password=PASSWORD
    )


@pytest.fixture
def till(tx):
    invited = terminals.invite_terminal(tx, store_id="lyon", till="t1")
    return terminals.enrol_terminal(tx, code=invited.code)


def test_staff_sign_in_whatever_the_case_of_the_address(tx, dora):
    signed_in = people.sign_in_staff(tx, email=" DORA@example.org ", password=PASSWORD)
    holder = sessions.holder_of(tx, kind=PrincipalKind.STAFF, token=signed_in.token)
    assert holder is not None
    assert holder.principal.display_name == "Dora"
    assert holder.principal.role is Role.MARKETER


@pytest.mark.parametrize("email", ["dora@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_look_alike(tx, dora, email):
    with pytest.raises(WrongCredentials) as refused:
        people.sign_in_staff(tx, email=email, password="not the password")
    assert refused.value.facts() == {}


def test_who_has_left_is_out_at_once(tx, dora):
    signed_in = people.sign_in_staff(tx, email="dora@example.org", password=PASSWORD)
    people.let_go_staff(tx, staff_id=dora.staff_id)
    assert sessions.holder_of(tx, kind=PrincipalKind.STAFF, token=signed_in.token) is None
    with pytest.raises(WrongCredentials):
        people.sign_in_staff(tx, email="dora@example.org", password=PASSWORD)


def test_two_people_cannot_share_an_address(tx, dora):
    with pytest.raises(EmailTaken):
        people.take_on_staff(tx, name="Other", role=Role.ADMIN, email="dora@EXAMPLE.org")


@pytest.mark.parametrize("pin", ["1234", "111111", "12345a", "1" * 13, ""])
def test_an_easy_pin_is_refused(tx, pin):
    with pytest.raises(WeakSecret):
        people.take_on_staff(tx, name="Cleo", role=Role.CASHIER, pin=pin or " ")


def test_an_easy_password_is_refused(tx):
    with pytest.raises(WeakSecret):
        people.take_on_staff(tx, name="Dora", role=Role.ADMIN, email="a@b.org", password="short")


def test_a_pin_is_worth_nothing_in_another_store(tx):
    cleo = people.take_on_staff(tx, name="Cleo", role=Role.CASHIER, pin="246810", store_id="lyon")
    people.check_pin(tx, staff_id=cleo.staff_id, pin="246810", store_id="lyon")
    for pin, store in (("246810", "paris"), ("135791", "lyon")):
        with pytest.raises(WrongCredentials):
            people.check_pin(tx, staff_id=cleo.staff_id, pin=pin, store_id=store)
    assert [one.name for one in people.cashiers_of(tx, store_id="lyon")] == ["Cleo"]
    assert people.cashiers_of(tx, store_id="paris") == []


@pytest.mark.parametrize(("days", "alive"), [(59, True), (61, False)])
def test_a_session_falls_idle(database, clock, days, alive):
    with database.begin(actor="test") as tx:
        started = sessions.start_session(tx, kind=PrincipalKind.MEMBER, subject_id="mbr_1")
    clock.move(by=timedelta(days=days))
    with database.look() as tx:
        holder = sessions.holder_of(tx, kind=PrincipalKind.MEMBER, token=started.token)
    assert (holder is not None) is alive


def test_a_session_in_use_lives_until_its_last_day(database, clock):
    with database.begin(actor="test") as tx:
        started = sessions.start_session(tx, kind=PrincipalKind.MEMBER, subject_id="mbr_1")
    alive = []
    for _ in range(5):
        clock.move(by=timedelta(days=40))
        with database.begin(actor="test") as tx:
            sessions.keep_alive(tx, token=started.token)
            holder = sessions.holder_of(tx, kind=PrincipalKind.MEMBER, token=started.token)
            alive.append(holder is not None)
    assert alive == [True] * 4 + [False]


def test_an_ended_session_is_nobody(tx):
    started = sessions.start_session(tx, kind=PrincipalKind.MEMBER, subject_id="mbr_1")
    sessions.end_session(tx, token=started.token)
    assert sessions.holder_of(tx, kind=PrincipalKind.MEMBER, token=started.token) is None


def test_a_session_of_one_kind_is_nobody_of_another(tx):
    started = sessions.start_session(tx, kind=PrincipalKind.MEMBER, subject_id="mbr_1")
    assert sessions.holder_of(tx, kind=PrincipalKind.STAFF, token=started.token) is None


def test_a_till_enrols_once_with_its_code(tx):
    invited = terminals.invite_terminal(tx, store_id="lyon", till="t1")
    assert terminals.enrol_terminal(tx, code=invited.code) == invited.terminal_id
    with pytest.raises(EnrolmentRefused):
        terminals.enrol_terminal(tx, code=invited.code)
    with pytest.raises(TillTaken):
        terminals.invite_terminal(tx, store_id="lyon", till="t1")


def test_a_code_lapses_after_its_fifteen_minutes(database, clock):
    with database.begin(actor="test") as tx:
        invited = terminals.invite_terminal(tx, store_id="lyon", till="t1")
    clock.move(by=timedelta(minutes=15))
    with pytest.raises(EnrolmentRefused), database.begin(actor="test") as tx:
        terminals.enrol_terminal(tx, code=invited.code)


def test_a_suspended_till_neither_signs_nor_stays_signed_in(tx, till):
    opened = terminals.open_till(tx, terminal_id=till)
    key = terminals.terminal_key(tx, KEYS, terminal_id=till)
    assert key.key_id == f"{till}.2"
    terminals.suspend_terminal(tx, terminal_id=till)
    assert sessions.holder_of(tx, kind=PrincipalKind.TERMINAL, token=opened.token) is None
    with pytest.raises(TerminalSuspended):
        terminals.terminal_key(tx, KEYS, terminal_id=till)


def test_the_cashier_of_a_till_goes_with_the_shift(tx, till):
    opened = terminals.open_till(tx, terminal_id=till)
    sessions.staffed_by(tx, token=opened.token, staff_id="stf_1")
    holder = sessions.holder_of(tx, kind=PrincipalKind.TERMINAL, token=opened.token)
    assert holder is not None
    assert (holder.principal.staff_id, holder.principal.till) == ("stf_1", "t1")
    sessions.staffed_by(tx, token=opened.token, staff_id=None)
    holder = sessions.holder_of(tx, kind=PrincipalKind.TERMINAL, token=opened.token)
    assert holder is not None
    assert holder.principal.staff_id is None


def test_a_one_time_token_is_spent_once(tx, clock):
    sessions.spend_token(tx, token="t", expires_at=clock() + timedelta(minutes=15))
    with pytest.raises(TokenRefused):
        sessions.spend_token(tx, token="t", expires_at=clock() + timedelta(minutes=15))


def test_policies_admit_whom_they_name_and_nobody_else():
    cashier = Principal(kind=PrincipalKind.STAFF, id="1", role=Role.CASHIER)
    marketer = Principal(kind=PrincipalKind.STAFF, id="2", role=Role.MARKETER)
    member = Principal(kind=PrincipalKind.MEMBER, id="3")
    till = Principal(kind=PrincipalKind.TERMINAL, id="4")
    staffed = Principal(kind=PrincipalKind.TERMINAL, id="5", staff_id="1")
    admitted = {
        name: [policy.admits(one) for one in (None, cashier, marketer, member, till, staffed)]
        for name, policy in {
            "public": PUBLIC,
            "member": MEMBER,
            "terminal": TERMINAL,
            "staffed": Policy(kinds=frozenset({PrincipalKind.TERMINAL}), staffed=True),
            "marketer": staff(Role.MARKETER),
            "office": staff(),
            "nobody": Policy(),
        }.items()
    }
    assert admitted == {
        "public": [True] * 6,
        "member": [False, False, False, True, False, False],
        "terminal": [False, False, False, False, True, True],
        "staffed": [False, False, False, False, False, True],
        "marketer": [False, False, True, False, False, False],
        "office": [False, False, True, False, False, False],
        "nobody": [False] * 6,
    }
