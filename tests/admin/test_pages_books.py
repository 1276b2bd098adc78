"""The books: the proof, the audit trail and the jobs, as pages show them."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from admin.queries import TRAIL_LENGTH
from loyalty.kernel.access.principals import Role
from loyalty.kernel.audit import record_audit
from loyalty.kernel.jobs import Job, run_job
from tests.admin.office import words

BOOKS = "/admin/books"


@pytest.fixture
def desk(office):
    return office.desk(Role.AUDITOR, name="Pia Auditrix")


def prove(desk) -> str:
    return words(desk.press(f"{BOOKS}?lang=en", BOOKS).text)


def tamper(office, *statements: str) -> None:
    """Change the database behind the application's back: triggers first, they guard it."""
    with office.database.begin(actor="mallory") as tx:
        triggers = tx.run(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
        for name in list(triggers):
            tx.run(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            tx.run(text(statement))


def test_sound_books_are_proven(desk):
    page = prove(desk)
    assert "The books add up" in page
    assert "do not add up" not in page
    assert "proven at 10/03/2026" in page


def test_a_balance_that_was_changed_is_found_and_named(desk, office):
    tamper(office, f"UPDATE wallets SET balance = balance + 1 WHERE member_id = '{office.ada}'")
    page = prove(desk)
    assert "The books do not add up" in page
    assert str(office.ada) in page
    assert "First bad row" in page


def test_an_audit_entry_that_was_changed_is_found(desk, office):
    tamper(office, "UPDATE audit_entries SET actor = 'staff:somebody' WHERE seq = 2")
    page = prove(desk)
    assert "1 rule is broken." in page
    assert "each audit entry follows from the one before" in page.casefold()


def test_proving_changes_nothing(desk, office):
    before = office.audited("member.read", "block-card", "staff.take-on")
    prove(desk)
    assert office.audited("member.read", "block-card", "staff.take-on") == before


def test_the_trail_says_who_did_what(desk, office):
    support = office.desk(Role.SUPPORT, name="Noa Helpful")
    support.open(f"/admin/members/{office.ada}")
    page = desk.open(f"{BOOKS}?lang=en").text
    assert "Noa Helpful" in words(page)
    assert "looked at a member" in words(page)
    assert f'href="/admin/members/{office.ada}"' in page
    assert "launched an offer" in words(page)


def test_the_trail_of_one_member_alone(desk, office):
    for _ in range(2):
        office.desk(Role.SUPPORT, name="Noa Helpful").open(f"/admin/members/{office.ada}")
    page = words(desk.open(f"{BOOKS}?subject={office.ada}&lang=en").text)
    assert page.count("looked at a member") == 2
    assert "launched an offer" not in page
    assert "Only about" in page
    assert "Nothing yet" in words(desk.open(f"{BOOKS}?subject=mbr_none&lang=en").text)


def test_the_trail_is_paged(desk, office):
    with office.database.begin(actor="test") as tx:
        last = max(
            record_audit(tx, action="test.event", subject=f"thing-{n}", details={})
            for n in range(2 * TRAIL_LENGTH)
        )
    seen: list[int] = []
    address = f"{BOOKS}?lang=en"
    while address:
        page = desk.open(address).text
        found = [int(part.split("<")[0]) for part in page.split("no. ")[1:]]
        assert len(found) <= TRAIL_LENGTH
        seen += found
        older = page.split('rel="next" href="')[1:]
        address = older[0].split('"')[0].replace("&amp;", "&") if older else ""
    assert seen == list(range(last, 0, -1))


def test_an_analyst_gets_no_links_to_members(office):
    office.desk(Role.SUPPORT).open(f"/admin/members/{office.ada}")
    page = office.desk(Role.ANALYST).open(BOOKS).text
    assert str(office.ada) in page
    assert f'href="/admin/members/{office.ada}"' not in page


def test_hostile_subjects_and_actions_are_only_words(desk, office):
    with office.database.begin(actor="<script>alert(1)</script>") as tx:
        record_audit(tx, action="<b>{x}</b>", subject="<img src=x onerror=alert(1)>", details={})
    for address in (BOOKS, f"{BOOKS}?subject=%3Cscript%3Ealert(1)%3C/script%3E"):
        page = desk.open(address)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    assert "<b>{x}</b>" in words(desk.open(BOOKS).text)


def test_the_jobs_tell_how_they_ended(desk, office):
    def fail(runtime):
        raise RuntimeError

    good = Job("test.good", 60, lambda runtime: "3 things done", "Does things.")
    for job in (good, Job("test.bad", 60, fail, "Fails.")):
        run_job(office.runtime, job, holder="test")
    page = words(desk.open(f"{BOOKS}?lang=en").text)
    assert "3 things done" in page
    assert "failed: RuntimeError" in page
