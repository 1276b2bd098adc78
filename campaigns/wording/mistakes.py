"""What is wrong in a marketer's text, where, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.wording.spelling import cleaned
from loyalty.kernel.problems import N_

_TEMPLATES = {
    "too-long": N_("The text has {found} characters; {suggestion} are allowed."),
    "too-many": N_("The text has {found} placeholders; {suggestion} are allowed."),
    "missing": N_("This text is missing."),
    "stray-letter": N_("The character {found} cannot be used. Remove it."),
    "line-break": N_("This text must stay on one line."),
    "unclosed": N_("“{found}” is not closed. Write {suggestion}."),
    "stray-brace": N_("This “{found}” closes nothing. Remove it."),
    "unknown": N_("There is no placeholder “{found}”. Write {suggestion}."),
    "not-here": N_("“{found}” cannot be used in this message."),
    "unknown-filter": N_("There is no filter “{found}”. Known are: {suggestion}."),
    "wrong-filter": N_("The filter “{found}” does not fit this placeholder."),
    "wrong-argument": N_("“{found}” is not right. Write {suggestion}."),
    "too-many-filters": N_("A placeholder takes {suggestion} filters at most, not {found}."),
    "no-default": N_("“{found}” may be empty. Write {suggestion}."),
    "wrong-link": N_("“{found}” leads nowhere. Write {suggestion} or a link placeholder."),
    "too-many-parts": N_("This SMS takes {found} parts; {suggestion} are allowed."),
}
MISTAKE_SLUGS = frozenset(_TEMPLATES)
_MAX_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a text.

    ``position`` counts characters from 0; ``line`` and ``column`` from 1. ``template`` is an
    English msgid over ``found`` and ``suggestion``.
    """

    slug: str
    template: str
    position: int
    line: int
    column: int
    found: str
    suggestion: str = ""

    def __str__(self) -> str:
        """Return the sentence in English."""
        sentence = self.template.format(found=self.found, suggestion=self.suggestion)
        return f"line {self.line}, column {self.column}: {sentence}"


@dataclass(frozen=True, slots=True)
class Where:
    """A text, and the places in it."""

    text: str

    def mistake(self, position: int, slug: str, found: str, suggestion: str = "") -> Mistake:
        """Return the mistake ``slug`` at ``position``."""
        before = self.text[:position]
        line = before.count("\n") + 1
        column = position - before.rfind("\n")
        shown = cleaned(found)[:_MAX_SHOWN]
        return Mistake(slug, _TEMPLATES[slug], position, line, column, shown, suggestion)
