"""The history: every movement once, in the month it began, with what each rule gave."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loyalty.commands import earn_points, publish_preset, record_return
from loyalty.pages.grouping import by_month
from loyalty.queries import StatementLine, current_programme
from loyalty.values import PointsEffect, ProgrammeVersionId, PurchaseId
from loyalty.words import PostingKind
from tests.conftest import NOW
from tests.loyalty.world import returned


def _line(seq, points=10, *, purchase=None, at=NOW):
    return StatementLine(
        seq=seq,
        points=points,
        balance=0,
        kind=PostingKind.EARN,
        title="",
        reasons=(),
        fired=(),
        occurred_at=at,
        purchase_id=None if purchase is None else PurchaseId(purchase),
        expires_on=None,
        unit="points",
        posted_at=at,
        programme_version_id=ProgrammeVersionId("pgv_1"),
    )


def _months(lines):
    return by_month(lines, local_day=lambda instant: instant.date())


def _text(response):
    bare = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]*>", " ", response.text, flags=re.DOTALL)
    return re.sub(r"[\s\u00a0\u202f]+", " ", html.unescape(bare))


def test_what_came_back_is_folded_into_its_purchase():
    later = NOW + timedelta(days=40)
    lines = [
        _line(3, -4, purchase="p1", at=later),
        _line(2, 7, at=NOW),
        _line(1, 10, purchase="p1"),
    ]
    (month,) = _months(lines)
    assert [entry.first.seq for entry in month.entries] == [2, 1]
    folded = month.entries[1]
    assert ([line.seq for line in folded.later], folded.points) == ([3], 6)


def test_a_return_whose_purchase_is_on_another_page_stands_alone():
    (month,) = _months([_line(9, -4, purchase="p1")])
    assert [(entry.first.seq, entry.later) for entry in month.entries] == [(9, ())]


def test_months_are_those_of_the_shop():
    new_year = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    shown = by_month([_line(1, at=new_year)], local_day=lambda at: date(2026, 1, 1))
    assert [month.first_on for month in shown] == [date(2026, 1, 1)]


@given(
    st.lists(st.tuples(st.sampled_from([None, "a", "b", "c"]), st.integers(0, 400)), max_size=30)
)
def test_no_line_is_lost_or_shown_twice(movements):
    lines = [
        _line(seq, purchase=purchase, at=NOW + timedelta(days=days))
        for seq, (purchase, days) in enumerate(movements, start=1)
    ][::-1]
    months = _months(lines)
    shown = [
        line.seq
        for month in months
        for entry in month.entries
        for line in (entry.first, *entry.later)
    ]
    assert sorted(shown) == [line.seq for line in lines][::-1]
    firsts = [month.first_on for month in months]
    assert firsts == sorted(set(firsts), reverse=True)


def test_a_new_member_is_told_how_points_come_about(hers):
    said = _text(hers.open("/app/points?lang=en"))
    assert "No points yet" in said


def test_a_purchase_shows_its_shop_its_total_and_what_each_rule_gave(hers, ada, buy):
    coffee = PointsEffect("off_1", 30, (1,), "Saturday coffee")
    buy(ada, 2_990, days_ago=3, effects=(coffee,))
    said = _text(hers.open("/app/points?lang=en"))
    assert "March 2026" in said
    assert "Lyon Bellecour 7 March · €29.90 +59 points" in said
    assert "29 points on €29.90: 1 point for every €1.00." in said
    assert "30 points with the offer Saturday coffee." in said
    assert "To be used before 1 April 2027." in said
    assert "Balance afterwards: 59." in said


def test_a_return_is_read_beneath_its_purchase(hers, shop, ada, buy, clock):
    bought = buy(ada, 4_000, days_ago=20)
    with shop.begin(actor="test") as tx:
        record_return(tx, returned=returned(bought.purchase_id, (1, 1000), occurred_at=clock()))
    said = _text(hers.open("/app/points?lang=en"))
    assert "Lyon Bellecour 18 February · €40.00 10 March · Return -40 0 points" in said
    assert "March 2026" not in said


def test_the_history_is_read_page_by_page_and_ends(hers, shop, ada):
    with shop.begin(actor="test") as tx:
        for n in range(1, 71):
            earn_points(tx, member_id=ada, points=n, source=f"test:{n}")
    path, seen = "/app/points?lang=en", []
    while path:
        page = html.unescape(hers.open(path).text)
        seen += [int(n) for n in re.findall(r'entry__points">.*?\+(\d+) points?<', page)]
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older[1] if older else ""
    assert seen == list(range(70, 0, -1))


def test_a_page_that_does_not_exist_shows_the_first(hers, ada, buy):
    buy(ada, 2_000)
    for before in ("x", "-1", "1.5", "9" * 30, "%00"):
        page = hers.open(f"/app/points?lang=en&before={before}")
        assert page.status_code == 200
        assert "20 points" in _text(page)


def test_a_member_sees_only_her_own_points(hers, ada, ben, buy):
    buy(ben, 5_500)
    buy(ada, 1_100)
    said = _text(hers.open("/app/points?lang=en"))
    assert "+11 points" in said
    assert "55" not in said


def test_savings_are_money_and_stamps_are_stamps(hers, shop, ada, clock):
    for preset, name, said in (
        ("euro-cashback", "savings", "€12.50"),
        ("cafe-stamps", "stamps", "1,250 stamps"),
    ):
        clock.move(by=timedelta(minutes=1))
        with shop.begin(actor="test") as tx:
            publish_preset(tx, name=preset)
            unit = current_programme(tx).main_unit
            earn_points(tx, member_id=ada, points=1250, source=name, unit=unit)
        assert said in _text(hers.open("/app/?lang=en"))
        page = _text(hers.open("/app/points?lang=en"))
        assert f"+{said}" in page
        assert "1250" not in page
