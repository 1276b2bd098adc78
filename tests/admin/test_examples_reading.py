"""A worked example is read whole before anything of it runs: every mistake is told at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import yaml

from admin.examples.checks import CHECKS
from admin.examples.reading import read_stories
from admin.examples.schema import examples_schema
from admin.examples.story import Story
from admin.examples.verbs import VERBS as ACTS
from admin.examples.vocabulary import EXPECT, VERBS
from tests.admin.bad_examples import BAD, BAD_STEPS, START
from tests.house.project import ROOT


def reading(text, folder=ROOT):
    (found,) = read_stories(text, file="a.yaml", folder=folder)
    return found


def story(text, folder=ROOT):
    found = reading(text, folder)
    assert isinstance(found, Story), [(one.place.path, one.sentence) for one in found]
    return found


def steps(*more):
    """Return the shop with further steps, each on a line of its own, from line 17 on."""
    rows = (f"  - {{at: 2026-03-{n:02} 09:00, {one}}}\n" for n, one in enumerate(more, start=7))
    return START + "".join(rows)


@pytest.mark.parametrize(("right", "wrong", "line", "path", "suggestion"), BAD)
def test_a_mistake_is_told_with_its_line_its_path_and_what_was_meant(
    right, wrong, line, path, suggestion
):
    assert right in START
    found = reading(START.replace(right, wrong, 1))

    assert isinstance(found, tuple), "read without a fault"
    told = [(one.place.line, one.place.path, one.suggestion) for one in found]
    assert (line, path, suggestion) in told, [one.sentence for one in found]


@pytest.mark.parametrize(("step", "path", "suggestion"), BAD_STEPS)
def test_what_a_verb_carries_is_read_as_strictly(step, path, suggestion):
    found = reading(steps(step))

    assert isinstance(found, tuple), "read without a fault"
    told = [(one.place.line, one.place.path, one.suggestion) for one in found]
    assert told == [(17, f"steps[1].{path}", suggestion)], [one.sentence for one in found]


def test_a_step_back_in_time_is_refused_unless_the_till_sent_late():
    back = START + "  - {at: 2026-03-05 09:00, run: expiry}\n"
    late = START + "  - {occurred_at: 2026-03-05 09:00, posted_at: 2026-03-07 09:00, run: expiry}\n"
    late += "  - {at: 2026-03-04 10:00, posted_at: 2026-03-08 10:00, run: expiry}\n"

    assert [one.sentence for one in reading(back)] == [
        "earlier than the step before, which is at 2026-03-06 17:40"
    ]
    _, second, third = story(late).steps
    assert second.posted_at == datetime(2026, 3, 7, 8, tzinfo=UTC)
    assert (third.at, third.occurred_at) == (datetime(2026, 3, 4, 9, tzinfo=UTC),) * 2


def test_a_step_without_a_time_happens_with_the_one_before_and_autumn_takes_the_first_hour():
    text = START.replace("2026-03-06 17:40", "2026-10-25 02:30") + "  - {run: expiry}\n"

    first, second = story(text).steps
    assert first.at == second.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_every_documented_form_is_taken():
    found = story(
        steps(
            "run: expiry",
            "run: {job: expiry, as_of: 2026-03-09}",
            "void: r1",
            "event: {member: ada, kind: review}",
            "adjust: {member: ada, points: -5, reason: oops}",
            'purchase: {lines: [{price: "2.00", tax: [{rate: 5, included: true}, 20]}], card: ada,'
            ' delivery: "4.90", coupons: [X, {of: r1}], redeem: {points: all}, tenders: [cash]}',
        )
    )
    assert [step.asked for step in found.steps[1:]] == [
        {"job": "expiry", "jobs": ["expiry"]},
        {"job": "expiry", "jobs": ["expiry"], "as_of": "2026-03-09"},
        {"of": "r1"},
        {"event": "review", "member": "ada"},
        {"member": "ada", "amount": -5, "reason": "oops"},
        {
            "lines": [{"price": "2.00", "tax": [{"rate": 5, "included": True}, 20]}],
            "card": {"member": "ada"},
            "delivery": {"price": "4.90"},
            "coupons": ["X", {"of": "r1"}],
            "redeem": [{"points": "all"}],
            "tenders": [{"kind": "cash"}],
        },
    ]
    assert found.steps[0].expect == {"total": "1.20"}
    assert found.at("steps[0].expect.total").line == 16
    assert found.at("steps[0].expect.total.deeper").line == 16


def test_keys_under_with_replace_what_stood_there_and_null_takes_it_away():
    programme = story(
        START.replace(
            "articles:",
            "with: {rounding: ceiling, vouchers: ~, returns: {earned: whole_once},\n"
            "  redemption: {minimum: 400}}\narticles:",
        )
    ).programme
    assert programme["rounding"] == "ceiling"
    assert "vouchers" not in programme
    assert programme["returns"] == {"earned": "whole_once"}
    assert programme["redemption"] == {"points": 200, "value": "1.00", "minimum": 400, "step": 200}


def test_a_document_without_a_programme_has_none_and_with_makes_one_of_nothing():
    lone = 'example: x\narticles: {a: {price: "1"}}\nsteps: [{at: 2026-01-01, quote: {lines: [a]}}]'

    assert story(lone).programme == {}
    choice = story(lone + "\nwith: {choice: best_per_line}").programme
    assert (choice["choice"], choice["currency"], choice["zone"]) == (
        "best_per_line", "EUR", "Europe/Paris",
    )  # fmt: skip
    assert story(lone + "\ncurrency: {code: XTS, minor_digits: 0}").currency.minor_digits == 0


def test_a_programme_of_another_file_is_read_from_beside_this_one(tmp_path: Path):
    (tmp_path / "mine.yaml").write_text("name: mine\nwallets: {points: {}}\n")
    (tmp_path / "bad.yaml").write_text("name: mine\nwalets: {}\n")
    mine = START.replace("preset:three-tier-grocer", "mine.yaml").replace("tier: base, ", "")

    assert story(mine, tmp_path).programme["name"] == "mine"
    (fault,) = reading(mine.replace("mine.yaml", "bad.yaml"), tmp_path)
    assert (fault.place.file, fault.place.line) == (str(tmp_path / "bad.yaml"), 2)
    assert fault.sentence == "unknown key 'walets'; did you mean 'wallets'?"


def test_a_programme_may_stand_in_the_document():
    inline = START.replace("preset:three-tier-grocer", "{wallets: {points: {}}, rounding: floor}")

    assert story(inline.replace("tier: base, ", "")).programme["rounding"] == "floor"


def test_a_publication_carries_the_whole_document_that_it_leads_to():
    published = (
        story(
            steps(
                "publish: {with: {rounding: ceiling}}",
                "publish: {programme: {basis: {tax: excluded}}}",
            )
        )
        .steps[-1]
        .asked["programme"]
    )

    assert (published["rounding"], published["basis"]) == ("ceiling", {"tax": "excluded"})
    assert published["wallets"]


def test_each_word_is_acted_on_and_each_expectation_checked():
    assert set(ACTS) <= set(VERBS)
    assert set(CHECKS) <= {key.name for key in EXPECT.keys}


def test_the_published_schema_takes_our_examples_and_refuses_what_is_misspelt():
    schema = examples_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)

    assert check.is_valid(_text_only(START))
    files = sorted([*(ROOT / "docs/examples").rglob("*.yaml"), *ROOT.glob("tests/examples/*.yaml")])
    for file in files:
        for document in _documents(file.read_text(encoding="utf-8")):
            assert not [one.message for one in check.iter_errors(document)], file
    assert not check.is_valid(_text_only(START.replace("example:", "exmaple:")))
    assert not check.is_valid(_text_only(START.replace("kind: points_bonus", "kind: bonus")))
    assert not check.is_valid(_text_only(START.replace('"1.20", tax', "1.20, tax")))


class _TextOnly(yaml.CSafeLoader):
    """Leaves dates as text, as careful readers hand them over."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the loader reads it from the class
        first: [one for one in rules if not one[0].endswith("timestamp")]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _documents(text):
    return [one for one in yaml.load_all(text, _TextOnly) if one is not None]


def _text_only(text):
    (document,) = _documents(text)
    return document
