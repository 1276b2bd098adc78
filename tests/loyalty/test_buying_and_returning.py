"""Random purchases with everything that pays, returned in random pieces: nothing is ever lost."""

from __future__ import annotations

import random  # noqa: TID251 - seeded: a story that fails can be told again
from contextlib import suppress
from dataclasses import replace

import pytest

from loyalty.commands import (
    load_gift_card,
    open_balances,
    publish_programme,
    record_purchase,
    record_return,
)
from loyalty.commands.opening import OpeningLot
from loyalty.errors import NothingToReturn
from loyalty.presets import preset_document
from loyalty.queries import balances_of, gift_card_balances, verify_books
from loyalty.values import Asked, LineKind, OfferShare, ShareScope, Tender
from tests.loyalty.world import KEYS, enrol, line, returned, sale
from tests.soaking import note_done, seeds_left

EARNED = ("per_line", "pro_rata_amount", "whole_once")
SPENT = ("pro_rata_amount", "whole")
STORIES = {"sqlite": 203, "postgresql": 20}
"""Of each of 450 seeds: 100,350 in all."""
POINTS, CASH, CARD = 100_000, 500_000, 900_000


def begin(tx, dice):
    """Publish a programme of the dice's choice, and give a member something to spend."""
    wallets = {
        "points": {"expiry": "none", "floor": "unlimited"},
        "cash": {"unit": "currency", "decimals": 2, "tender": True},
    }
    document = preset_document("three-tier-grocer") | {
        "wallets": wallets,
        "earn": [
            {"id": "base", "points": 3, "per": "amount", "amount": "0.70"},
            {"id": "each", "points": 2, "per": "unit", "article": "bread"},
            {"id": "back", "points": "0.05", "per": "amount", "amount": "1.00", "wallet": "cash"},
            {"id": "more", "multiply": "1.5", "of": dice.choice(["all", "own_lines"])},
            {"id": "visit", "points": 5, "per": "order", "after_multipliers": True},
        ],
        "rounding": dice.choice(["floor", "half_up", {"per_line": "ceiling"}]),
        "redemption": {"points": 200, "value": "1.00", "step": 200},
        "redeemed_amount_earns": dice.choice([True, False]),
        "returns": {
            "earned": dice.choice(EARNED),
            "spent": dice.choice(SPENT),
            "short_balance": "unlimited",
        },
    }
    publish_programme(tx, document=document)
    ada = enrol(tx, "Zoe").member_id
    lots = [OpeningLot(ada, "points", POINTS), OpeningLot(ada, "cash", CASH)]
    open_balances(tx, lots=lots, source="opening")
    load_gift_card(tx, gift_card_id="gc", amount_minor=CARD, source="opening")
    return ada


def basket(dice):
    """One to four lines, some of several units, some weighed, some with a fee or an offer."""
    lines = []
    for number in range(1, dice.randint(1, 4) + 1):
        milli = dice.choice([1000, 2000, 3000, 350])
        kind = dice.choice([LineKind.ARTICLE] * 4 + [LineKind.DELIVERY])
        sku = dice.choice(["bread", "pot"])
        one = line(number, price=dice.randint(1, 2500), quantity_milli=milli, kind=kind, sku=sku)
        off = dice.randint(0, one.paid_minor) if dice.random() < 0.3 else 0
        shares = (OfferShare("off_x", off, (), dice.choice(list(ShareScope))),) if off else ()
        fee = dice.choice([0, 0, 0, 25])
        lines.append(replace(one, paid_minor=one.paid_minor - off, shares=shares, fee_minor=fee))
    return lines


def buy(tx, dice, ada):
    """A sale that points, stored value and a gift card may pay in part."""
    lines = basket(dice)
    total = sum(one.owed_minor for one in lines)
    tenders = [
        Tender("wallet", dice.randint(0, total // 4), wallet="cash"),
        Tender("gift_card", dice.randint(0, total // 4), gift_card="gc"),
        Tender("points", total // 8 // 100 * 100),
    ]
    asked = Asked(points=200 * dice.randint(1, 3)) if total > 1200 else None
    one = replace(
        sale(ada, *lines, occurred_at=tx.now),
        tenders=tuple(t for t in tenders if t.amount_minor and dice.random() < 0.6),
        spending=(asked,) if asked and dice.random() < 0.6 else (),
    )
    return record_purchase(tx, keys=KEYS, sale=one), lines


def give_back(tx, dice, bought, lines):
    """Return a purchase in random pieces until nothing is left; the money that was handed out."""
    money = 0
    for _ in range(dice.randint(0, 4)):
        one = returned(bought.purchase_id, occurred_at=tx.now)
        if dice.random() < 0.3:
            one = replace(one, amount_minor=dice.randint(1, max(1, bought.total_minor)))
        else:
            picked = dice.choice(lines)
            part = dice.choice([1000, picked.quantity_milli])
            one = returned(bought.purchase_id, (picked.line_no, part), occurred_at=tx.now)
        with suppress(NothingToReturn):
            money += record_return(tx, returned=one).refund_minor
    last = replace(returned(bought.purchase_id, occurred_at=tx.now), void=True)
    with suppress(NothingToReturn):
        money += record_return(tx, returned=last).refund_minor
    return money


def tell(shop, seed, stories):
    """Buy and return again and again: at the end everybody holds what she held before."""
    dice = random.Random(seed)
    with shop.begin(actor="test") as tx:
        ada = begin(tx, dice)
        for _ in range(stories):
            bought, lines = buy(tx, dice, ada)
            assert give_back(tx, dice, bought, lines) == bought.due_minor, seed
        held = balances_of(tx, [ada])[ada]
        assert (held["points"].balance, held["cash"].balance) == (POINTS, CASH), seed
        assert gift_card_balances(tx)["gc"] == CARD, seed
        assert verify_books(tx) == (), seed


@pytest.mark.parametrize("seed", range(3))
def test_what_was_bought_and_returned_leaves_everybody_where_she_was(shop, seed):
    tell(shop, seed, stories=3)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", seeds_left("sales", 450))
def test_a_hundred_thousand_purchases_leave_everybody_where_she_was(shop, seed):
    tell(shop, 6 + seed, stories=STORIES["sqlite" if shop.is_sqlite else "postgresql"])
    if shop.is_sqlite:
        note_done("sales", seed, sum(STORIES.values()))
