"""The home page: its figures, what needs attention, what runs and comes next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from admin.pages.morning import account_of, sales_of, steps_of
from admin.pages.words import masked, percent, quantity
from admin.queries import machinery
from campaigns.commands import draft_campaign, schedule_campaign
from campaigns.jobs.planning import plan_and_freeze
from loyalty.commands import earn_points, spend_points
from loyalty.kernel.access.principals import Role
from loyalty.kernel.jobs import Job, run_job
from loyalty.kernel.outbox import OutboxDelivery, OutboxEvent
from loyalty.queries import LiveFigures, SalesOfDay, current_programme
from tests.admin.office import words

HOME = "/admin/?lang=en"


@pytest.fixture
def desk(office):
    return office.desk(Role.ADMIN)


def home(desk) -> str:
    return words(desk.open(HOME).text)


def work(office, *, fail=False):
    """Run a job of the worker's, well or badly."""

    def run(runtime):
        if fail:
            raise RuntimeError
        return "done"

    run_job(office.runtime, Job("test.job", 60, run, "Works."), holder="test")


def figures(*, days=(), members=0, levels=None, issued=0, spent=0, expired=0, outstanding=0):
    """Return figures of a month whose last days had these sales: (count, minor)."""
    first = date(2026, 2, 9)
    known = [(0, 0)] * (30 - len(days)) + list(days)
    return LiveFigures(
        members=members,
        new_this_week=0,
        card_share_bp=0,
        points_issued=issued,
        points_spent=spent,
        points_expired=expired,
        points_outstanding=outstanding,
        liability_minor=0,
        levels=levels or {},
        sales_by_day=tuple(
            SalesOfDay(first + timedelta(days=n), *one) for n, one in enumerate(known)
        ),
    )


def test_the_figures_are_those_of_the_books(desk, office):
    with office.database.begin(actor="test") as tx:
        earn_points(tx, member_id=office.ben, points=900, source="test:gift")
        spend_points(tx, member_id=office.ben, points=300, source="test:reward")
    page = home(desk)
    for said in (
        "Tuesday 10 March 2026, 10:30",
        "Sold yesterday, Monday 9 March €3,100.00 1 sale",
        "Average basket €1,035.50",
        "With a card 67%",
        "Members 2 2 joined in the last 7 days",
        "given 4,002 spent 300 lapsed 0 outstanding 3,702 worth €18.51",
    ):
        assert said in page, said


def test_members_stand_on_their_tiers(desk):
    page = home(desk)
    assert "1 Base 50%" in page
    assert "1 Gold 50%" in page
    assert "0 Platinum 0%" in page


def test_offers_that_run_tell_what_they_have_done(desk):
    page = home(desk)
    assert "Coffee at half price" in page
    assert "no end · not used yet" in page


def test_a_quiet_machine_needs_nobody(desk, office):
    work(office)
    assert "Needs attention" not in home(desk)


def test_a_worker_that_is_not_there_is_missed(desk, office, clock):
    assert "The worker has not run yet" in home(desk)
    work(office)
    clock.move(by=timedelta(minutes=9))
    assert "The worker" not in home(desk)
    clock.move(by=timedelta(minutes=2))
    assert "The worker has stood still since 10/03/2026, 10:30" in home(desk)
    work(office)
    assert "The worker" not in home(desk)


def test_a_job_that_failed_is_named_until_it_runs_well(desk, office):
    work(office, fail=True)
    page = desk.open(HOME).text
    assert "The job test.job failed at 10/03/2026, 10:30." in words(page)
    assert 'href="/admin/books#jobs"' in page
    work(office)
    assert "test.job" not in home(desk)


def test_those_who_may_not_read_the_jobs_get_no_link(office):
    work(office, fail=True)
    page = office.desk(Role.MARKETER).open(HOME).text
    assert "The job test.job failed" in words(page)
    assert "/admin/books" not in page


def test_events_that_wait_or_were_given_up_are_counted(desk, office, clock):
    with office.database.begin(actor="test") as tx:
        tx.run(update(OutboxEvent).values(settled=True))
        event = tx.run(select(OutboxEvent.id).limit(1)).scalar_one()
    work(office)
    assert "Needs attention" not in home(desk)

    with office.database.begin(actor="test") as tx:
        values = {"event_id": event, "attempts": 8, "error": "ValueError"}
        for subscriber in ("offers.one", "offers.two"):
            tx.run(insert(OutboxDelivery).values(subscriber=subscriber, **values))
        tx.run(update(OutboxEvent).where(OutboxEvent.id == event).values(settled=False))
    assert "2 events could not be passed on after eight tries." in home(desk)

    clock.move(by=timedelta(minutes=11))
    work(office)
    page = home(desk)
    assert "Events have been waiting to be passed on since" in page
    assert page.index("could not be passed on") < page.index("have been waiting")


def test_the_machinery_of_an_empty_office_is_empty(sqlite_database):
    with sqlite_database.look() as tx:
        work = machinery(tx)
    assert (work.failed_jobs, work.worked_at, work.waiting_since, work.given_up) == (
        (),
        None,
        None,
        0,
    )


