"""Comparing what an example expects with what came out."""

import pytest

from admin.examples.amounts import grains, scaled, spelled
from admin.examples.compare import AnyOf, Cash, Held, Named, compare, same, shown
from admin.examples.many import orders


def leaves(wanted, got):
    return [(one.path, one.passed) for one in compare(wanted, got, "x")]


@pytest.mark.parametrize(
    ("text", "digits", "number"),
    [("27.60", 2, 2760), ("27.6", 2, 2760), ("-0.05", 2, -5), ("3", 0, 3), ("3.000", 0, 3)],
)
def test_money_is_read_to_the_smallest_unit(text, digits, number):
    assert scaled(text, digits) == number


@pytest.mark.parametrize("text", ["1.005", "abc", "1e3", "", True, "1,20"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=r"is not a number|has more than"):
        scaled(text, 2)


def test_an_integer_counts_grains_and_a_text_counts_units():
    assert (grains(30, 2), grains("30", 2), grains("0.30", 2)) == (30, 3000, 30)


def test_amounts_are_spelled_as_a_file_writes_them():
    assert (spelled(-5, 2), spelled(2760, 2), spelled(7, 0)) == ("-0.05", "27.60", "7")


def test_a_mapping_is_asked_only_about_the_keys_that_it_names():
    got = Named({"base": Held(27), "bonus": Held(3)}, Held(0))
    assert leaves({"base": 27, "other": 0}, got) == [("x.base", True), ("x.other", True)]
    assert leaves({"base": 28}, got) == [("x.base", False)]


def test_a_list_is_compared_whole():
    lots = [Named({"amount": Held(5), "id": "a"}), Named({"amount": Held(7), "id": "b"})]
    assert leaves([{"amount": 5}, {"amount": 7}], lots) == [("x", True)]
    assert leaves([{"amount": 5}], lots) == [("x", False)]
    assert leaves([{"amount": 7}, {"amount": 5}], lots) == [("x", False)]


def test_one_value_alone_means_the_default_wallet():
    assert same(5, Named({"points": Held(5), "stars": Held(9)}, alone=Held(5)))


def test_truth_is_not_a_number_and_nothing_is_not_zero():
    yes = AnyOf(("limit-reached", True))
    assert [same(one, yes) for one in ("limit-reached", True, 1, "else")] == [1, 1, 0, 0]
    assert [same(*pair) for pair in ((1, True), (True, 1), (0, None))] == [0, 0, 0]


def test_values_are_shown_on_one_line():
    assert shown({"a": [Cash(120, 2), Held(5)], "b": True, "c": None}) == (
        "{a: [1.20, 5], b: true, c: nothing}"
    )


def test_every_order_is_tried_or_120_of_them_always_the_same():
    assert len(set(orders(4))) == 24
    many = list(orders(9))
    assert len(set(many)) == len(many) == 120
    assert many == list(orders(9))
    assert tuple(range(9)) in many
    assert tuple(reversed(range(9))) in many
