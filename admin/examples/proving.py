"""A programme's own worked examples: run before it is published."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from admin.examples.files import run_read
from admin.examples.reading import placed, story_of
from admin.examples.report import Report
from admin.examples.story import Fault, Story
from loyalty.kernel.shapes import Faults, ListNode, MapNode, Node, documents
from loyalty.queries import NO_CATALOGUE, Catalogue, checked_programme
from loyalty.values import ExamplesProof, document_digest

_EXAMPLES = "examples"
_ONE_AT_A_TIME = threading.Lock()
"""There is one scratch database a process."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A programme that was looked at: its document, what is wrong, how its examples went.

    ``proof`` is there only when nothing is wrong and every example passed.
    """

    document: dict[str, object]
    faults: tuple[Fault, ...]
    report: Report
    proof: ExamplesProof | None


def prove(text: str, *, name: str = "programme") -> Report:
    """Run the examples that stand in a programme's text, under that programme.

    An example without a ``programme`` of its own is one of this text. Lines are those of the
    text. A text that cannot be read, or has no examples, gives an empty report.
    """
    found = list(documents(text))
    node = found[0][0] if len(found) == 1 else None
    if not isinstance(node, MapNode) or found[0][1]:
        return Report()
    return _run(node, name)


def prove_programme(text: str, *, file: str, catalogue: Catalogue = NO_CATALOGUE) -> Proven:
    """Look for mistakes in the programme that ``text`` spells, then run its examples."""
    checked = checked_programme(text, catalogue)
    if checked.faults or checked.node is None:
        return Proven({}, placed(list(checked.faults), file), Report(), None)
    report = _run(checked.node, file)
    proof = None if report.failed else ExamplesProof(document_digest(checked.document))
    return Proven(checked.document, (), report, proof)


def _run(node: Node, file: str) -> Report:
    with _ONE_AT_A_TIME:
        return run_read(_stories(node, file), file)


def _stories(node: Node, file: str) -> Iterator[Story | tuple[Fault, ...]]:
    """Yield the story of each example, under the programme that carries it."""
    assert isinstance(node, MapNode)
    examples = node.pairs.get(_EXAMPLES)
    rest = {key: one for key, one in node.pairs.items() if key != _EXAMPLES}
    programme = MapNode(rest, node.line, node.lines)
    for example in examples.items if isinstance(examples, ListNode) else ():
        whole = example
        if isinstance(example, MapNode) and "programme" not in example.pairs:
            pairs = {**example.pairs, "programme": programme}
            whole = MapNode(pairs, example.line, {**example.lines, "programme": example.line})
        yield story_of(whole, Faults(), file=file, folder=Path(file).parent)
