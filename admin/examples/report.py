"""What a run says: a line for each expectation, the sums at the end, or JSON for machines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from admin.examples.story import Finding


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    file: str
    line: int
    title: str
    steps: int
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Report:
    """What became of a run."""

    outcomes: list[Outcome] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> int:
        """Return how many expectations hold."""
        return sum(one.passed for outcome in self.outcomes for one in outcome.findings)

    @property
    def failed(self) -> int:
        """Return how many do not."""
        return sum(not one.passed for outcome in self.outcomes for one in outcome.findings)

    @property
    def steps(self) -> int:
        """Return how many steps the documents have."""
        return sum(outcome.steps for outcome in self.outcomes)

    def as_json(self) -> dict[str, Any]:
        """Return the run for machines."""
        return {
            "passed": self.passed,
            "failed": self.failed,
            "steps": self.steps,
            "seconds": round(self.seconds, 3),
            "documents": [_document(one) for one in self.outcomes],
        }


def lines(findings: Iterable[Finding]) -> str:
    """Return one line of text for each finding."""
    return "".join(f"{line(one)}\n" for one in findings)


def line(one: Finding) -> str:
    """Return the line of one finding."""
    place = f"{one.place.file}:{one.place.line} {one.place.path}".rstrip()
    if one.passed:
        return f"ok {place}"
    said = f"FAILED {place} expected {one.wanted} got {one.got}"
    return f"{said} ({one.note})" if one.note else said


def _document(one: Outcome) -> dict[str, Any]:
    return {
        "file": one.file,
        "line": one.line,
        "example": one.title,
        "findings": [
            {
                "line": finding.place.line,
                "path": finding.place.path,
                "ok": finding.passed,
                "expected": finding.wanted,
                "got": finding.got,
                "note": finding.note,
            }
            for finding in one.findings
        ],
    }
