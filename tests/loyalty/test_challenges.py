"""Challenges: paid once, taken back by a return, the same in any order; proven in the books."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from sqlalchemy import text

from loyalty.challenges import Kept, reached
from loyalty.commands import publish_programme
from loyalty.compiling import compile_programme
from loyalty.errors import ProgrammeRefused
from loyalty.presets import preset_document
from loyalty.programme.challenges import Span
from loyalty.queries import holder_by_member, statement, verify_books
from loyalty.queries.challenges import badges_of, challenges_of
from loyalty.values import SCRATCH, ProgrammeVersionId
from tests.loyalty.test_verifying import Undo, unguarded
from tests.loyalty.world import give_back, line, ring

LOAVES = {
    "id": "loaves",
    "name": {"fr": "Cinq pains", "en": "Five loaves"},
    "metric": "units",
    "article": "bread",
    "target": 5,
    "reward": {"points": 100, "badge": "baker"},
}


def publish(shop, *challenges):
    document = preset_document("three-tier-grocer") | {"challenges": list(challenges)}
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=document, proof=SCRATCH)


def rule(**keys):
    """A compiled challenge."""
    document = {"wallets": {"points": {}}, "challenges": [LOAVES | keys]}
    return compile_programme(document, version_id=ProgrammeVersionId("pgv_test")).challenges[0]


def test_a_reached_challenge_pays_once_with_its_reason_and_a_return_takes_it_back(shop, ada):
    publish(shop, LOAVES)
    with shop.begin(actor="test") as tx:
        ring(tx, ada, line(price=100, quantity_milli=3000))
        last = ring(tx, ada, line(price=100, quantity_milli=4000))
        ring(tx, ada, line(price=100, quantity_milli=9000))
        assert holder_by_member(tx, ada).balance == 3 + 4 + 9 + 100
        [progress] = challenges_of(tx, ada, "en")
        assert (progress.name, progress.value, progress.done) == ("Five loaves", 5, True)
        assert badges_of(tx, ada) == ("baker",)
        said = [one.reasons for one in statement(tx, ada, language="en").items]
        assert any("the challenge Five loaves" in one for row in said for one in row)
        give_back(tx, last, (1, 4000))
        assert badges_of(tx, ada) == ("baker",), "twelve are left"
        assert verify_books(tx) == ()


def test_what_a_return_undoes_is_given_back_and_can_be_won_again(shop, ada, clock):
    publish(shop, LOAVES)
    with shop.begin(actor="test") as tx:
        bought = ring(tx, ada, line(price=100, quantity_milli=5000))
        assert holder_by_member(tx, ada).balance == 105
        give_back(tx, bought, (1, 1000))
        assert (holder_by_member(tx, ada).balance, badges_of(tx, ada)) == (4, ())
        ring(tx, ada, line(price=100))
        assert (holder_by_member(tx, ada).balance, badges_of(tx, ada)) == (105, ("baker",))
        give_back(tx, bought, (1, 4000))
        assert holder_by_member(tx, ada).balance == 1
        assert verify_books(tx) == ()


def test_an_award_without_its_posting_is_found(shop, ada):
    publish(shop, LOAVES)
    with shop.begin(actor="test") as tx:
        ring(tx, ada, line(price=100, quantity_milli=5000))
    with pytest.raises(Undo) as undone, shop.begin(actor="intruder") as tx:
        with unguarded(tx):
            tx.run(text("UPDATE challenge_awards SET points = points + 1"))
        raise Undo([one.rule for one in verify_books(tx)])
    assert undone.value.args[0] == ["challenge-awards"]


def kept(day, *lines):
    return Kept(day, tuple((one, one.paid_minor, one.quantity_milli) for one in lines))


def test_the_order_of_purchases_changes_nothing():
    first = date(2026, 3, 2)
    bought = [kept(first + timedelta(days=7 * n), line(quantity_milli=2000)) for n in (0, 1, 3)]
    streak = rule(metric="streak", target=2)
    for some in permutations(bought):
        assert reached(rule(), some, first).value == 6
        assert reached(streak, some, first + timedelta(days=21)).value == 1
        assert reached(streak, some, first).times == (1,)


def test_spans_follow_the_calendar():
    last = date(2026, 12, 31)
    assert Span.WEEK.first(last) == date(2026, 12, 28)
    assert Span.WEEK.after(date(2026, 12, 28)) == date(2027, 1, 4)
    assert Span.MONTH.after(date(2026, 2, 1)) == date(2026, 3, 1)
    assert Span.YEAR.after(date(2024, 1, 1)) == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"target": "5.50", "metric": "units"}, "challenges.0.steps.0.at"),
        ({"reward": {"points": 1, "wallet": "stars"}}, "challenges.0.steps.0.reward.wallet"),
    ],
)
def test_a_challenge_that_nobody_can_reach_is_refused(shop, keys, path):
    with pytest.raises(ProgrammeRefused) as refused:
        publish(shop, LOAVES | keys)
    assert path in str(vars(refused.value))
