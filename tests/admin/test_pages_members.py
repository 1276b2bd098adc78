"""Finding a member and reading her story."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from loyalty.commands import earn_points
from loyalty.kernel.access.principals import Role
from loyalty.kernel.audit import AuditEntry
from tests.admin.office import words
from tests.loyalty.world import enrol


@pytest.fixture
def desk(office):
    return office.desk(Role.SUPPORT)


def readings(office):
    """Return who was looked at, and which part, in the order of the audit trail."""
    statement = (
        select(AuditEntry.subject, AuditEntry.details)
        .where(AuditEntry.action == "member.read")
        .order_by(AuditEntry.seq)
    )
    with office.database.look() as tx:
        return [(row.subject, row.details["part"]) for row in tx.run(statement)]


def test_a_member_is_found_by_the_beginning_of_a_name(desk, office):
    for text in ("Ada", "ada lov", "LOVE", "  lovelace  ", "àda"):
        page = desk.open("/admin/members", query_string={"q": text})
        assert page.status_code == 200
        assert f'href="/admin/members/{office.ada}"' in page.text
        assert str(office.ben) not in page.text


def test_an_address_or_a_number_opens_her_page(desk, office):
    for text in ("ada@example.org", "ADA@Example.org", "06 39 98 12 34"):
        sent = desk.open("/admin/members", query_string={"q": text})
        assert (sent.status_code, sent.location) == (303, f"/admin/members/{office.ada}")


def test_a_card_that_is_scanned_opens_her_page(desk, office):
    card = office.cards(office.ben)
    for text in (card.code, card.grouped, card.grouped.lower()):
        sent = desk.open("/admin/members", query_string={"q": text})
        assert sent.location == f"/admin/members/{office.ben}"


def test_nobody_is_found_politely(desk):
    for text in ("zz", "nobody@example.org", "0102030405", "%", "a", "x" * 500):
        page = desk.open("/admin/members", query_string={"q": text, "lang": "en"})
        assert page.status_code == 200
        assert "Nobody found" in words(page.text)


def test_a_long_list_is_paged(desk, office):
    with office.database.begin(actor="test") as tx:
        for n in range(60):
            enrol(tx, "Zoe", family_name=f"Zimmer {chr(97 + n // 26)}{chr(97 + n % 26)}")
    seen: list[str] = []
    address = "/admin/members?q=zimmer"
    while address:
        page = desk.open(address).text
        found = [part.split('"')[0] for part in page.split('href="/admin/members/')[1:]]
        seen += found
        older = page.split('rel="next" href="')[1:]
        address = older[0].split('"')[0].replace("&amp;", "&") if older else ""
        assert len(found) <= 25
    assert len(seen) == len(set(seen)) == 60


def test_her_story_tells_points_steps_consents_and_offers(desk, office):
    page = words(desk.open(f"/admin/members/{office.ada}?lang=en").text)
    for said in (
        "Ada Lovelace",
        "Base → Gold",
        "by a purchase",
        "Allowed: offers chosen from purchases",
        "Did not allow: offers by SMS",
        "Coffee at half price",
        "€3,102.00",
        "more to Platinum",
        "+3,100 points",
    ):
        assert said in page, said


def test_her_points_are_those_of_the_ledger(desk, office):
    with office.database.begin(actor="test") as tx:
        earn_points(tx, member_id=office.ben, points=1234, source="test:gift")
    page = words(desk.open(f"/admin/members/{office.ben}?lang=en").text)
    assert "1,234 worth €6.17" in page
    assert "+1,234 points" in page


def test_the_movements_are_paged(desk, office):
    with office.database.begin(actor="test") as tx:
        for n in range(1, 61):
            earn_points(tx, member_id=office.ben, points=n, source=f"test:{n}")
    seen: list[str] = []
    address = f"/admin/members/{office.ben}/movements?lang=en"
    while address:
        page = desk.open(address).text
        seen += [part.split(" ")[0] for part in page.split("no. ")[1:]]
        older = page.split('rel="next" href="')[1:]
        address = older[0].split('"')[0].replace("&amp;", "&") if older else ""
    assert seen == [str(n) for n in range(60, 0, -1)]


def test_a_purchase_tells_what_was_taken_off_and_what_came_back(desk, office):
    address = f"/admin/members/{office.ada}/purchases/{office.purchase}?lang=en"
    page = words(desk.open(address).text)
    for said in (
        "Lyon Bellecour",
        "Coffee at half price \u2212€4.00",
        "1 came back",
        "€2.00 given back",
    ):
        assert said in page, said


def test_a_purchase_of_somebody_else_is_not_there(desk, office):
    address = f"/admin/members/{office.ben}/purchases/{office.purchase}"
    assert desk.open(address).status_code == 404
    assert desk.open(f"/admin/members/{office.ada}/purchases/pur_none").status_code == 404


def test_every_look_is_written_down(desk, office):
    story = f"/admin/members/{office.ada}"
    receipt = f"{story}/purchases/{office.purchase}"
    for address in (story, f"{story}/movements", f"{story}/purchases", receipt):
        desk.open(address)
    assert readings(office) == [
        (office.ada, part) for part in ("story", "movements", "purchases", office.purchase)
    ]


def test_a_look_at_nobody_is_not_written_down(desk, office):
    desk.open("/admin/members/mbr_none")
    desk.open(f"/admin/members/{office.ben}/purchases/{office.purchase}")
    assert readings(office) == []


HOSTILE = (
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "${7*7}",
    "#{7*7}",
    "{name}",
    "%(name)s",
    "{0.__class__}",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "&amp;",
    "a&b<c>d\"e'f`g",
    "<!--",
    "]]>",
    "<b onmouseover=alert(1)>x",
    "<a href=javascript:alert(1)>x</a>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "'; DROP TABLE members; --",
    "Zoé-Ève d’Arc",
    "李小龍",
    "علي",
    "Ἀλέξανδρος",
    "Ünïcødé Ñandú",
    "A" * 80,
)


def test_hostile_names_are_only_names(desk, office):
    with office.database.begin(actor="test") as tx:
        members = {name: enrol(tx, name, family_name="Hostile").member_id for name in HOSTILE}
    listed = desk.open("/admin/members?q=hostile").text
    listed += desk.open("/admin/members", query_string={"q": "hostile"}).text
    for name, member_id in members.items():
        page = desk.open(f"/admin/members/{member_id}?lang=en").text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<svg onload" not in page
        assert name in words(page), name
        for part in ("movements", "purchases"):
            assert desk.open(f"/admin/members/{member_id}/{part}").status_code == 200
    assert "<script>alert" not in listed


def test_hostile_searches_are_only_words(desk):
    for text in HOSTILE:
        page = desk.open("/admin/members", query_string={"q": text})
        assert page.status_code == 200, text
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
