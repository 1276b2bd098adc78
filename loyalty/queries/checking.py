"""What is wrong with a programme's text, all of it at once, with lines."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.checking import NO_CATALOGUE, Catalogue
from loyalty.programme_text import checked_programme


@dataclass(frozen=True, slots=True)
class TextFault:
    """One mistake: its line from 1 (0: none), the path of its key, and what to do, in English."""

    line: int
    path: str
    sentence: str


def check_text(text: str, catalogue: Catalogue = NO_CATALOGUE) -> tuple[TextFault, ...]:
    """Return every mistake that keeps a programme's text from being published."""
    faults = checked_programme(text, catalogue).faults
    return tuple(TextFault(one.line, one.path, one.sentence) for one in faults)
