"""What is wrong with a programme's text, all of it at once, with lines."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.compiling import compile_programme
from loyalty.kernel.shapes import Fault, documents, line_of
from loyalty.programme import ProgrammeUnclear
from loyalty.programme_text import LONGEST_DOCUMENT, read_programme_node
from loyalty.values import ProgrammeVersionId


@dataclass(frozen=True, slots=True)
class TextFault:
    """One mistake: its line from 1 (0: none), the path of its key, and what to do, in English."""

    line: int
    path: str
    sentence: str


def check_text(text: str) -> tuple[TextFault, ...]:
    """Return every mistake that keeps a programme's text from being published."""
    if len(text) > LONGEST_DOCUMENT:
        return (TextFault(0, "", f"At most {LONGEST_DOCUMENT} characters."),)
    found = list(documents(text))
    if len(found) != 1:
        return (TextFault(0, "", "One document is wanted: a map of keys."),)
    node, faults = found[0]
    if node is None:
        return tuple(_told(one) for one in faults.found)
    document = read_programme_node(node, faults)
    if faults:
        return tuple(_told(one) for one in faults.found)
    try:
        compile_programme(document, version_id=ProgrammeVersionId("draft"))
    except ProgrammeUnclear as error:
        keys = [int(key) if key.isdigit() else key for key in error.path.split(".") if key]
        return (TextFault(line_of(node, keys), error.path, error.reason),)
    return ()


def _told(fault: Fault) -> TextFault:
    return TextFault(fault.line, fault.path, fault.sentence)
