"""Running worked examples: what passes, what fails and where, and that nothing stops the others."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from admin.cli.examples import examples
from admin.examples.checks import CHECKS
from admin.examples.files import run_files, run_text
from admin.examples.report import line
from admin.examples.stage import Answer
from admin.examples.verbs import VERBS
from admin.examples.vocabulary.expect import EXPECT
from admin.examples.vocabulary.verbs import VERBS as VERB_SHAPES

FRIDAY = Path(__file__).parents[1] / "examples" / "friday-bread.yaml"
WORLD = """
example: a small world
programme: preset:three-tier-grocer
articles: {bread: {price: "1.20"}, teapot: {price: "24.00"}}
members: {ada: {}, ben: {}}
steps:
"""
BASKET = "till: t1, member: ada, lines: [{article: bread, quantity: 3}, {article: teapot}]"


def told(steps, world=WORLD):
    """What a run of these steps says, a line for each finding, without the file."""
    report = run_text(world + steps, name="f")
    return [line(one) for outcome in report.outcomes for one in outcome.findings]


def failed(steps, world=WORLD):
    return [said for said in told(steps, world) if said.startswith("FAILED")]


def test_the_example_of_the_format_passes():
    report = run_files([FRIDAY], jobs=1)
    assert (report.passed, report.failed, report.steps) == (8, 0, 2)


@pytest.mark.parametrize(
    ("leaf", "wrong", "at"),
    [
        ('total: "27.60"', 'total: "27.61"', "22 steps[0].expect.total expected 27.61 got 27.60"),
        ("points: 30}\n      earned_by", "points: 31}\n      earned_by", "earned.points"),
        ("base: 27", "base: 26", "earned_by.base expected 26 got 27"),
        ("friday-bread: 3", "friday-bread: 4", "earned_by.friday-bread expected 4 got 3"),
        ("tier: base\n  - at", "tier: gold\n  - at", "steps[0].expect.tier expected gold got base"),
        ("points: -2", "points: -3", "steps[1].expect.earned.points expected -3 got -2"),
        ("points: 68", "points: 69", "steps[1].expect.balance.ada.points expected 69 got 68"),
    ],
)
def test_a_leaf_that_is_one_off_fails_alone_with_its_own_line(leaf, wrong, at):
    text = FRIDAY.read_text()
    assert leaf in text
    outcomes = run_text(text.replace(leaf, wrong), name="f").outcomes
    bad = [line(one) for outcome in outcomes for one in outcome.findings if not one.passed]
    assert len(bad) == 1
    number = text[: text.index(leaf)].count("\n") + 1
    assert bad[0].startswith(f"FAILED f:{number} ")
    assert at.split(" ", 1)[-1] in bad[0]


def test_every_verb_and_every_expectation_of_the_vocabulary_is_answered():
    assert set(VERBS) == set(VERB_SHAPES)
    assert set(CHECKS) == {key.name for key in EXPECT.keys}


def test_a_refusal_that_nobody_expected_fails_the_step_and_all_that_it_expects():
    said = failed("""
  - at: 2026-03-06 10:00
    redeem: {member: ada, points: 200}
    expect: {charged: {points: 200}, balance: {ada: {points: 0}}}
  - at: 2026-03-06 10:01
    redeem: {member: ada, points: 200}
    expect: {refused: not-enough-points, unchanged: true, balance: {ada: {points: 0}}}
""")
    assert len(said) == 3
    assert "steps[0].redeem expected it to go through got refused: not-enough-points" in said[0]


def test_a_step_that_goes_through_although_it_should_be_refused_fails():
    said = failed(f"""
  - at: 2026-03-06 10:00
    purchase: {{{BASKET}}}
    expect: {{refused: not-enough-points, total: "27.60"}}
""")
    assert [one.split("expect.")[1] for one in said] == [
        "refused expected not-enough-points got it went through"
    ]


def test_a_crash_inside_a_command_is_one_finding_and_the_story_goes_on(monkeypatch):
    def crash(stage, step, nth):
        raise KeyError("tea")

    monkeypatch.setitem(VERBS, "quote", crash)
    said = told(f"""
  - at: 2026-03-06 10:00
    quote: {{{BASKET}}}
  - at: 2026-03-06 10:01
    purchase: {{{BASKET}}}
    expect: {{total: "27.60"}}
