"""The invented members: nobody real can be reached, and the crowd looks like one."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from admin.demo.catalogue import load_shop
from admin.demo.people import CAST, JOINING_MONTHS, Pace, people
from admin.demo.seasons import months_before
from loyalty.values import Purpose

TODAY = date(2026, 6, 10)


@pytest.fixture(scope="module")
def members():
    return list(people(1, TODAY))


def test_the_same_seed_and_day_give_the_same_people():
    assert list(people(5, TODAY, members=200)) == list(people(5, TODAY, members=200))
    assert list(people(5, TODAY, members=200)) != list(people(6, TODAY, members=200))


def test_two_thousand_members_are_told_apart(members):
    assert len(members) == 2_000
    assert len({persona.key for persona in members}) == 2_000
    names = {(p.identity.given_name, p.identity.family_name) for p in members}
    assert len(names) > 1_500


def test_mail_only_goes_to_domains_kept_for_documentation(members):
    addresses = [p.identity.email for p in members if p.identity.email]

    assert len(addresses) == len(set(addresses)) > 1_500
    for address in addresses:
        assert re.fullmatch(r"[a-z0-9.]+@example\.(com|org)", address), address


def test_phone_numbers_only_come_from_the_range_kept_for_fiction(members):
    numbers = [p.identity.phone for p in members if p.identity.phone]

    assert len(numbers) == len(set(numbers)) > 1_200
    for number in numbers:
        assert re.fullmatch(r"\+3363998[1-9]\d{3}", number), number


def test_everyone_can_be_reached_somehow(members):
    assert all(p.identity.email or p.identity.phone for p in members)


def test_ada_is_left_to_the_story(members):
    assert not any(p.identity.given_name.lower() == "ada" for p in members)


def test_everyone_joined_an_open_shop_as_an_adult_in_the_past_thirty_months(members):
    launch = months_before(TODAY, JOINING_MONTHS)
    zone = ZoneInfo(load_shop().zone)

    for p in members:
        assert launch <= p.joined_on < TODAY
        assert p.joined_at.astimezone(zone).date() == p.joined_on
        if p.identity.born_on:
            assert (p.joined_on - p.identity.born_on).days >= 18 * 365


def test_homes_follow_the_size_of_the_stores_and_some_read_english(members):
    homes = Counter(p.home_store_id for p in members)

    for store in load_shop().stores:
        assert abs(homes[store.id] - 20 * store.share) < 100, store.id
    assert 0.02 < sum(p.language == "en" for p in members) / len(members) < 0.1


def test_consents_vary_and_a_few_are_withdrawn_after_they_were_given(members):
    for purpose in Purpose:
        said = [[c for c in p.consents if c.purpose is purpose] for p in members]
        assert all(answers for answers in said)
        yes = sum(answers[-1].granted for answers in said)
        assert 600 < yes < 1_500, purpose
        changed = [answers for answers in said if len(answers) > 1]
        assert 10 < len(changed) < 150
        assert all(
            first.at < later.at and first.granted > later.granted for first, later in changed
        )


def test_the_cast_is_there_by_name(members):
    known = {p.key: p for p in members[: len(CAST)]}

    assert [(r.given_name, r.pace) for r in CAST] == [
        ("Ben", Pace.GOLD),
        ("Inès", Pace.NEAR_GOLD),
        ("Gérard", Pace.REGULAR),
        ("Hélène", Pace.PLATINUM),
    ]
    assert known["ben"].identity.given_name == "Ben"
    assert all(p.identity.email and p.identity.phone for p in known.values())
