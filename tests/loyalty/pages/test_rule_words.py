"""Every switch that a member should know of has its sentence, in French and in English."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from loyalty.compiling import compile_programme
from loyalty.expiry import Expiry, MonthDay
from loyalty.pages.rule_words import in_one_line, rules_of
from loyalty.pages.wording.earning import earns, lasting
from loyalty.pages.wording.levels import levels
from loyalty.pages.wording.returning import friends, returning
from loyalty.pages.wording.speech import Speech
from loyalty.pages.wording.spending import costs, vouchers, worth
from loyalty.presets import PRESETS, preset_document
from loyalty.programme import (
    Downgrade,
    EarnRule,
    Filter,
    LapsedLots,
    Metric,
    Per,
    Redemption,
    ReferralRule,
    ReturnRule,
    RewardKind,
    RewardRule,
    ShortBalance,
    WindowKind,
)
from loyalty.values import ProgrammeVersionId

ONE_LINE = {
    "fashion-points": ("1 point for every €1.00 · 100 points = €5.00", "1 point par 1,00 €"),
    "cafe-stamps": ("Hot drinks: 1 stamp for every article", "Un café offert : 10 tampons"),
    "euro-cashback": ("1% of what you buy, back for you", "1 % de vos achats vous reviennent"),
    "paid-club": ("1 point for every €1.00", "100 points = 1,00 €"),
}
TOLD = {
    "fashion-points": (
        "With Silk, your points count 1.25 times.",
        "Nobody falls more than one level at a time.",
        "Levels are reviewed once a year, on 1 February.",
        "What you earn can be used after 30 days.",
    ),
    "cafe-stamps": (
        "A free coffee: 10 stamps.",
        "Your stamps are gone after 6 months without a purchase.",
    ),
    "euro-cashback": (
        "On top for our own brand: 5% of what you buy, back for you.",
        "Your savings from before 1 January are gone on the next 28 February.",
        "Purse: pays at the till like money.",
    ),
    "paid-club": (
        "The club card: 1 club year.",
        "Club year: 12 months.",
        "Club: as long as you hold 1 club year.",
    ),
}


def _programme(name):
    version = ProgrammeVersionId("pgv_test")
    return compile_programme(preset_document(name), version_id=version)


def _plain(text):
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def _speech(**changes):
    return Speech(replace(_programme("three-tier-grocer"), **changes), "en")


@pytest.mark.parametrize("name", sorted(ONE_LINE))
def test_each_ready_programme_is_told(name):
    programme = _programme(name)
    english, french = rules_of(programme, "en"), rules_of(programme, "fr")
    assert (english.title != "", french.title != "") == (True, True)
    assert ONE_LINE[name][0] in _plain(english.short)
    assert ONE_LINE[name][1] in _plain(french.short)
    said = {_plain(one) for section in english.sections for one in section.sentences}
    assert set(TOLD[name]) - said == set()


@pytest.mark.parametrize("name", PRESETS)
def test_the_french_rules_say_as_much_and_nothing_in_english(name):
    programme = _programme(name)
    english, french = rules_of(programme, "en").sections, rules_of(programme, "fr").sections
    assert [len(one.sentences) for one in english] == [len(one.sentences) for one in french]
    pairs = zip(english, french, strict=True)
    assert not any(set(one.sentences) & set(two.sentences) for one, two in pairs)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (EarnRule("a", 2, Per.UNIT), "2 points for every article"),
        (EarnRule("a", 1, Per.LINE), "1 point for every product"),
        (EarnRule("a", 50, Per.ORDER), "50 points for every purchase"),
        (EarnRule("a", 5, Per.EVENT, event="review"), "5 points for a review"),
        (EarnRule("a", 5, Per.EVENT, event="our-own"), "5 points"),
        (
            EarnRule("a", 3, Per.UNIT, match=Filter(categories=frozenset({"coffee"}))),
            "3 points for every article, on chosen articles",
        ),
        (
            EarnRule("a", 9, Per.ORDER, minimum_basis_minor=2000, code="MAY"),
            "9 points for every purchase, from €20.00 on, with the code MAY",
        ),
        (
            EarnRule("a", 9, Per.ORDER, first_purchase=True, until_on=date(2026, 5, 31)),
            "9 points for every purchase, the first time, until 31 May 2026",
        ),
        (EarnRule("a", 0, Per.ORDER, multiply=(2, 1)), "Your points count 2 times"),
    ],
)
def test_ways_to_earn_have_their_words(rule, sentence):
    assert earns(_speech(), rule) == sentence


@pytest.mark.parametrize(
    ("expiry", "sentence"),
    [
        (Expiry(), "Your points do not expire."),
        (Expiry(after_days=30), "Your points can be used for 30 days."),
        (Expiry(end_of="year"), "Your points can be used for the rest of the year."),
        (
            Expiry(after_months=1, end_of="year"),
            "Your points can be used for 1 month, then to the end of the year.",
        ),
    ],
)
def test_how_long_points_last(expiry, sentence):
    programme = _programme("three-tier-grocer")
    wallets = {"points": replace(programme.points, expiry=expiry)}
    assert lasting(Speech(replace(programme, wallets=wallets), "en")) == sentence


def test_the_limits_of_a_redemption():
    rule = Redemption(
        points=100,
        value_minor=100,
        minimum=200,
        step=50,
        maximum=5000,
        current_purchase_usable=True,
    )
    assert worth(_speech(redemption=rule)).sentences == (
        "100 points are worth €1.00.",
        "You can use them from 200 points on.",
        "They are used in steps of 50 points.",
        "At most 5,000 points at a time.",
        "What a purchase earns may pay for it at once.",
    )


@pytest.mark.parametrize(
    ("reward", "sentence"),
    [
        (RewardRule("r", RewardKind.PERCENT, 100, (10, 1)), "10% off: 100 points"),
        (RewardRule("r", RewardKind.AMOUNT, 100, amount_minor=500), "€5.00 off: 100 points"),
        (RewardRule("r", RewardKind.VOUCHER, 1, amount_minor=500), "a voucher of €5.00: 1 point"),
        (
            RewardRule("r", RewardKind.AMOUNT_PER_POINT, amount_minor=50, per_points=10),
            "€0.50 off: 10 points",
        ),
    ],
)
def test_rewards_without_a_name_say_what_they_are(reward, sentence):
    assert costs(_speech(), reward) == sentence


def test_a_programme_without_something_does_not_speak_of_it():
    bare = _speech(redemption=None, vouchers=None)
    assert in_one_line(bare) == "1 point for every €1.00"
    assert worth(bare).sentences == vouchers(bare).sentences == friends(bare).sentences == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"metric": Metric.VISITS, "window": WindowKind.LIFETIME}, "Gold: from 300000 visits."),
        ({"downgrade": Downgrade.NEVER}, "A level, once reached, is yours for good."),
        ({"grace_days": 30}, "Before you fall, you keep it for another 30 days."),
        ({"reset_after_review": True}, "After the review everybody starts again from zero."),
        (
            {"window": WindowKind.ROLLING, "rolling_months": 6},
            "Gold: from €3,000.00 of purchases in the last 6 months.",
        ),
    ],
)
def test_how_levels_are_reached_and_kept(changes, sentence):
    tiers = replace(_programme("three-tier-grocer").tiers, **changes)
    assert sentence in levels(_speech(tiers=tiers)).sentences


def test_what_a_return_does():
    rule = ReturnRule(lapsed_lots=LapsedLots.LOST, short_balance=ShortBalance.ONLY_PENDING)
    assert returning(_speech(returns=rule)).sentences == (
        "What you bring back takes what it earned with it.",
        "Only what still waits is taken back.",
        "Your points that paid for it come back to you.",
        "If they have expired meanwhile, they are lost.",
    )


def test_what_a_friend_brings():
    rule = ReferralRule({"points": 100}, {"points": 50}, minimum_minor=2000)
    assert friends(_speech(referral=rule)).sentences == (
        "100 points for you and 50 points for your friend, after the first purchase.",
        "It counts from €20.00 on.",
    )


def test_the_first_of_a_month_is_written_as_the_french_do():
    speech = Speech(_programme("three-tier-grocer"), "fr")
    assert speech.day_of_year(MonthDay(1, 1)) == "1er janvier"
