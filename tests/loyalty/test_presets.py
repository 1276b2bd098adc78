"""Every ready programme is right as it is printed, and says what it is in both languages."""

from __future__ import annotations

import pytest

from loyalty.presets import PRESETS, preset_document, preset_text
from loyalty.programme_text import read_programme


@pytest.mark.parametrize("name", PRESETS)
def test_a_ready_programme_is_right(name):
    document = read_programme(preset_text(name))
    assert (document["name"], set(document["title"])) == (name, {"en", "fr"})


@pytest.mark.parametrize("name", PRESETS)
def test_whatever_has_a_name_has_it_in_both_languages(name):
    assert [one for one in _names(preset_document(name)) if set(one) != {"en", "fr"}] == []


def _names(value):
    """Yield every map of names in a document."""
    if isinstance(value, dict):
        yield from (
            inner for key, inner in value.items() if key == "name" and isinstance(inner, dict)
        )
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)
