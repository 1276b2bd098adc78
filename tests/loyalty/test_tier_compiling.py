"""From the words of a programme to its stairs, every switch in every position."""

from __future__ import annotations

from datetime import date

import pytest

from loyalty.compiling.tiers import read_tiers
from loyalty.programme import (
    Downgrade,
    Manual,
    Metric,
    ProgrammeUnclear,
    TierRule,
    WalletRule,
    WindowKind,
)
from loyalty.tiers import credit_key, is_plain

WALLETS = {"points": WalletRule(), "kilos": WalletRule(decimals=2)}
LEVELS = [{"id": "base", "from": "0.00"}, {"id": "gold", "from": "30.00"}]


def read(**switches) -> TierRule:
    return read_tiers({"levels": LEVELS, **switches}, 2, WALLETS, "points")


def test_what_is_not_said_is_a_calendar_year_of_spend():
    rule = read()

    assert (rule.metric, rule.window, rule.downgrade) == (
        Metric.SPEND,
        WindowKind.CALENDAR_YEAR,
        Downgrade.REQUALIFY,
    )
    assert is_plain(rule)
    assert credit_key(rule, date(2026, 3, 6)) == "2026"


def test_every_switch_is_read():
    rule = read(
        window={"rolling_months": 6},
        current_purchase_counts=False,
        downgrade="one_step",
        downgrade_only_at_review=True,
        review_on="02-29",
        grace_days=30,
        reset_after_review=True,
        manual_assignment="fixed",
        wallet="kilos",
    )

    assert (rule.window, rule.rolling_months) == (WindowKind.ROLLING, 6)
    assert (rule.current_purchase_counts, rule.downgrade) == (False, Downgrade.ONE_STEP)
    assert (rule.only_at_review, rule.review_on, rule.grace_days) == (True, (2, 29), 30)
    assert (rule.reset_after_review, rule.manual, rule.wallet) == (True, Manual.FIXED, "kilos")
    assert credit_key(rule, date(2026, 3, 6)) == "2026-03-06"


@pytest.mark.parametrize("word", [one.value for one in WindowKind if one != "rolling_months"])
def test_windows_by_their_names(word):
    assert read(window=word).window == word


@pytest.mark.parametrize(
    ("metric", "wallet", "begins", "amount"),
    [
        ("spend", "", "30.00", 3000),
        ("earned", "", 30, 30),
        ("earned", "kilos", "1.25", 125),
        ("active_balance", "kilos", 125, 125),
        ("visits", "", 5, 5),
    ],
)
def test_a_level_begins_at_money_a_quantity_or_visits(metric, wallet, begins, amount):
    rule = read(metric=metric, wallet=wallet, levels=[{"id": "gold", "from": begins}])

    assert rule.levels[0].from_minor == amount


@pytest.mark.parametrize(
    ("switches", "path"),
    [
        ({"levels": [{"id": "a", "from": "2.00"}, {"id": "b", "from": "1.00"}]}, "tiers.levels"),
        (
            {"levels": [{"id": "a", "from": "1.00"}, {"id": "a", "from": "2.00"}]},
            "tiers.levels.1.id",
        ),
        ({"levels": [{"id": "none", "from": "1.00"}]}, "tiers.levels.0.id"),
        ({"window": "rolling_months"}, "tiers.window"),
        ({"review_on": "02-30"}, "tiers.review_on"),
        ({"review_on": "1 March"}, "tiers.review_on"),
        ({"metric": "earned", "wallet": "miles"}, "tiers.wallet"),
        ({"metric": "visits", "levels": [{"id": "a", "from": "1.50"}]}, "tiers.levels.0.from"),
    ],
)
def test_what_contradicts_itself_is_refused_where_it_stands(switches, path):
    with pytest.raises(ProgrammeUnclear) as refused:
        read(**switches)

    assert refused.value.path == path
