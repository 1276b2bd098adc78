"""Surveys: what is asked, whether an answer fits, and the net promoter score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NPS_TOP = 10
PROMOTER, DETRACTOR = 9, 6
LONGEST = 1000


class Asks(StrEnum):
    """What a question asks for."""

    NPS = "nps"
    SCALE = "scale"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: ``texts`` by language; a scale runs from 1 to ``top``."""

    id: str
    asks: Asks
    texts: Mapping[str, str]
    choices: tuple[str, ...] = ()
    top: int = 5
    needed: bool = True

    def text(self, language: str) -> str:
        """Return what is asked, in a language."""
        return self.texts.get(language) or self.texts.get("en") or self.id

    def read(self, given: str) -> int | str | None:
        """Return the answer that was typed or chosen; ``None`` when it is none.

        Raises:
            ValueError: it is no answer to this question.
        """
        typed = given.strip()
        if not typed:
            if self.needed and self.asks is not Asks.TEXT:
                raise ValueError(self.id)
            return None
        if self.asks is Asks.TEXT:
            return typed[:LONGEST]
        if self.asks is Asks.CHOICE:
            if typed not in self.choices:
                raise ValueError(self.id)
            return typed
        low, high = (0, NPS_TOP) if self.asks is Asks.NPS else (1, self.top)
        if not (typed.isascii() and typed.isdecimal()) or not low <= int(typed) <= high:
            raise ValueError(self.id)
        return int(typed)


def read_questions(document: Mapping[str, Any]) -> tuple[Question, ...]:
    """Return the questions of a survey's document."""
    return tuple(
        Question(
            id=one["id"],
            asks=Asks(one["asks"]),
            texts={"en": one["text"]} if isinstance(one["text"], str) else dict(one["text"]),
            choices=tuple(one.get("choices", ())),
            top=one.get("top", 5),
            needed=one.get("needed", True),
        )
        for one in document["questions"]
    )


@dataclass(frozen=True, slots=True)
class Promoters:
    """How many would recommend the shop: promoters 9 and 10, detractors 0 to 6."""

    promoters: int
    passives: int
    detractors: int

    @property
    def sample(self) -> int:
        """Return how many have answered."""
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> int | None:
        """Return percent promoters less percent detractors, rounded half away from zero."""
        if not self.sample:
            return None
        over = self.promoters - self.detractors
        whole = (200 * abs(over) + self.sample) // (2 * self.sample)
        return whole if over >= 0 else -whole


def promoters_of(scores: Sequence[int]) -> Promoters:
    """Return how the answers to the question of the net promoter score fall."""
    high = sum(score >= PROMOTER for score in scores)
    low = sum(score <= DETRACTOR for score in scores)
    return Promoters(high, len(scores) - high - low, low)
