"""Every page of the back office, at both widths, by day and by night: nobody is shut out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.jobs import Job, run_job
from tests.admin.office import STAFF_COOKIE, Office, furnish
from tests.journeys.conftest import DESK, PHONE
from tests.services.accessibility import accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.soak]

PAGES = (
    "/",
    "/admin/",
    "/admin/members",
    "/admin/members?q=lovelace",
    "/admin/members/{ada}",
    "/admin/members/{ada}/movements",
    "/admin/members/{ada}/purchases",
    "/admin/members/{ada}/purchases/{purchase}",
    "/admin/members/{ben}",
    "/admin/tills",
    "/admin/staff",
    "/admin/books",
    "/admin/what-if",
    "/docs/api",
    "/problems/not-enough-points",
)
NOT_THERE = "/admin/members/mbr_none"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def office(live):
    """The shop with a history, and a job that failed, behind the running application."""

    def fail(runtime):
        raise RuntimeError

    furniture = furnish(live.database)
    run_job(live.runtime, Job("test.bad", 60, fail, "Fails."), holder="test")
    return Office(replace(live.runtime), **vars(furniture))


@pytest.fixture
def desk(office, live, visit, trouble):
    """Open the front page in a browser in which an administrator is signed in."""
    trouble.expect("404")
    who = office.employ("alix@example.org", Role.ADMIN)
    with office.database.begin(actor="test") as tx:
        token = start_session(tx, kind=PrincipalKind.STAFF, subject_id=who).token

    def opened(width, theme):
        page = visit("/", viewport=width, color_scheme=theme)
        page.context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": live.url}])
        return page

    return opened


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_has_a_fault_or_scrolls_sideways(office, desk, width, theme):
    page = desk(width, theme)
    faults = []
    for path in (*PAGES, NOT_THERE):
        page.goto(path.format(**vars(office)))
        faults += [f"{path}: {one}" for one in accessibility_faults(page)]
        faults += [f"{path}: scrolls sideways"] if page.evaluate(SIDEWAYS) else []
    assert faults == []


@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_what_opens_over_a_page_has_no_fault_either(office, desk, width):
    page = desk(width, "light")
    faults = []
    page.goto(f"/admin/members/{office.ada}")
    for name in ("Block the membership", "Replace", "Block"):
        page.get_by_role("button", name=name, exact=True).click()
        faults += [f"{name}: {one}" for one in accessibility_faults(page)]
        page.keyboard.press("Escape")
    page.goto("/admin/tills")
    page.locator("details.menu .btn--icon[aria-label^='What to do']").first.click()
    faults += [f"till: {one}" for one in accessibility_faults(page)]
    page.goto("/admin/books")
    page.get_by_role("button", name="Prove the books now").click()
    faults += [f"proof: {one}" for one in accessibility_faults(page)]
    page.goto("/docs/api")
    for summary in page.locator("details.more > summary").all()[:12]:
        summary.click()
    faults += [f"api: {one}" for one in accessibility_faults(page)]
    faults += ["api: scrolls sideways"] if page.evaluate(SIDEWAYS) else []
    assert faults == []


def test_what_was_refused_has_no_fault_either(office, desk, trouble, live):
    trouble.expect("401", "409", "422")
    page = desk(PHONE, "dark")
    page.goto("/admin/tills")
    page.get_by_label("Name of the till").fill("t1")
    page.get_by_role("button", name="Make a code").click()
    faults = accessibility_faults(page)
    page.goto("/admin/staff")
    page.get_by_role("button", name="Add to the staff").click()
    faults += accessibility_faults(page)
    page.context.clear_cookies()
    page.goto("/admin/sign-in")
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_label("Password").fill("open sesame now")
    page.get_by_role("button", name="Sign in").click()
    faults += accessibility_faults(page)
    assert faults == []
