"""Looking after a member: her cards and her membership, through the pages."""

from __future__ import annotations

import pytest

from loyalty.errors import CardBlocked, CardReplaced, MemberBlocked
from loyalty.kernel.access.principals import Role
from loyalty.queries import card_holder, cards_of
from loyalty.values import CardState
from tests.admin.office import words
from tests.loyalty.world import KEYS


@pytest.fixture
def desk(office):
    return office.desk(Role.SUPPORT)


def story(office, member_id=None):
    return f"/admin/members/{member_id or office.ada}?lang=en"


def press_card(desk, office, action, **typed):
    """Press a button of Ada's active card, as its dialog does."""
    card = office.cards(office.ada)
    where = f"/admin/members/{office.ada}/cards/{card.card_id}"
    return desk.send(desk.form(story(office), where), action=action, **typed)


def states(office, member_id=None):
    """Return the states of a member's cards, those that work first."""
    with office.database.look() as tx:
        return sorted(card.state for card in cards_of(tx, member_id or office.ada, keys=KEYS))


def scan(office, code):
    with office.database.look() as tx:
        return card_holder(tx, code, keys=KEYS).member_id


def test_a_blocked_card_is_refused_at_tills_and_a_new_one_can_be_issued(desk, office):
    old = office.cards(office.ada)
    answer = press_card(desk, office, "block")
    assert (answer.status_code, answer.location) == (303, story(office).split("?")[0])
    page = words(desk.open(story(office)).text)
    assert "The card is blocked." in page
    with pytest.raises(CardBlocked):
        scan(office, old.code)

    desk.press(story(office), f"/admin/members/{office.ada}/cards")
    assert states(office) == [CardState.ACTIVE, CardState.BLOCKED]
    new = office.cards(office.ada)
    assert scan(office, new.code) == office.ada
    assert office.audited("block-card", "issue-card") == [
        ("block-card", old.card_id),
        ("issue-card", new.card_id),
    ]


def test_a_replaced_card_makes_room_for_one_new_card(desk, office):
    old = office.cards(office.ada)
    press_card(desk, office, "replace")
    assert "A new card has been issued." in words(desk.open(story(office)).text)
    assert states(office) == [CardState.ACTIVE, CardState.REPLACED]
    with pytest.raises(CardReplaced):
        scan(office, old.code)
    assert scan(office, office.cards(office.ada).code) == office.ada
    assert office.audited("replace-card") == [("replace-card", old.card_id)]


def test_a_form_that_is_sent_twice_makes_one_card(desk, office):
    card = office.cards(office.ada)
    where = f"/admin/members/{office.ada}/cards/{card.card_id}"
    form = desk.form(story(office), where)
    for _ in range(3):
        assert desk.send(form, action="replace").status_code == 303
    assert states(office) == [CardState.ACTIVE, CardState.REPLACED]
    assert len(office.audited("replace-card")) == 1

    press_card(desk, office, "block")
    form = desk.form(story(office), f"/admin/members/{office.ada}/cards")
    for _ in range(3):
        assert desk.send(form).status_code == 303
    assert states(office).count(CardState.ACTIVE) == 1
    assert len(office.audited("issue-card")) == 1


def test_a_card_that_has_ended_meanwhile_is_left_alone(desk, office):
    card = office.cards(office.ada)
    form = desk.form(story(office), f"/admin/members/{office.ada}/cards/{card.card_id}")
    press_card(desk, office, "replace")
    desk.open(story(office))
    answer = desk.send(form, action="block")
    assert answer.status_code == 303
    assert "Only an active card can be blocked or replaced." in words(desk.open(story(office)).text)
    assert states(office) == [CardState.ACTIVE, CardState.REPLACED]


def test_a_member_with_a_card_is_not_offered_another(desk, office):
    assert "Issue a new card" not in words(desk.open(story(office)).text)


def test_the_card_of_somebody_else_is_not_hers(desk, office):
    bens = office.cards(office.ben)
    form = desk.form(
        story(office), f"/admin/members/{office.ada}/cards/{office.cards(office.ada).card_id}"
    )
    form.action = f"/admin/members/{office.ada}/cards/{bens.card_id}"
    assert desk.send(form, action="block").status_code == 404
    assert states(office, office.ben) == [CardState.ACTIVE]


FOREIGN: tuple[dict[str, str], ...] = (
    {"action": "melt"},
    {"action": ""},
    {"action": "block", "once": "short"},
    {"action": "block", "once": "x" * 65},
    {"action": "block", "once": "with spaces and more"},
    {"action": "block", "other": "field"},
)


def test_a_form_that_is_not_ours_changes_nothing(desk, office):
    for typed in FOREIGN:
        assert press_card(desk, office, **typed).status_code == 422, typed
    assert states(office) == [CardState.ACTIVE]
    assert office.audited("block-card", "replace-card") == []


def test_a_membership_is_blocked_and_opened_again(desk, office):
    where = f"/admin/members/{office.ada}/state"
    card = office.cards(office.ada)
    desk.press(story(office), where, state="blocked")
    page = words(desk.open(story(office)).text)
    assert "The membership is blocked." in page
    assert "This membership is blocked" in page
    with pytest.raises(MemberBlocked):
        scan(office, card.code)

    desk.press(story(office), where, state="active")
    assert "The membership is open again." in words(desk.open(story(office)).text)
    assert scan(office, card.code) == office.ada
    assert office.audited("block-member", "unblock-member") == [
        ("block-member", office.ada),
        ("unblock-member", office.ada),
    ]


def test_a_state_that_is_none_opens_nothing(desk, office):
    where = f"/admin/members/{office.ada}/state"
    desk.press(story(office), where, state="blocked")
    for state in ("erased", "", "ACTIVE"):
        assert desk.press(story(office), where, state=state).status_code == 422
    assert "This membership is blocked" in words(desk.open(story(office)).text)


def test_nobody_is_cared_for_without_our_own_form(desk, office):
    for path, typed in (
        (f"/admin/members/{office.ada}/state", {"state": "blocked"}),
        (f"/admin/members/{office.ada}/cards", {"once": "x" * 20}),
    ):
        assert desk.client.post(path, data=typed).status_code == 403
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        token = desk.form(story(office), "/admin/sign-out").fields["csrf_token"]
        sent = desk.client.post(path, data={**typed, "csrf_token": token}, headers=elsewhere)
        assert sent.status_code == 403
    assert states(office) == [CardState.ACTIVE]
    assert office.audited("block-member", "issue-card") == []


def test_an_unknown_member_cannot_be_cared_for(desk, office):
    token = desk.form(story(office), "/admin/sign-out").fields["csrf_token"]
    for path, typed in (
        ("/admin/members/mbr_none/state", {"state": "blocked"}),
        ("/admin/members/mbr_none/cards", {"once": "x" * 20}),
        ("/admin/members/mbr_none/cards/crd_none", {"once": "x" * 20, "action": "block"}),
    ):
        answer = desk.client.post(path, data={**typed, "csrf_token": token})
        assert answer.status_code == 404
