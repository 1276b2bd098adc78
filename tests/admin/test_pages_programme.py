"""A programme is written beside its examples, approved by somebody else, and published."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyalty.commands import digest_of
from loyalty.kernel.access.principals import Role
from loyalty.queries import current_programme, draft, drafts, programme_versions
from tests.admin.office import RULES_TEXT, words

HOME = "/admin/programme"
TWICE = RULES_TEXT.replace("points: 1,", "points: 2,")
PROVEN_TWICE = TWICE.replace("points: 12}", "points: 25}")


@pytest.fixture
def dora(office):
    return office.desk(Role.MARKETER, name="Dora Weiss")


@pytest.fixture
def alix(office):
    return office.desk(Role.ADMIN, name="Alix Chef")


@pytest.fixture
def page(office):
    return f"{HOME}/drafts/{office.draft}"


def now(office):
    with office.database.look() as tx:
        return draft(tx, office.draft)


def send(desk, path, **data):
    """Send what no button on the page would send, in English."""
    shown = desk.open(f"{HOME}?lang=en").text
    token = shown.split('name="csrf-token" content="')[1].split('"', maxsplit=1)[0]
    return desk.client.post(path, data=data | {"csrf_token": token})


def save(desk, page, text, known):
    return desk.press(f"{page}?lang=en", page, text=text, known_hash=known)


def test_from_a_ready_programme_to_a_version(office, dora, alix, page):
    text_hash = now(office).text_hash
    assert save(dora, page, TWICE, text_hash).status_code == 303
    failing = words(dora.open(f"{page}?lang=en").text)
    assert "1 expectation fails" in failing
    assert "line 12 steps[0].expect.earned.points expected 12 , got 25" in failing

    refused = send(alix, f"{page}/approval", known_hash=digest_of(TWICE))
    assert refused.status_code == 409
    assert "do not prove" in words(refused.text)

    assert save(dora, page, PROVEN_TWICE, digest_of(TWICE)).status_code == 303
    known = digest_of(PROVEN_TWICE)
    early = send(alix, f"{page}/publication", known_hash=known)
    assert "Nobody has approved" in words(early.text)
    assert alix.press(page, f"{page}/approval", known_hash=known).status_code == 303
    assert alix.press(page, f"{page}/publication", known_hash=known).location == HOME
    with office.database.look() as tx:
        assert current_programme(tx).earn[0].points == 2
        assert drafts(tx) == []
    assert "Version 2" in words(alix.open(f"{HOME}?lang=en").text)
    trail = [action for action, _ in office.audited("approve-programme", "publish-programme")]
    assert trail[-2:] == ["approve-programme", "publish-programme"]


def test_nobody_approves_her_own_text_while_another_could(office, alix, page):
    office.desk(Role.ADMIN, name="Second Chef")
    save(alix, page, PROVEN_TWICE, now(office).text_hash)
    known = digest_of(PROVEN_TWICE)
    refused = send(alix, f"{page}/approval", known_hash=known)
    assert refused.status_code == 403
    assert "You wrote this draft yourself" in words(refused.text)


def test_a_single_administrator_is_not_locked_out(office, alix, page):
    save(alix, page, PROVEN_TWICE, now(office).text_hash)
    known = digest_of(PROVEN_TWICE)
    assert alix.press(page, f"{page}/approval", known_hash=known).status_code == 303


def test_a_change_takes_the_approval_back(office, alix, dora, page):
    known = now(office).text_hash
    save(dora, page, PROVEN_TWICE, known)
    alix.press(page, f"{page}/approval", known_hash=digest_of(PROVEN_TWICE))
    assert now(office).approved_by
    save(dora, page, PROVEN_TWICE + "# more\n", digest_of(PROVEN_TWICE))
    assert not now(office).approved_by
    lost = save(alix, page, TWICE, digest_of(PROVEN_TWICE))
    assert lost.status_code == 409
    assert now(office).text == PROVEN_TWICE + "# more\n"


def test_a_version_may_begin_on_a_day_to_come(office, alix, page):
    save(alix, page, PROVEN_TWICE, now(office).text_hash)
    known = digest_of(PROVEN_TWICE)
    alix.press(page, f"{page}/approval", known_hash=known)
    today = office.database.clock().date()
    past = alix.press(page, f"{page}/publication", known_hash=known, from_on=str(today))
    assert past.status_code == 422
    day = str(today + timedelta(days=3))
    assert alix.press(page, f"{page}/publication", known_hash=known, from_on=day).status_code == 303
    with office.database.look() as tx:
        assert programme_versions(tx)[0].effective_from > tx.now
        assert current_programme(tx).name != "tiny"


def test_mistakes_are_named_beside_the_text_and_nothing_is_kept(office, dora, page):
    wrong = RULES_TEXT.replace("per: amount", "per: amuont")
    shown = send(dora, f"{HOME}/preview", text=wrong)
    assert "1 mistake" in words(shown.text)
    assert "line 5" in words(shown.text)
    assert "amount" in words(shown.text)
    assert now(office).text == RULES_TEXT


def test_a_draft_begins_with_a_ready_programme(office, dora):
    answer = dora.press(f"{HOME}?lang=en", f"{HOME}/drafts", preset="three-tier-grocer")
    assert answer.status_code == 303
    assert "three-tier-grocer" in dora.open(answer.location).text
    assert dora.press(HOME, f"{HOME}/drafts", preset="nothing").status_code == 404
