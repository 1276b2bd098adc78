"""Seeding: the whole shop or nothing, through the packages' doors, with books that add up."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from admin.demo.catalogue import load_shop
from admin.demo.crew import CLEO_PIN, DEMO_PASSWORD, demo_sign_in, sign_ins
from admin.demo.history import RANKING_JOB
from admin.demo.past import in_the_past
from admin.demo.people import CAST
from admin.demo.seed import AlreadySeeded, Seeded, example_members, is_seeded, seed_shop
from loyalty.commands import enrol_member, publish_preset
from loyalty.errors import EmailTaken
from loyalty.events import MemberEnrolled
from loyalty.kernel.access.people import all_staff, check_pin, sign_in_staff
from loyalty.kernel.access.principals import Role
from loyalty.kernel.access.terminals import terminals
from loyalty.kernel.audit import first_broken_entry
from loyalty.kernel.cache import open_cache
from loyalty.kernel.clock import MovableClock
from loyalty.kernel.db import Database
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.settings import Mode, Settings
from loyalty.kernel.signing import Keys
from loyalty.queries import consents_of, contact_of, tier_progress, verify_books
from loyalty.values import Channel, Identity, Purpose
from offers.plugin import plugin as offers
from offers.queries import member_offers
from tests.conftest import NOW
from tests.services import run

MEMBERS = 40


class Shop(NamedTuple):
    """A seeded installation and what was brought in."""

    runtime: Runtime
    seeded: Seeded


@pytest.fixture
def empty(database, settings):
    """An empty installation on each database."""
    return installation(database, settings)


@pytest.fixture(scope="module")
def shop(tmp_path_factory, request):
    """The demo shop with few members, seeded once; says how long it took."""
    path = tmp_path_factory.mktemp("shop") / "palier.db"
    shutil.copyfile(run.sqlite_template(), path)
    database = Database(f"sqlite:///{path}", clock=MovableClock(NOW))
    secret = "only-for-tests-0123456789-abcdefghijklmnop"
    runtime = installation(database, Settings(mode=Mode.TEST, secret_key=secret))
    began = time.perf_counter()
    seeded = seed_shop(runtime, members=MEMBERS, quiet=True)
    took = time.perf_counter() - began
    line = f"seeded {seeded.members} members and {seeded.receipts} receipts in {took:.1f} s"
    request.config.get_terminal_writer().line(line)
    yield Shop(runtime, seeded)
    database.dispose()


def installation(database, settings):
    brand = replace(settings, brand=load_shop().name)
    return Runtime(brand, database, Keys(settings.secret_key), open_cache(""))


def count(tx, table, where="1 = 1"):
    return tx.session.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar()


def test_the_whole_shop_is_brought_in_and_its_books_add_up(shop):
    with shop.runtime.database.look() as tx:
        assert count(tx, "stores") == 5
        assert count(tx, "articles") == shop.seeded.articles == 400
        assert count(tx, "categories") == 20
        assert count(tx, "members") == count(tx, "cards") == MEMBERS
        assert count(tx, "purchases") == shop.seeded.receipts > 1_000
        assert count(tx, "purchases", "member_id IS NULL") > 50
        assert count(tx, "offers", "state = 'live'") == shop.seeded.offers >= 12
        assert count(tx, "member_identities", "phone IS NOT NULL") > MEMBERS // 2
        assert list(verify_books(tx)) == []
        assert first_broken_entry(tx) is None


def test_history_happened_when_it_did_and_nobody_is_told_about_it(shop):
    with shop.runtime.database.look() as tx:
        assert count(tx, "outbox_events", "name <> 'none'") == 0
        assert count(tx, "postings", "posted_at <> occurred_at") == 0
        assert count(tx, "postings", "kind = 'expiry'") > 10, "lots of the first months lapsed"
        assert count(tx, "vouchers", "state = 'expired'") > 10
        assert count(tx, "tier_changes") > 3


def test_the_examples_stand_where_they_should_on_the_stairs(shop):
    with shop.runtime.database.look() as tx:
        examples = example_members(tx)
        levels = {
            name: tier_progress(tx, getattr(examples, name)).level
            for name in ("gold", "near_gold", "lapsed", "platinum")
        }
        ben = contact_of(tx, examples.gold)
        consents = consents_of(tx, examples.gold)

    assert levels == {"gold": "gold", "near_gold": "base", "lapsed": "base", "platinum": "platinum"}
    assert ben is not None
    assert ben.email == "ben.lagarde@example.com"
    assert all(consents[purpose].granted for purpose in Purpose)


def test_gold_members_hold_an_offer_chosen_from_their_history(shop):
    with shop.runtime.database.look() as tx:
        found = member_offers(tx, example_members(tx).gold, language="fr")

    given = [offer for offer in found if offer.tier == "gold"]
    assert given
    assert any("activ" in offer.terms.lower() for offer in given)


def test_the_ranking_job_has_nothing_left_to_do(shop):
    job = next(job for job in offers.jobs if job.name == RANKING_JOB)

    assert job.run(shop.runtime).startswith("0 ")


def test_staff_sign_in_as_the_demo_prints(shop):
    with shop.runtime.database.begin(actor="test") as tx:
        people = {person.name: person for person in all_staff(tx)}
        cleo = people["Cléo Fabre"]
        check_pin(tx, staff_id=cleo.staff_id, pin=CLEO_PIN, store_id="lyon-part-dieu")
        assert sign_in_staff(tx, email="dora@example.com", password=DEMO_PASSWORD)
        roles = Counter(person.role for person in people.values())
        tills = terminals(tx)

    assert set(roles) == set(Role)
    assert len(list(sign_ins())) == len(Role)
    assert len(tills) == 12
    assert {till.state.value for till in tills} == {"active"}


def test_every_cashier_has_a_pin_and_everybody_else_an_address_of_their_own():
    entries = [(person, *demo_sign_in(person)) for person in load_shop().staff]
    addresses = [email for _, email, _, _ in entries if email]

    assert len(addresses) == len(set(addresses))
    assert all(bool(pin) == (person.role == "cashier") for person, _, _, pin in entries)


def test_seeding_twice_changes_nothing(shop):
    assert is_seeded(shop.runtime)

    with pytest.raises(AlreadySeeded):
        seed_shop(shop.runtime, members=MEMBERS, quiet=True)

    with shop.runtime.database.look() as tx:
        assert count(tx, "members") == MEMBERS
        assert count(tx, "purchases") == shop.seeded.receipts


def test_the_shop_opens_on_either_database(empty):
    seeded = seed_shop(empty, members=8, quiet=True)

    assert is_seeded(empty)
    with empty.database.look() as tx:
        assert count(tx, "purchases") == seeded.receipts > 500
        assert list(verify_books(tx)) == []
        assert first_broken_entry(tx) is None


def test_a_seeding_that_fails_half_way_leaves_nothing_behind(empty):
    last = CAST[-1]
    with empty.database.begin(actor="test") as tx:
        publish_preset(tx)
        enrol_member(
            tx,
            keys=empty.keys,
            identity=Identity(given_name="Mallory", email=last.email),
            channel=Channel.WEB,
            language="en",
        )

    with pytest.raises(EmailTaken):
        seed_shop(empty, members=len(CAST), quiet=True)

    assert not is_seeded(empty)
    with empty.database.look() as tx:
        assert count(tx, "members") == 1
        for table in ("stores", "articles", "staff", "terminals", "offers", "purchases"):
            assert count(tx, table) == 0, table


def test_an_empty_database_has_no_examples(sqlite_database):
    with sqlite_database.look() as tx, pytest.raises(LookupError):
        example_members(tx)


def test_what_is_done_in_the_past_is_dated_then_and_announced_to_nobody(tx):
    long_ago = datetime(2024, 5, 2, 10, tzinfo=UTC)
    past = in_the_past(tx, long_ago.astimezone(ZoneInfo("Europe/Paris")))
    past.announce(MemberEnrolled(member_id="mbr_1"))

    assert past.now == long_ago
    assert past.now.tzinfo is UTC
    assert tx.now - past.now > timedelta(days=300)
    assert past.actor == tx.actor
    assert count(tx, "outbox_events") == 0
