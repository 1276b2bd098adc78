"""How well offers fit: recent habits first, discoveries mixed in, reasons that are true."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offers.scoring import (
    ONE_MICRO,
    Affinity,
    Bought,
    Reason,
    ReasonCode,
    affinities,
    decayed,
    rank,
    rank_without_history,
)
from tests.offers.build import live

TODAY = date(2026, 3, 10)


def bought(days_ago, *, sku="espresso", category="coffee", brand="", purchase=""):
    on = TODAY - timedelta(days=days_ago)
    return Bought(purchase or f"pur_{days_ago}", on, sku, category, brand)


LONG_AGO = TODAY - timedelta(days=1000)


def known(*history):
    return {one.subject: one for one in affinities(history, counted_from=LONG_AGO)}


def test_a_weight_halves_every_thirty_days():
    assert decayed(ONE_MICRO, 0) == ONE_MICRO
    assert decayed(ONE_MICRO, 30) == ONE_MICRO // 2
    assert decayed(ONE_MICRO, 90) == ONE_MICRO // 8
    assert decayed(8 * ONE_MICRO, 15) == 8 * 707_107
    assert decayed(ONE_MICRO, 5_000) == 0


@given(weight=st.integers(0, 10**12), days=st.integers(0, 2_000), more=st.integers(0, 400))
def test_weights_never_grow_with_time(weight, days, more):
    assert 0 <= decayed(weight, days + more) <= decayed(weight, days) <= weight


def test_a_purchase_counts_once_however_many_lines_it_has():
    three_packs = [bought(0, purchase="pur_1"), bought(0, purchase="pur_1", sku="filter")]
    found = known(*three_packs, bought(30))
    assert found["category:coffee"] == Affinity(
        "category:coffee", 1_500_000, 2, TODAY - timedelta(days=30), TODAY
    )
    assert found["article:filter"].times == 1


@given(st.permutations([bought(days) for days in (0, 3, 3, 40, 200)]))
def test_the_order_of_the_rows_does_not_matter(history):
    sorted_history = [bought(days) for days in (200, 40, 3, 3, 0)]
    assert affinities(history, counted_from=LONG_AGO) == affinities(
        sorted_history, counted_from=LONG_AGO
    )


def test_all_of_it_weighs_but_only_what_is_recent_is_counted():
    history = [bought(days) for days in (60, 30, 0)]
    (one, *_) = affinities(history, counted_from=TODAY - timedelta(days=40))
    assert (one.weight_micro, one.times, one.first_on) == (
        *(1_750_000, 2),
        TODAY - timedelta(days=30),
    )
    (old, *_) = affinities(history[:1], counted_from=TODAY)
    assert (old.weight_micro, old.times) == (ONE_MICRO, 0)


def test_what_she_buys_often_and_lately_comes_first_with_its_reason():
    offers = [live("off_tea", category="tea"), live("off_coffee", category="coffee")]
    history = [bought(days) for days in (1, 8, 15)]
    history += [bought(days, sku="mint", category="tea") for days in (100, 110, 120, 130, 140)]
    first, second = rank(offers, known(*history), {}, on=TODAY)
    assert (first.live.id, second.live.id) == ("off_coffee", "off_tea")
    assert first.reason == Reason(
        ReasonCode.BOUGHT, "category:coffee", 3, TODAY - timedelta(days=15)
    )
    assert second.reason.times == 5


def test_every_fourth_place_is_a_discovery():
    habits = [live(f"off_{n}", category=f"habit-{n}") for n in range(6)]
    news = [live(f"off_new_{n}", category=f"new-{n}") for n in range(2)]
    history = [bought(n, category=f"habit-{n}", purchase=f"pur_{n}") for n in range(6)]
    ranked = rank([*habits, *news], known(*history), {}, on=TODAY)
    assert [one.repeat for one in ranked] == [True, True, True, False, True, True, True, False]


def test_an_article_she_never_bought_leans_on_its_category():
    offers = [live("off_new", category=None, article=["decaf"]), live("off_far", category="tea")]
    ranked = rank(offers, known(bought(0)), {"decaf": "coffee"}, on=TODAY)
    assert [one.live.id for one in ranked] == ["off_new", "off_far"]
    assert ranked[0].reason == Reason(ReasonCode.NEAR, "category:coffee")
    assert ranked[0].score_micro == ONE_MICRO // 5
    assert ranked[1].reason.code is ReasonCode.EVERYBODY


def test_without_history_the_list_knows_nothing_of_the_member():
    offers = [
        live("off_b", id="b", until="2026-03-20"),
        live("off_c", id="c"),
        live("off_a", id="a", until="2026-03-15"),
    ]
    ranked = rank_without_history(offers)
    assert [one.live.id for one in ranked] == ["off_a", "off_b", "off_c"]
    assert {one.reason for one in ranked} == {Reason(ReasonCode.EVERYBODY)}
    assert {one.score_micro for one in ranked} == {0}