""")
    assert "got crashed: KeyError: 'tea'" in said[0]
    assert [one[:2] for one in said[1:]] == ["ok", "ok"]


def test_a_programme_that_cannot_be_is_told_with_its_path_and_the_next_document_runs():
    world = WORLD.replace("members:", "with: {rounding: {per_flavour: floor}}\nmembers:")
    two = world + "  []\n---" + WORLD + f"  - at: 2026-03-06 10:00\n    purchase: {{{BASKET}}}\n"
    outcomes = run_text(two, name="f").outcomes
    assert [[one.passed for one in outcome.findings] for outcome in outcomes] == [[False], [True]]
    assert "rounding" in outcomes[0].findings[0].place.path


def test_a_quote_answers_like_the_sale_and_leaves_no_trace():
    assert not failed(f"""
  - at: 2026-03-06 10:00
    quote: {{{BASKET}}}
    expect: {{total: "27.60", earned: 27, unchanged: true, lines: {{1: {{paid: "3.60"}}}}}}
  - at: 2026-03-06 10:01
    purchase: {{{BASKET}}}
    expect: {{total: "27.60", earned: {{points: 27}}, balance: {{ada: 27}}, entries: [27]}}
""")


def test_repeating_is_seen_through_when_a_command_does_it_twice(monkeypatch):
    steps = f"""
  - at: 2026-03-06 10:00
    repeat: 3
    purchase: {{{BASKET}}}
    expect: {{balance: {{ada: {{points: 27}}}}}}
"""
    assert not failed(steps)
    real = VERBS["purchase"]
    calls = iter(range(9))
    monkeypatch.setitem(VERBS, "purchase", lambda stage, step, nth: real(stage, step, next(calls)))
    said = failed(steps)
    assert [one.split(" expected")[0].split()[-1] for one in said] == [
        "steps[0].repeat",
        "steps[0].repeat",
        "steps[0].expect.balance.ada.points",
    ]


def test_at_once_each_is_a_cause_of_its_own_unless_a_source_is_named():
    assert not failed(f"""
  - at: 2026-03-06 10:00
    parallel: 4
    purchase: {{{BASKET}}}
    expect: {{succeeded: 4, refused_count: 0, balance: {{ada: {{points: 108}}}}}}
  - at: 2026-03-06 10:01
    parallel: 4
    source: one
    purchase: {{{BASKET}}}
    expect: {{succeeded: 4, balance: {{ada: {{points: 135}}}}}}
""")


def test_an_order_of_lines_that_matters_is_named(monkeypatch):
    steps = f"""
  - at: 2026-03-06 10:00
    any_order: [lines]
    purchase: {{{BASKET}}}
    expect: {{balance: {{ada: {{points: 27}}}}}}
"""
    assert not failed(steps)
    real = VERBS["purchase"]

    def first_line_counts(stage, step, nth):
        first = step.asked["lines"][0]
        return real(stage, step, nth) if first["article"] == "bread" else Answer(crashed="lost")

    monkeypatch.setitem(VERBS, "purchase", first_line_counts)
    (said,) = failed(steps)
    assert "any_order expected the same in any order got in the order [2, 1]" in said


def test_the_books_are_proven_at_the_end_of_every_document():
    (said,) = told("  []\n")
    assert re.fullmatch(r"ok f:\d+ books", said)


def test_the_command_prints_a_line_each_and_leaves_with_what_became_of_it(tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    step = f"  - at: 2026-03-06 10:00\n    purchase: {{{BASKET}}}\n    expect: {{total: "
    good.write_text(WORLD + step + '"27.60"}\ntags: [quick]\n')
    bad.write_text(WORLD + step + '"27.00"}\n')
    run = CliRunner().invoke
    done = run(examples, ["run", str(good), "--jobs", "1"])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "2 passed, 0 failed")
    done = run(examples, ["run", str(good), str(bad), "--jobs", "1"])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (1, "3 passed, 1 failed")
    assert f"FAILED {bad}:9 steps[0].expect.total expected 27.00 got 27.60" in done.stdout
    done = run(examples, ["run", str(good), str(bad), "--jobs", "1", "--json", "--tag", "quick"])
    said = json.loads(done.stdout)
    assert (said["passed"], said["failed"], len(said["documents"])) == (2, 0, 1)
    assert run(examples, ["run", str(bad), "--tag", "quick", "--jobs", "1"]).exit_code == 2
    assert run(examples, ["run", str(tmp_path / "none.yaml")]).exit_code == 2