def campaign(office, *, hour: int):
    """Schedule a campaign for today at ``hour`` in Paris."""
    document = {
        "audience": {"tiers": ["gold"]},
        "channels": ["email"],
        "content": {
            "fr": {"subject": "Or", "body": "Bonjour."},
            "en": {"subject": "Gold", "body": "Hello."},
        },
        "schedule": {"on": "2026-03-10", "at": f"{hour:02}:00"},
    }
    with office.database.begin(actor="test") as tx:
        saved = draft_campaign(tx, name="Gold, this week", document=document)
        schedule_campaign(
            tx, campaign_id=saved.campaign_id, revision=saved.revision, zone="Europe/Paris"
        )
    return saved.campaign_id


def test_the_next_campaign_stands_on_the_page(desk, office):
    planned = campaign(office, hour=18)
    page = desk.open(HOME).text
    assert "Gold, this week E-mail · 10/03/2026, 18:00 Scheduled" in words(page)
    assert f'href="/admin/campaigns/{planned}"' in page


def test_those_who_may_not_see_campaigns_see_none(office):
    campaign(office, hour=18)
    page = home(office.desk(Role.SUPPORT))
    assert "Gold, this week" not in page
    assert "Campaigns" not in page


def test_a_campaign_that_missed_its_time_is_pointed_out(office, clock):
    campaign(office, hour=11)
    clock.move(by=timedelta(days=2))
    plan_and_freeze(office.runtime)
    work(office)
    assert "The campaign “Gold, this week” missed its time" in home(office.desk())
    clock.move(by=timedelta(days=8))
    work(office)
    assert "missed its time" not in home(office.desk())


def test_yesterday_is_compared_with_the_same_weekday():
    sales = sales_of(figures(days=[(2, 1000), *[(0, 0)] * 6, (3, 1500), (1, 500)]))
    assert sales.change_bp == 5000
    assert (sales.yesterday.sales, sales.today.total_minor) == (3, 500)
    assert (sales.sales, sales.total_minor, sales.average_minor) == (6, 3000, 500)


def test_a_month_without_sales_divides_by_nothing():
    sales = sales_of(figures())
    assert (sales.change_bp, sales.average_minor) == (None, 0)


@given(before=st.integers(1, 10**9), after=st.integers(0, 10**9))
def test_a_change_never_says_more_than_happened(before, after):
    days = [(1, before), *[(0, 0)] * 6, (1, after), (0, 0)]
    change = sales_of(figures(days=days)).change_bp
    assert change is not None
    assert abs(change) * before <= abs(after - before) * 10_000
    assert (change > 0) <= (after > before)
    assert (change < 0) <= (after < before)


@given(*[st.integers(0, 10**12)] * 4)
def test_the_account_of_points_always_adds_up(issued, spent, expired, outstanding):
    one = account_of(figures(issued=issued, spent=spent, expired=expired, outstanding=outstanding))
    assert one.given - one.spent - one.expired + one.other == one.outstanding


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
def test_the_shares_of_the_tiers_never_pass_the_whole(counts):
    class Names:
        def level_name(self, level, language):
            return level

    levels = dict(zip(("base", "gold", "platinum"), counts, strict=True))
    steps = steps_of(figures(members=sum(counts), levels=levels), Names(), "en")  # type: ignore[arg-type]  # names are all it asks for
    assert [step.members for step in steps] == counts
    assert sum(step.share_bp for step in steps) <= 10_000


@pytest.mark.parametrize(
    ("bp", "signed", "french", "english"),
    [
        (9_349, False, "93\u00a0%", "93%"),
        (9_350, False, "94\u00a0%", "94%"),
        (0, True, "0\u00a0%", "0%"),
        (1_200, True, "+12\u00a0%", "+12%"),
        (-1_250, True, "\u221213\u00a0%", "\u221213%"),
        (-20, True, "0\u00a0%", "0%"),
        (49, True, "0\u00a0%", "0%"),
    ],
)
def test_shares_are_said_as_people_say_them(bp, signed, french, english):
    assert percent("fr", bp, signed=signed) == french
    assert percent("en", bp, signed=signed) == english


def test_quantities_are_said_as_people_say_them():
    assert [quantity("fr", milli) for milli in (1000, 750, 12_345, 1)] == [
        "1",
        "0,75",
        "12,345",
        "0,001",
    ]
    assert quantity("en", 1_250_000) == "1,250"


def test_a_masked_address_keeps_its_house_only():
    assert masked("ada.lovelace@example.org") == "a…@example.org"
    assert masked("+33639981234") == "… 34"
    assert masked("@") == "…@"


def test_the_programme_names_the_tiers_in_the_readers_language(desk, office):
    with office.database.look() as tx:
        programme = current_programme(tx)
    french = words(desk.open("/admin/?lang=fr").text)
    for level in programme.tiers.levels:
        assert level.name("fr") in french
