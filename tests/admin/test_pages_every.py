"""Every page, in both languages, with a history and without one."""

from __future__ import annotations

import pytest

from admin.app import create_app
from loyalty.commands import publish_preset
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.queries import RULES
from tests.admin.office import STAFF_COOKIE, words
from tests.loyalty.pages.phone import Phone
from tests.loyalty.world import KEYS

PAGES = (
    ("/", "Une carte de fidélité qui monte avec vous", "A loyalty card that climbs with you"),
    ("/admin/", "Comment va le programme", "How the programme is doing"),
    ("/admin/members", "Qui cherchez-vous", "Whom are you looking for?"),
    ("/admin/members?q=lov", "Ada Lovelace", "Ada Lovelace"),
    ("/admin/members?q=nobody", "Personne", "Nobody found"),
    ("/admin/members/{ada}", "Ce qui s’est passé", "What happened"),
    ("/admin/members/{ben}", "Aucun mouvement", "No movement yet"),
    ("/admin/members/{ada}/movements", "jamais modifiée", "never changed"),
    ("/admin/members/{ben}/movements", "Aucun mouvement", "No movement yet"),
    ("/admin/members/{ada}/movements?kind=lapsed", "Rien de tel", "Nothing of the kind"),
    ("/admin/members/{ada}/points", "Ce qui expire, et quand", "What lapses when"),
    ("/admin/members/{ben}/points", "Rien ici", "Nothing here"),
    ("/admin/members/{ada}/level", "Base → Or", "Base → Gold"),
    ("/admin/members/{ada}/rewards", "Bons à utiliser", "Vouchers to use"),
    ("/admin/members/{ada}/household", "Ouvrir un foyer", "Open a household"),
    ("/admin/members/{ada}/data", "Ce qui a été permis", "What she allowed"),
    ("/admin/adjustments", "Rien n’attend", "Nothing waits"),
    ("/admin/rewards", "Pas encore de récompenses", "No rewards yet"),
    ("/admin/members/{ada}/purchases", "Économisé", "Saved"),
    ("/admin/members/{ben}/purchases", "Aucun achat", "No purchase yet"),
    ("/admin/members/{ada}/purchases/{purchase}", "Le café à moitié prix", "Coffee at half price"),
    ("/admin/tills", "Lyon Bellecour", "Lyon Bellecour"),
    ("/admin/staff", "Nouvelle personne", "Somebody new"),
    ("/admin/staff?state=left", "Personne n’est parti", "Nobody has left"),
    ("/admin/books", "Journal des gestes", "Audit trail"),
    ("/admin/liability", "Passif sur contrats", "Contract liability now"),
    ("/admin/programme", "Commencer un brouillon", "Begin a draft"),
    ("/admin/programme/drafts/{draft}", "Tous les exemples sont justes", "All examples hold"),
    ("/admin/what-if", "Rejouer les achats", "Replay purchases under a draft"),
    ("/docs/api", "Deux fois valent une", "Twice is once"),
    ("/problems/not-enough-points", "Pas assez de points", "Not enough points"),
    ("/problems/not-signed-in", "Identifiez-vous", "Please sign in"),
)


@pytest.fixture
def desk(office):
    return office.desk(Role.ADMIN)


def address(office, path):
    return path.format(ada=office.ada, ben=office.ben, purchase=office.purchase, draft=office.draft)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_reads_in_both_languages(office, desk, language):
    faults = []
    for path, french, english in PAGES:
        page = desk.open(address(office, path), headers={"Accept-Language": language})
        sentence = french if language == "fr" else english
        faults += [(path, page.status_code)] if page.status_code != 200 else []
        faults += [(path, "lang")] if f'<html lang="{language}"' not in page.text else []
        faults += [(path, sentence)] if sentence not in words(page.text) else []
        faults += [(path, "style")] if " style=" in page.text else []
    assert faults == []


def test_the_language_that_was_asked_for_stays(desk):
    desk.open("/admin/?lang=fr", headers={"Accept-Language": "en"})
    page = desk.open("/admin/books", headers={"Accept-Language": "en"})
    assert "Journal des gestes" in words(page.text)
    assert 'href="?lang=en"' in page.text


