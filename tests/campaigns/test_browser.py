"""Campaigns in a real browser: the preview follows the writing, every page is usable by all."""

from __future__ import annotations

import pytest

from admin.app import create_app
from campaigns.commands import draft_campaign
from campaigns.links import unsubscribe_link
from campaigns.queries import list_campaigns
from campaigns.values import MessageId
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.access.sessions import start_session
from tests.campaigns.world import DOCUMENT, crowd, enrol, mailbox, schedule, send, start
from tests.services.accessibility import accessibility_faults
from tests.services.web import served

pytestmark = [pytest.mark.browser, pytest.mark.soak]

WIDTHS = (390, 1280)


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture
def shop(runtime):
    """A shop with a campaign that was sent, one that is paused and a draft."""
    crowd(runtime, 6)
    enrol(runtime, "Ada")
    enrol(runtime, "Ben", purposes=(), language="en")
    schedule(runtime, channels=["email", "sms"])
    start(runtime)
    send(runtime)
    with runtime.database.begin(actor="test") as tx:
        draft_campaign(tx, name="A draft", document={**DOCUMENT, "channels": ["email", "sms"]})
        dora = take_on_staff(
            tx,
            name="Dora",
            role=Role.MARKETER,
            email="dora@example.org",
            password="a long enough password",
        )
        session = start_session(tx, kind=PrincipalKind.STAFF, subject_id=dora.staff_id)
    with runtime.database.look() as tx:
        ids = {one.name: one.campaign_id for one in list_campaigns(tx).items}
    return runtime, ids, session.token


@pytest.fixture
def address(shop):
    with served(lambda _: create_app(shop[0])) as url:
        yield url


@pytest.fixture
def visit(browser, address, shop):
    """Open a page as Dora; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def opened(path, *, width=1280, language="en"):
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        context.add_cookies([{"name": "palier-staff", "value": shop[2], "url": address}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def pages(shop):
    runtime, ids, _ = shop
    messages = [path.name.partition(".")[0] for path in mailbox(runtime)]
    sms = next(p.name.partition(".")[0] for p in mailbox(runtime) if ".sms." in p.name)
    mail = next(p.name.partition(".")[0] for p in mailbox(runtime) if p.suffix == ".eml")
    assert len(messages) == 14
    link = unsubscribe_link(runtime.keys, "", MessageId(mail), now=runtime.database.clock())
    sent, draft = ids["Gold, this week"], ids["A draft"]
    return {
        "list": "/admin/campaigns",
        "new": "/admin/campaigns/new",
        "draft": f"/admin/campaigns/{draft}/edit",
        "results": f"/admin/campaigns/{sent}",
        "recipients": f"/admin/campaigns/{sent}/recipients?show=skipped",
        "mailbox": "/demo/mailbox",
        "mail": f"/demo/mailbox?open={mail}",
        "sms": f"/demo/mailbox?open={sms}",
        "unsubscribe": link,
    }


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_and_fits_its_screen(shop, visit, width):
    for name, path in pages(shop).items():
        page = visit(path, width=width)
        if name in {"new", "draft"}:
            page.locator("#preview .card").first.wait_for()
        assert accessibility_faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_the_preview_follows_the_writing(shop, visit):
    page = visit(pages(shop)["draft"])
    page.locator("#preview .count-line").wait_for()
    assert "8 members" in page.locator(".count-line").inner_text()

    page.fill("#f-fr_subject", "Nouvel objet pour {first_name|default:vous}")
    page.locator("#preview .preview__head", has_text="Nouvel objet pour").wait_for()
    shown = page.locator("#preview [data-mail]").first
    assert "points vous attendent" in shown.evaluate("host => host.shadowRoot.textContent")
    assert (
        shown.evaluate("host => getComputedStyle(host.shadowRoot.querySelector('h1')).fontSize")
        == "26px"
    )

    page.fill("#f-en_subject", "A new subject for {first_name|default:you}")
    page.locator("#preview .preview__head", has_text="A new subject for").wait_for()

    page.fill("#f-fr_subject", "Bonjour {prenom}")
    page.locator("#preview .alert--bad", has_text="Write {first_name}.").wait_for()


def test_one_button_makes_a_dear_sms_cheap(shop, visit):
    page = visit(pages(shop)["draft"])
    page.fill(
        "#f-fr_sms", "Vos points expirent bientôt, profitez-en… Rendez-vous dans votre magasin."
    )
    button = page.locator("[data-plain]")
    button.wait_for()
    assert "2 parts" in page.locator(".sms-size").first.inner_text()
    button.click()
    page.locator(".sms-size", has_text="1 part").first.wait_for()
    assert page.input_value("#f-fr_sms").startswith("Vos points expirent bientot, profitez-en...")


def test_a_placeholder_is_put_where_the_caret_is(shop, visit):
    page = visit(pages(shop)["new"])
    page.fill("#f-fr_subject", "Bonjour !")
    page.evaluate("document.getElementById('f-fr_subject').setSelectionRange(8, 8)")
    page.get_by_text("Placeholder", exact=True).click()
    page.locator("[data-insert*=first_name]").click()
    page.keyboard.type("vous")
    assert page.input_value("#f-fr_subject") == "Bonjour {first_name|default:vous}!"


def test_channels_that_are_not_used_are_not_in_the_way(shop, visit):
    page = visit(pages(shop)["new"])
    assert not page.locator("#f-fr_sms").is_visible()
    page.locator("label.pick", has_text="SMS").click()
    assert page.locator("#f-fr_sms").is_visible()
    page.locator("label.pick", has_text="E-mail").click()
    assert not page.locator("#f-fr_subject").is_visible()


def test_cancelling_asks_first(shop, visit):
    runtime, _, _ = shop
    campaign_id = schedule(runtime, name="To be cancelled")
    page = visit(f"/admin/campaigns/{campaign_id}")
    page.get_by_role("button", name="Cancel it").first.click()
    dialog = page.locator("#cancel-campaign")
    dialog.wait_for()
    dialog.get_by_role("button", name="Keep it").click()
    assert page.locator(".badge", has_text="Scheduled").is_visible()
    page.get_by_role("button", name="Cancel it").first.click()
    dialog.get_by_role("button", name="Cancel it").click()
    page.locator(".badge", has_text="Cancelled").first.wait_for()


def test_a_letter_in_the_mailbox_cannot_run_or_load_anything(shop, visit):
    page = visit(pages(shop)["mail"])
    host = page.locator("[data-mail]")
    tags = host.evaluate("host => [...host.shadowRoot.querySelectorAll('*')].map(e => e.localName)")
    assert "a" in tags
    assert not {"script", "img", "iframe", "object", "form"} & set(tags)
    links = host.evaluate(
        "host => [...host.shadowRoot.querySelectorAll('a')].map(a => [a.target, a.rel])"
    )
    assert all(link == ["_blank", "noopener noreferrer"] for link in links)
