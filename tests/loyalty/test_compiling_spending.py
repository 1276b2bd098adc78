"""From the document's words to the rules of spending and of people."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.compiling import compile_programme
from loyalty.programme import HouseholdExit, ProgrammeUnclear, RewardKind, WhenShort
from loyalty.values import ProgrammeVersionId

WALLETS: dict[str, Any] = {"wallets": {"points": {}}}
VOUCHERS = {"per_spend": "100.00", "value": "1.00"}
REDEMPTION: dict[str, Any] = {"points": 200, "value": "1.00"}


def compiled(**keys):
    """Compile a document with these root keys."""
    return compile_programme(WALLETS | keys, version_id=ProgrammeVersionId("pgv_test"))


def test_every_word_of_redemption_is_read():
    rule = compiled(
        redemption=REDEMPTION
        | {
            "value_is": "net",
            "minimum": 400,
            "step": 200,
            "maximum": 1000,
            "maximum_share": "12.5",
            "current_purchase_points": "usable",
            "when_short": "clamp",
            "cost": "refused_if_different",
        }
    ).redemption
    assert (rule.points, rule.value_minor, rule.value_is_net) == (200, 100, True)
    assert (rule.minimum, rule.step, rule.maximum) == (400, 200, 1000)
    assert rule.maximum_share[0] * 1000 == 125 * rule.maximum_share[1]
    assert (rule.current_purchase_usable, rule.when_short) == (True, WhenShort.CLAMP)
    assert (rule.refuse_other_cost, rule.wallet) == (True, "points")


def test_the_words_that_are_left_out_have_their_defaults():
    rule = compiled(redemption=REDEMPTION).redemption
    assert (rule.minimum, rule.step, rule.maximum, rule.maximum_share) == (0, 1, None, None)
    assert (rule.value_is_net, rule.current_purchase_usable) == (False, False)
    assert (rule.when_short, rule.refuse_other_cost) == (WhenShort.REFUSE, False)
    assert compiled(vouchers=VOUCHERS).vouchers.keeps_leftover is False
    people = compiled()
    assert (people.retention.warn_after_months, people.retention.erase_after_months) == (35, 36)
    assert (people.transfers.per_day, people.household.exit) == (None, HouseholdExit.CONTRIBUTED)


def test_every_word_of_a_reward_is_read():
    document = {
        "id": "bread",
        "kind": "article",
        "article": "bread",
        "quantity": 2,
        "cost": 300,
        "claims": "as_many_as_fit",
        "part_claim": "refused",
        "stock": 5,
        "limit": {"member": 1, "day": 3},
        "name": {"en": "Bread", "fr": "Pain"},
    }
    (rule,) = compiled(rewards=[document]).rewards
    assert (rule.id, rule.kind, rule.article, rule.quantity) == (
        "bread",
        RewardKind.ARTICLE,
        "bread",
        2,
    )
    assert (rule.cost, rule.as_many_as_fit, rule.refuse_part_claim) == (300, True, True)
    assert (rule.stock, rule.limit, rule.wallet) == (5, {"member": 1, "day": 3}, "points")
    assert rule.match.is_open


def test_the_words_about_people_are_read():
    programme = compiled(
        adjustment_limits={"support": {"each": 100, "per_day": 500}, "four_eyes_above": 50},
        retention={"warn_after_months": 10, "erase_after_months": 12},
        transfers={"per_day": 1000},
        household={"exit": "equal"},
    )
    assert programme.adjustments.roles["support"].per_day == 500
    assert programme.adjustments.four_eyes_above == 50
    assert programme.retention.warn_after_months == 10
    assert programme.transfers.per_day == 1000
    assert programme.household.exit is HouseholdExit.EQUAL


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"redemption": REDEMPTION | {"points": 0}}, "redemption.points"),
        ({"redemption": REDEMPTION | {"maximum_share": 101}}, "redemption.maximum_share"),
        ({"redemption": REDEMPTION | {"wallet": "stars"}}, "redemption.wallet"),
        ({"rewards": [{"id": "a", "kind": "percent"}]}, "rewards.0.percent"),
        ({"rewards": [{"id": "a", "kind": "amount", "amount": "0.00"}]}, "rewards.0.amount"),
        ({"rewards": [{"id": "a", "kind": "amount_per_point", "amount": "1.00"}]}, "rewards.0.p"),
        ({"rewards": [{"id": "a", "kind": "article", "article": "x"}] * 2}, "rewards.1.id"),
        ({"retention": {"warn_after_months": 36}}, "retention.warn_after_months"),
    ],
)
def test_a_contradiction_is_refused_by_path(keys, path):
    with pytest.raises(ProgrammeUnclear) as refused:
        compiled(**keys)
    assert refused.value.path.startswith(path)
