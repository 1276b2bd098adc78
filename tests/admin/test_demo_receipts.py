"""Eighteen months of receipts: the same every time, with the year of a real shop in them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from admin.demo.catalogue import load_articles
from admin.demo.people import people
from admin.demo.receipts import Ids, history_starts_on, plan_visits, settle
from loyalty.values import MemberId

TODAY = date(2026, 6, 10)
CROWD = 700
ROOT = Path(__file__).parents[2]
PARIS = ZoneInfo("Europe/Paris")


def history(today=TODAY, members=CROWD, seed=1):
    personas = list(people(seed, today, members=members))
    ids = Ids({p.key: MemberId(f"mbr_{p.key}") for p in personas}, {}, {})
    return personas, list(settle(plan_visits(seed, today, personas), ids))


@pytest.fixture(scope="module")
def personas_and_sales():
    return history()


@pytest.fixture(scope="module")
def personas(personas_and_sales):
    return personas_and_sales[0]


@pytest.fixture(scope="module")
def sales(personas_and_sales):
    return personas_and_sales[1]


def yearly_spend(sales):
    spend: dict[str, Counter[int]] = defaultdict(Counter)
    for sale in sales:
        if sale.member_id:
            paid = sum(line.paid_minor for line in sale.lines)
            spend[sale.member_id][sale.key.business_on.year] += paid
    return spend


PRINT_DIGEST = """
from datetime import date
from hashlib import sha256
from admin.demo.people import people
from admin.demo.receipts import Ids, plan_visits, settle
personas = list(people(3, date(2026, 2, 1), members=25))
ids = Ids({p.key: p.key for p in personas}, {}, {"lyon-part-dieu": ("stf_1", "stf_2")})
sales = list(settle(plan_visits(3, date(2026, 2, 1), personas), ids))
print(len(sales), sha256(repr((personas, sales)).encode()).hexdigest())
"""


def test_the_same_seed_gives_the_same_bytes_in_any_process():
    answers = set()
    for hash_seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        run = [sys.executable, "-c", PRINT_DIGEST]
        done = subprocess.run(
            run, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        answers.add(done.stdout)

    assert len(answers) == 1
    assert int(answers.pop().split()[0]) > 300


def test_another_seed_tells_another_history():
    assert history(members=20, seed=1)[1] != history(members=20, seed=2)[1]


def test_the_history_lasts_eighteen_months_and_ends_yesterday(sales):
    days = [sale.key.business_on for sale in sales]

    assert min(days) == history_starts_on(TODAY) == date(2024, 12, 10)
    assert max(days) == TODAY - timedelta(days=1)
    assert max(sale.occurred_at for sale in sales) < datetime(2026, 6, 9, 22, tzinfo=UTC)


def test_sales_come_in_order_during_opening_hours_on_their_business_day(sales):
    assert all(one.occurred_at <= next_one.occurred_at for one, next_one in pairwise(sales))
    for sale in sales:
        local = sale.occurred_at.astimezone(PARIS)
        assert local.date() == sale.key.business_on
        assert 8 <= local.hour < 20
        assert (local.month, local.day) not in {(1, 1), (5, 1), (12, 25)}


def test_each_till_counts_its_own_day_from_one_without_a_gap(sales):
    tills = defaultdict(list)
    for sale in sales:
        tills[sale.key.store_id, sale.key.till, sale.key.business_on].append(sale.key.sequence)

    assert len({(store, till) for store, till, _ in tills}) == 12
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in tills.values())


def test_every_line_is_an_article_at_its_price_and_every_total_is_paid(sales):
    articles = {article.sku: article for article in load_articles()}

    for sale in sales:
        assert sale.lines
        assert [line.line_no for line in sale.lines] == list(range(1, len(sale.lines) + 1))
        assert sum(tender.amount_minor for tender in sale.tenders) == sum(
            line.paid_minor for line in sale.lines
        )
        for line in sale.lines:
            article = articles[line.sku]
            exact = article.price_minor * line.quantity_milli
            assert (line.category, line.tax_bp) == (article.category, article.tax_bp)
            assert line.quantity_milli > 0
            assert abs(line.gross_minor * 1000 - exact) <= 500
            assert line.paid_minor == line.gross_minor > 0


def test_receipts_are_told_apart_by_their_content_hash(sales):
    assert len({sale.request_hash for sale in sales}) == len(sales)


def test_nobody_buys_before_joining(personas, sales):
    joined_at = {f"mbr_{p.key}": p.joined_at for p in personas}

    assert all(s.occurred_at > joined_at[s.member_id] for s in sales if s.member_id)


def test_some_sales_have_no_card_and_fewer_as_time_passes(sales):
    half = len(sales) // 2
    early = sum(sale.member_id is None for sale in sales[:half]) / half
    late = sum(sale.member_id is None for sale in sales[half:]) / half

    assert 0.03 < late < early < 0.3


def test_a_minority_reaches_gold_and_fewer_platinum(sales):
    best = [max(years.values()) for years in yearly_spend(sales).values()]

    gold = sum(spend >= 300_000 for spend in best) / CROWD
    platinum = sum(spend >= 800_000 for spend in best) / CROWD
    near = sum(260_000 <= spend < 300_000 for spend in best) / CROWD
    assert 0.03 <= gold <= 0.08
    assert 0.002 <= platinum <= 0.02
    assert 0.01 <= near <= 0.06


def test_strawberries_are_for_june_raclette_for_winter_and_chocolate_for_the_feasts(sales):
    bought: Counter[tuple[str, str]] = Counter()
    for sale in sales:
        month = sale.key.business_on.strftime("%Y-%m")
        for line in sale.lines:
            subject = "raclette" if "raclette" in line.sku else line.category
            bought[subject if "fraises-gariguettes" not in line.sku else "fraises", month] += 1

    assert bought["fraises", "2025-06"] > 40
    assert bought["fraises", "2025-12"] == 0
    assert bought["raclette", "2026-01"] > 10 * (1 + bought["raclette", "2025-07"])
    assert bought["chocolats", "2025-12"] > 2 * bought["chocolats", "2025-10"]
    assert bought["chocolats", "2026-03"] > 2 * bought["chocolats", "2026-01"]


def test_saturdays_are_busier_than_mondays_and_sundays_end_at_noon(sales):
    weekdays = Counter(sale.key.business_on.weekday() for sale in sales)
    sunday_hours = {
        sale.occurred_at.astimezone(PARIS).hour
        for sale in sales
        if sale.key.business_on.weekday() == 6
    }

    assert weekdays[5] > 1.5 * weekdays[0]
    assert max(sunday_hours) <= 12


def test_members_have_habits_they_come_back_to(sales):
    bought: dict[str, Counter[str]] = defaultdict(Counter)
    for sale in sales:
        if sale.member_id:
            bought[sale.member_id].update(line.sku for line in sale.lines)
    regulars = [counts for counts in bought.values() if counts.total() > 200]

    top_ten = [sum(n for _, n in c.most_common(10)) / c.total() for c in regulars]
    assert len(regulars) > 100
    assert sum(top_ten) / len(top_ten) > 0.3


def test_some_members_stopped_coming(personas, sales):
    last = {}
    visits: Counter[str] = Counter()
    for sale in sales:
        if sale.member_id:
            last[sale.member_id] = sale.key.business_on
            visits[sale.member_id] += 1
    lapsed = [m for m, on in last.items() if visits[m] >= 8 and (TODAY - on).days > 75]

    assert 0.05 < len(lapsed) / CROWD < 0.25


@pytest.mark.parametrize("month", [1, 3, 6, 9, 11])
def test_the_cast_plays_its_part_whenever_the_demo_is_seeded(month):
    today = date(2026, month, 12)
    personas, sales = history(today, members=4)
    assert [p.key for p in personas] == ["ben", "ines", "gerard", "helene"]

    spend = yearly_spend(sales)
    best = {who: max(years.values()) for who, years in spend.items()}
    last = {sale.member_id: sale.key.business_on for sale in sales if sale.member_id}

    assert 300_000 <= best["mbr_ben"] < 800_000 <= best["mbr_helene"]
    assert best["mbr_ines"] < 300_000
    if month > 2:
        assert spend["mbr_ines"][2026] > 240_000
    assert (today - last["mbr_gerard"]).days > 90
    assert all((today - last[f"mbr_{who}"]).days < 45 for who in ("ben", "ines", "helene"))
