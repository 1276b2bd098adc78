"""The reference says what the code does: its example parses, its words are all there."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from offers.document import AppliesTo, OfferKind, Per, parse_offer
from offers.document.parse import _COMMON, _OWN
from offers.eligibility import Why

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "offers.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_example_is_an_offer():
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    offer = parse_offer(yaml.safe_load(example))
    assert offer.slug == "gold-coffee"
    assert offer.name("fr") == "Or : \u221220 % sur le café"


def test_every_key_and_every_word_is_explained():
    words = {*_COMMON, *(key for keys in _OWN.values() for key in keys)}
    words |= {word.value for kind in (AppliesTo, OfferKind, Per, Why) for word in kind}
    written = set(re.findall(r"[\w-]+", TEXT))
    assert words - written == set()
