"""The names that a story gives to things, gathered from the whole document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from admin.examples.story import Plain, Story
from admin.examples.vocabulary.baskets import LINE_KINDS

NOBODY = "none"
_NUMBER = re.compile(r"[0-9]+")
_SELLS = frozenset({"purchase", "quote", "resume"})
FILTERS = ("article", "category", "brand", "label")


@dataclass(frozen=True, slots=True)
class Names:
    """Every name of a document, by what it names."""

    member: frozenset[str]
    article: frozenset[str]
    line: frozenset[str]
    """What expectations may call a line: articles, own names, kinds."""
    category: frozenset[str]
    brand: frozenset[str]
    label: frozenset[str]
    offer: frozenset[str]
    code: frozenset[str]
    reward: frozenset[str]
    rule: frozenset[str]
    wallet: frozenset[str]
    tier: frozenset[str]
    purchase: frozenset[str]
    store: frozenset[str]
    till: frozenset[str]
    staff: frozenset[str]

    def of(self, kind: str) -> frozenset[str]:
        """Return the names of one kind."""
        names: frozenset[str] = getattr(self, kind)
        return names


def names_of(story: Story) -> Names:
    """Return the names of a story, those that its steps add included."""
    programmes = [story.programme, *_published(story, "programme")]
    offers = [*story.offers, *_published(story, "offer")]
    offers += [one for many in _published(story, "offers") for one in many]
    lines = list(_lines(story))
    own = {str(line[key]) for line in lines for key in ("sku", "name", "article") if key in line}
    facts = [*story.articles.values(), *lines]
    articles = frozenset(story.articles) | {
        str(line["article"]) for line in lines if "article" in line and "price" in line
    }
    return Names(
        member=frozenset(story.members) | frozenset(_enrolled(story)),
        article=articles,
        line=articles | own | frozenset(LINE_KINDS) | frozenset(_added(offers, programmes)),
        category=frozenset(_facts(facts, "category")),
        brand=frozenset(_facts(facts, "brand")),
        label=frozenset(_facts(facts, "labels")),
        offer=frozenset(str(one["id"]) for one in offers),
        code=frozenset(code for one in offers for code in _codes(one)),
        reward=frozenset(_ids(programmes, "rewards")),
        rule=frozenset(_ids(programmes, "earn")),
        wallet=frozenset(name for one in programmes for name in one.get("wallets", {})),
        tier=frozenset(
            str(level["id"])
            for one in programmes
            for level in one.get("tiers", {}).get("levels", ())
        ),
        purchase=frozenset(
            str(step.asked["as"])
            for step in story.steps
            if isinstance(step.asked, Mapping) and "as" in step.asked
        ),
        store=frozenset(story.stores),
        till=frozenset(till for one in story.stores.values() for till in one.get("tills", ())),
        staff=frozenset(story.staff),
    )


def near(name: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    """Return the known name that ``name`` was probably meant to be; empty without one."""
    found = get_close_matches(name, sorted(known), n=1, cutoff=cutoff)
    return found[0] if found else ""


def slip(name: str, known: frozenset[str]) -> str:
    """Return the known name that ``name`` is a slip of the pen for; empty when it may be its own.

    Names that differ by a number alone (``tea-1``, ``tea-2``) are never slips.
    """
    if name in known or name.isdigit():
        return ""
    meant = near(name, known, 0.8)
    return "" if _NUMBER.sub("#", meant) == _NUMBER.sub("#", name) else meant


def filters_in(
    document: Any, keys: tuple[str | int, ...]
) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    """Yield each value of each filter below ``document``: its kind, the value, where it stands."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            if key in FILTERS and isinstance(value, list):
                for number, one in enumerate(value):
                    yield str(key), str(one), (*keys, key, number)
            elif isinstance(value, Mapping | list):
                yield from filters_in(value, (*keys, key))
    elif isinstance(document, list):
        for number, one in enumerate(document):
            yield from filters_in(one, (*keys, number))


def _published(story: Story, key: str) -> list[Any]:
    return [
        step.asked[key]
        for step in story.steps
        if step.verb == "publish" and isinstance(step.asked.get(key), Mapping | list)
    ]


def _lines(story: Story) -> Iterator[Plain]:
    for step in story.steps:
        if step.verb in _SELLS:
            yield from step.asked.get("lines", ())


def _enrolled(story: Story) -> Iterator[str]:
    for step in story.steps:
        if step.verb == "enrol":
            yield str(step.asked["member"])


def _facts(facts: Iterable[Plain], key: str) -> Iterator[str]:
    for one in facts:
        value = one.get(key, [])
        yield from value if isinstance(value, list) else [value]


def _codes(offer: Plain) -> list[str]:
    return [offer["code"], *offer.get("codes", ())] if "code" in offer else offer.get("codes", [])


def _ids(programmes: Iterable[Plain], key: str) -> Iterator[str]:
    for programme in programmes:
        for one in programme.get(key, ()):
            yield str(one["id"])


def _added(offers: Iterable[Plain], programmes: Iterable[Plain]) -> Iterator[str]:
    """Yield the articles that offers and rewards add to a basket."""
    for offer in offers:
        for gift in offer.get("gifts", ()):
            yield str(gift["article"])
    for programme in programmes:
        for reward in programme.get("rewards", ()):
            if isinstance(reward.get("article"), str):
                yield reward["article"]
