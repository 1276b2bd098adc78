"""Every worked example of the documentation holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.examples.files import run_files, run_text
from tests.house.project import ROOT

EXAMPLES = ROOT / "docs/examples"
FILES = sorted(
    path for path in EXAMPLES.rglob("*.yaml") if "waiting" not in path.relative_to(EXAMPLES).parts
)


@pytest.fixture(scope="module")
def report():
    """What running all of them, in this process, says."""
    return run_files(FILES, jobs=1)


def test_every_documented_example_holds(report):
    failed = [
        f"{Path(one.place.file).name}:{one.place.line} {one.place.path} "
        f"expected {one.wanted} got {one.got}"
        for outcome in report.outcomes
        for one in outcome.findings
        if not one.passed
    ]
    assert failed == []


def test_every_documented_example_says_something(report):
    silent = [outcome.title for outcome in report.outcomes if not outcome.findings]
    assert (silent, report.passed > 0) == ([], True)


def test_a_number_that_is_wrong_would_be_found():
    text = (EXAMPLES / "presets/three-tier-grocer.yaml").read_text(encoding="utf-8")
    first = text.partition("\n---\n")[0]
    wrong = run_text(first.replace("earned: {points: 17}", "earned: {points: 18}"))
    assert (wrong.failed, wrong.passed > 0) == (1, True)
