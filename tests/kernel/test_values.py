from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.kernel.clock import MovableClock, local
from loyalty.kernel.ids import new_id
from loyalty.kernel.values import MAX_WHOLE, split_evenly, whole

AMOUNTS = st.integers(-(10**9), 10**9)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30)


@given(amount=AMOUNTS, weights=WEIGHTS)
def test_shares_always_add_up_to_the_amount(amount, weights):
    assert sum(split_evenly(amount, weights)) == amount


@given(amount=AMOUNTS, weights=WEIGHTS)
def test_a_negative_amount_mirrors_the_positive_one(amount, weights):
    mirrored = [-share for share in split_evenly(-amount, weights)]
    assert split_evenly(amount, weights) == mirrored


@given(amount=st.integers(0, 10**9), weights=WEIGHTS)
def test_no_share_is_a_whole_unit_away_from_its_due(amount, weights):
    total = sum(weights)
    for share, weight in zip(split_evenly(amount, weights), weights, strict=True):
        if total:
            assert abs(share * total - amount * weight) < total


def test_the_spare_unit_goes_to_the_largest_remainder_then_to_the_first():
    assert split_evenly(100, [1, 1, 1]) == [34, 33, 33]
    assert split_evenly(10, [5, 4, 1]) == [5, 4, 1]
    assert split_evenly(1, [0, 0]) == [1, 0]
    assert split_evenly(5, []) == []


@pytest.mark.parametrize("value", [1.0, True, "1", None])
def test_only_whole_numbers_are_whole(value):
    with pytest.raises(TypeError):
        whole(value, "points")


def test_whole_numbers_stay_in_range():
    assert whole(5, "points", at_least=0) == 5
    for value in (-1, MAX_WHOLE + 1):
        with pytest.raises(ValueError, match="points"):
            whole(value, "points", at_least=0)


def test_identifiers_sort_by_age_and_name_their_kind():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    ids = [new_id("mbr", now + timedelta(milliseconds=n)) for n in range(200)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 200
    assert all(one.startswith("mbr_") and len(one) == 30 for one in ids)


def test_a_movable_clock_stands_still_until_moved():
    clock = MovableClock(datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    assert clock() == clock()
    clock.move(by=timedelta(hours=1))
    assert local(clock(), "Europe/Paris").hour == 3