def test_pages_that_are_not_there_say_so_in_the_readers_language(desk):
    unknown = "/admin/members/mbr_00000000000000000000000000"
    for path in ("/nothing", "/admin/nothing", unknown, f"{unknown}/movements"):
        for language, back in (("fr", "Retour au début"), ("en", "Back to the start")):
            page = desk.open(path, headers={"Accept-Language": language})
            assert page.status_code == 404
            assert back in words(page.text)
            assert page.headers["Content-Type"].startswith("text/html")
    assert "coquille" in words(desk.open("/admin/nothing?lang=fr").text)


def test_an_empty_shop_has_pages_too(sqlite_database, settings):
    runtime = Runtime(settings, sqlite_database, KEYS, MemoryCache())
    with sqlite_database.begin(actor="test") as tx:
        publish_preset(tx)
        person = take_on_staff(tx, name="Dora", role=Role.ADMIN)
        session = start_session(tx, kind=PrincipalKind.STAFF, subject_id=person.staff_id)
    desk = Phone(create_app(runtime))
    desk.client.set_cookie(STAFF_COOKIE, session.token)
    home = words(desk.open("/admin/?lang=en").text)
    for said in ("No campaign is planned", "No offer is running", "0 joined in the last 7 days"):
        assert said in home
    assert "There is no store yet" in words(desk.open("/admin/tills?lang=en").text)
    assert "No till yet" in words(desk.open("/admin/tills?lang=en").text)
    assert "The books add up" in words(desk.press("/admin/books", "/admin/books").text)


def test_a_shop_without_a_programme_says_what_to_do(sqlite_database, settings):
    runtime = Runtime(settings, sqlite_database, KEYS, MemoryCache())
    with sqlite_database.begin(actor="test") as tx:
        person = take_on_staff(tx, name="Dora", role=Role.ADMIN)
        session = start_session(tx, kind=PrincipalKind.STAFF, subject_id=person.staff_id)
    desk = Phone(create_app(runtime))
    desk.client.set_cookie(STAFF_COOKIE, session.token)
    page = desk.open("/admin/?lang=en")
    assert page.status_code == 503
    assert "Publish a programme first" in words(page.text)


def test_every_rule_of_the_proof_has_its_french(desk):
    page = words(desk.press("/admin/books?lang=fr", "/admin/books").text)
    assert "Les livres concordent" in page
    assert [says for says in RULES.values() if says in page] == []
    assert "chaque ligne du journal découle de la précédente" in page
    assert f"Les {len(RULES) + 1} règles sont respectées" in page


def test_the_api_page_names_every_group_and_document(desk):
    document = desk.open("/openapi.json").get_json()
    page = desk.open("/docs/api?lang=en").text
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in page
    for group in document["tags"]:
        assert f'href="#{group["name"]}"' in page
    assert '<a href="/problems/not-signed-in"><code>not-signed-in</code></a>' in page
    assert "`" not in words(page)


def test_every_refusal_of_the_api_page_has_its_own(desk):
    page = desk.open("/docs/api?lang=en").text
    slugs = {part.split('"')[0] for part in page.split('href="/problems/')[1:]}
    assert len(slugs) > 20
    for slug in sorted(slugs):
        assert desk.open(f"/problems/{slug}").status_code == 200


def test_a_mistyped_page_of_a_list_is_the_first_one(desk):
    for path in (
        "/admin/tills?after=x",
        "/admin/staff?after=x&state=gone",
        "/admin/books?before=-1",
        "/admin/books?before=99999999999999999999999999",
        "/admin/books?before=٣",
    ):
        assert desk.open(path).status_code == 200
    refused = desk.open("/admin/members?q=lo&after=x")
    assert refused.status_code == 422
    assert refused.headers["Content-Type"].startswith("text/html")


def test_the_stores_posters_are_on_the_front_page(office):
    page = office.stranger().open("/?lang=en")
    assert 'href="/app/poster/lyon-1"' in page.text
    for path in ("/app/", "/till/", "/admin/", "/docs/api"):
        assert f'href="{path}"' in page.text
    assert "/demo/mailbox" not in page.text
