"""A programme's own worked examples, run against the text that holds them."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from typing import Any

from admin.examples.files import run_text
from admin.examples.report import Outcome, Report
from admin.examples.story import Finding
from loyalty.kernel.shapes import Node, as_plain, documents, line_of

_ONE_AT_A_TIME = threading.Lock()
"""There is one scratch database a process."""
_NAMES = re.compile(r"[^.\[\]]+")


def prove(text: str, *, name: str = "programme") -> Report:
    """Run the examples that stand in a programme's text, under that programme.

    An example without a ``programme`` of its own is one of this text. Lines are those of the
    text. A text that cannot be read, or has no examples, gives an empty report.
    """
    report = Report()
    node, programme = _programme_of(text)
    examples = programme.pop("examples", None)
    if node is None or not isinstance(examples, list):
        return report
    for number, example in enumerate(examples):
        document = {"programme": programme, **example} if isinstance(example, dict) else example
        with _ONE_AT_A_TIME:
            ran = run_text(json.dumps(document, ensure_ascii=False), name=name)
        report.outcomes.extend(_at_home(one, node, name, number) for one in ran.outcomes)
    return report


def _programme_of(text: str) -> tuple[Node | None, dict[str, Any]]:
    """Return the only document of a text, as nodes with lines and as plain data."""
    found = list(documents(text))
    if len(found) != 1 or found[0][0] is None or found[0][1]:
        return None, {}
    node: Node = found[0][0]
    plain = as_plain(node)
    return (node, plain) if isinstance(plain, dict) else (None, {})


def _at_home(outcome: Outcome, node: Node, name: str, number: int) -> Outcome:
    """Return an outcome with the places of the programme's own text."""
    findings = tuple(_place(one, node, name, number) for one in outcome.findings)
    return replace(outcome, file=name, line=line_of(node, ["examples", number]), findings=findings)


def _place(one: Finding, node: Node, name: str, number: int) -> Finding:
    keys: list[str | int] = ["examples", number, *_NAMES.findall(one.place.path)]
    place = replace(one.place, file=name, line=line_of(node, keys))
    return replace(one, place=place)
