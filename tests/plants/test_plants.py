"""Every planted mistake is noticed, and by the test that says so."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.plants.books import BOOKS
from tests.plants.planting import TESTS_FAILED, copy_of_the_project, outcome
from tests.plants.rules import RULES

PLANTS = (*RULES, *BOOKS)
AT_LEAST = 40


def test_there_are_enough_plants_and_each_has_one_place():
    assert len({plant.name for plant in PLANTS}) == len(PLANTS) >= AT_LEAST
    found = Counter({plant.name: plant.text().count(plant.was) for plant in PLANTS})
    assert {name: times for name, times in found.items() if times != 1} == {}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return copy_of_the_project(tmp_path_factory.mktemp("planted"))


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_nothing_fails_where_nothing_is_planted(copy):
    status, told = outcome(copy, sorted({plant.test for plant in PLANTS}))
    assert status == 0, told


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name.replace(" ", "-"))
def test_a_planted_mistake_is_noticed(copy, plant):
    text = plant.text()
    (copy / plant.path).write_text(text.replace(plant.was, plant.is_now), encoding="utf-8")
    try:
        status, told = outcome(copy, [plant.test])
    finally:
        (copy / plant.path).write_text(text, encoding="utf-8")
    assert status == TESTS_FAILED, told
