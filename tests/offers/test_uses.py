"""Counting: limits and budgets are never exceeded, whoever comes at once, and returns give back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from sqlalchemy import select

from loyalty.kernel.problems import Problem
from offers.commands import activate_offer, restore_uses, use_offers
from offers.errors import BudgetExceeded, LimitReached, UnknownOffer, UsesDiffer
from offers.models import OfferCounter
from offers.queries import member_offers, offer_results
from offers.values import GrantState
from tests.loyalty.world import enrol
from tests.offers.build import TODAY, basket, line
from tests.offers.world import applied, launch, price, reasons

_numbers = count(1)


def use(tx, member_id, *offers, purchase=None, minor=80, on=TODAY):
    """Count offers on a purchase of its own, unless one is given."""
    return use_offers(
        tx,
        member_id=member_id,
        purchase_id=purchase or f"pur_{next(_numbers)}",
        applied=[applied(offer_id, minor) for offer_id in offers],
        at=tx.now,
        business_on=on,
    )


def counters(tx, offer_id):
    """Return {(scope, key): (uses, money)} of an offer."""
    rows = tx.run(
        select(
            OfferCounter.scope, OfferCounter.key, OfferCounter.uses, OfferCounter.amount_minor
        ).where(OfferCounter.offer_id == offer_id)
    )
    return {(row.scope.value, row.key): (row.uses, row.amount_minor) for row in rows}


def test_each_limit_is_counted_where_it_counts(shop, ada, ben):
    with shop.begin(actor="till") as tx:
        off = launch(tx, limit={"member": 2, "day": 9, "offer": 99}, budget={"amount": "90.00"})
        use(tx, ada, off)
        use(tx, ben, off, minor=100)
        assert counters(tx, off) == {
            ("offer", ""): (2, 180),
            ("day", TODAY.isoformat()): (2, 180),
            ("member", ada): (1, 80),
            ("member", ben): (1, 100),
        }


def test_an_offer_without_limits_needs_no_counter_and_is_still_in_the_results(shop, ada):
    with shop.begin(actor="till") as tx:
        off = launch(tx)
        use(tx, ada, off)
        use(tx, ada, off)
        use(tx, None, off, minor=70)
        assert counters(tx, off) == {}
        results = offer_results(tx, off)
    assert (results.uses, results.members, results.discount_minor) == (3, 1, 230)


def test_the_same_purchase_counts_once_and_another_content_is_refused(shop, ada):
    with shop.begin(actor="till") as tx:
        off = launch(tx, limit={"offer": 5})
        first = use(tx, ada, off, purchase="pur_same")
        again = use(tx, ada, off, purchase="pur_same")
        assert (first.replayed, again.replayed) == (False, True)
        assert again.offer_ids == first.offer_ids == (off,)
        assert counters(tx, off) == {("offer", ""): (1, 80)}
        with pytest.raises(UsesDiffer):
            use(tx, ada, off, purchase="pur_same", minor=81)
        with pytest.raises(UsesDiffer):
            use(tx, ada, purchase="pur_same")


@pytest.mark.parametrize(
    ("keys", "refusal"),
    [
        ({"limit": {"member": 1}}, LimitReached),
        ({"limit": {"day": 1}}, LimitReached),
        ({"limit": {"offer": 1}}, LimitReached),
        ({"budget": {"uses": 1}}, BudgetExceeded),
        ({"budget": {"amount": "1.59"}}, BudgetExceeded),
        ({"budget": {"amount": "0.79"}}, BudgetExceeded),
    ],
)
def test_one_use_too_many_is_refused_and_nothing_of_it_counted(shop, ada, keys, refusal):
    with shop.begin(actor="till") as tx:
        off = launch(tx, **keys)
        if refusal is LimitReached or keys["budget"] != {"amount": "0.79"}:
            use(tx, ada, off)
        before = counters(tx, off)
    with pytest.raises(refusal), shop.begin(actor="till") as tx:
        use(tx, ada, off)
    with shop.look() as tx:
        assert counters(tx, off) == before


def test_a_refusal_takes_back_the_other_offers_of_the_purchase(shop, ada):
    with shop.begin(actor="till") as tx:
        plenty = launch(tx, id="plenty", limit={"offer": 9})
        scarce = launch(tx, id="scarce", limit={"offer": 1})
        use(tx, ada, scarce)
    with pytest.raises(LimitReached) as refused, shop.begin(actor="till") as tx:
        use(tx, ada, plenty, scarce)
    assert refused.value.facts() == {"offer_id": scarce, "scope": "offer"}
    with shop.look() as tx:
        assert counters(tx, plenty) == {}
        assert offer_results(tx, plenty).uses == 0


def test_a_daily_limit_begins_anew_with_the_day(shop, ada):
    with shop.begin(actor="till") as tx:
        off = launch(tx, limit={"day": 1})
        use(tx, ada, off)
        use(tx, ada, off, on=TODAY.replace(day=7))
        assert len(counters(tx, off)) == 2


def test_an_offer_that_was_never_launched_cannot_be_used(shop, ada):
    with shop.begin(actor="till") as tx, pytest.raises(UnknownOffer):
        use(tx, ada, "off_nobody")


def test_giving_back_restores_counters_state_and_results_once(shop, ada):
    with shop.begin(actor="till") as tx:
        off = launch(tx, limit={"member": 1}, budget={"amount": "5.00"}, activation=True)
        activate_offer(tx, member_id=ada, offer_id=off)
        use(tx, ada, off, purchase="pur_back")
        assert member_offers(tx, ada, "en")[0].state is GrantState.USED
        assert reasons(price(tx, basket(line()), ada)) == {"an-offer": "limit-reached"}

        back = restore_uses(tx, purchase_id="pur_back", offer_ids=[off, "off_other"])
        again = restore_uses(tx, purchase_id="pur_back", offer_ids=[off])

        assert (back.offer_ids, again.offer_ids) == ((off,), ())
        assert counters(tx, off) == {("offer", ""): (0, 0), ("member", ada): (0, 0)}
        assert member_offers(tx, ada, "en")[0].state is GrantState.ACTIVATED
        results = offer_results(tx, off)
        assert (results.uses, results.discount_minor, results.restored) == (0, 0, 1)
        assert price(tx, basket(line()), ada).discount_minor == 80


def test_giving_back_nothing_touches_nothing(shop):
    with shop.look() as tx:
        assert restore_uses(tx, purchase_id="pur_none", offer_ids=[]).offer_ids == ()


def race(database, jobs):
    """Run every job at once, each in a transaction of its own; return what was refused."""

    def run(job):
        try:
            with database.begin(actor="till") as tx:
                job(tx)
        except Problem as refused:
            return type(refused)
        return None

    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        return [refusal for refusal in pool.map(run, jobs) if refusal]


@pytest.mark.parametrize("limit", [{"offer": 3}, {"day": 3}, {"member": 3}])
def test_fifty_tills_at_once_use_a_limit_of_three_exactly_three_times(shop, ada, limit):
    with shop.begin(actor="test") as tx:
        off = launch(tx, limit=limit)
    jobs = [lambda tx, n=n: use(tx, ada, off, purchase=f"pur_race_{n}") for n in range(50)]
    refused = race(shop, jobs)
    with shop.look() as tx:
        assert offer_results(tx, off).uses == 3
        assert [uses for uses, _ in counters(tx, off).values()] == [3]
    assert refused == [LimitReached] * 47


def test_a_money_budget_holds_against_fifty_unequal_purchases(shop):
    with shop.begin(actor="test") as tx:
        off = launch(tx, budget={"amount": "20.00"})
        members = [enrol(tx, f"Member {n}").member_id for n in range(50)]
    amounts = [40 + 37 * n % 211 for n in range(50)]
    jobs = [
        lambda tx, n=n: use(tx, members[n], off, purchase=f"pur_race_{n}", minor=amounts[n])
        for n in range(50)
    ]
    refused = race(shop, jobs)
    with shop.look() as tx:
        results = offer_results(tx, off)
        assert counters(tx, off) == {("offer", ""): (results.uses, results.discount_minor)}
    assert results.discount_minor <= 2000
    assert results.discount_minor + min(amounts) > 2000 - max(amounts)
    assert results.uses + len(refused) == 50
    assert set(refused) == {BudgetExceeded}


def test_two_offers_taken_in_either_order_never_wait_in_a_circle(shop, ada, ben):
    with shop.begin(actor="test") as tx:
        one = launch(tx, id="one", limit={"offer": 100})
        two = launch(tx, id="two", limit={"offer": 100})
    pairs = [(one, two), (two, one)]
    jobs = [
        lambda tx, n=n: use(tx, (ada, ben)[n % 2], *pairs[n % 2], purchase=f"pur_{n}_pair")
        for n in range(40)
    ]
    assert race(shop, jobs) == []
    with shop.look() as tx:
        assert [offer_results(tx, offer).uses for offer in (one, two)] == [40, 40]


def test_the_same_purchase_from_ten_tills_at_once_counts_once(shop, ada):
    with shop.begin(actor="test") as tx:
        off = launch(tx, limit={"offer": 5})
    with shop.begin(actor="test") as tx:
        use(tx, ada, off, purchase="pur_twin")
    race(shop, [lambda tx: use(tx, ada, off, purchase="pur_twin")] * 10)
    with shop.look() as tx:
        assert counters(tx, off) == {("offer", ""): (1, 80)}
