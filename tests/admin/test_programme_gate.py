"""The examples that a programme carries run before it is published."""

from __future__ import annotations

import pytest

from admin.examples.proving import prove_programme

PROGRAMME = """\
name: shop
wallets: {points: {}}
earn:
  - {id: base, points: 1, per: amount, amount: "1.00"}
examples:
  - example: a point for each euro
    articles: {tea: {price: "5.50"}}
    members: {ada: {}}
    steps:
      - {at: 2026-03-01 10:00, purchase: {member: ada, lines: [tea]}, expect: {earned: {points: 5}}}
"""


def test_a_programme_whose_examples_pass_is_proven():
    proven = prove_programme(PROGRAMME, file="shop.yaml")

    assert (proven.faults, proven.report.failed, proven.report.passed) == ((), 0, 2)
    assert proven.proof is not None


def test_an_example_that_fails_is_named_with_its_line_in_the_programme():
    proven = prove_programme(PROGRAMME.replace("points: 5}", "points: 6}"), file="shop.yaml")

    (failed,) = [one for one in proven.report.outcomes[0].findings if not one.passed]
    assert (failed.place.line, failed.wanted, failed.got) == (10, "6", "5")
    assert proven.proof is None


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [("lines: [tea]", "lines: [tee]", 10), ("- example:", "- exmaple:", 6)],
)
def test_an_example_that_cannot_be_read_proves_nothing(right, wrong, line):
    proven = prove_programme(PROGRAMME.replace(right, wrong), file="shop.yaml")

    (failed,) = proven.report.outcomes[0].findings
    assert (failed.place.line, proven.proof) == (line, None)


def test_a_programme_with_a_mistake_is_not_run():
    proven = prove_programme(PROGRAMME.replace("points: 1,", "ponts: 1,"), file="shop.yaml")

    assert [one.place.line for one in proven.faults] == [4]
    assert (proven.report.outcomes, proven.proof) == ([], None)
