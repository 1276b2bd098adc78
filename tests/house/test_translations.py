"""Everything that is said in English is said in French, with the same facts in it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from tests.house.project import PACKAGES, ROOT

MARKERS: dict[str, Any] = {
    "N_": None,
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
}
"""What marks a message in a template, and in Python where the first argument is the message."""
MARKERS_AFTER_LANGUAGE: dict[str, Any] = {"gettext": (2,), "ngettext": (2, 3)}
"""``i18n.gettext(language, message)``: the message comes second."""
JINJA = {"extensions": "jinja2.ext.do", "silent": "false"}
_FACT = re.compile(r"%\(\w+\)[sd]|\{\w+\}")

Message = str | tuple[str, ...]


def messages_of_python(source: str) -> set[Message]:
    """Return the messages marked in Python code."""
    stream = io.BytesIO(source.encode())
    found = {one[1] for one in extract("python", stream, {"N_": None, "_": None})}
    stream.seek(0)
    for _, message, _, _ in extract("python", stream, MARKERS_AFTER_LANGUAGE):
        found.add(message)
    return {one for one in found if one}


def messages_of_template(source: str) -> set[Message]:
    """Return the messages marked in a template."""
    stream = io.BytesIO(source.encode())
    rows = extract("jinja2.ext:babel_extract", stream, MARKERS, options=JINJA)
    return {message for _, message, _, _ in rows if message}


def catalogue_faults(wanted: Iterable[Message], catalogue: dict[Message, Message]) -> list[str]:
    """Return the messages without a translation, and translations that lose or invent a fact."""
    faults = []
    for message in sorted(set(wanted), key=str):
        translation = catalogue.get(message)
        if not translation or not all(_forms(translation)):
            faults.append(f"not translated: {message!r}")
        elif _facts(translation) - _facts(message) or _facts(message) - _facts(translation):
            faults.append(f"other facts: {message!r} -> {translation!r}")
    return faults


def read_catalogue(paths: Iterable[Path]) -> dict[Message, Message]:
    """Return the translations of several files together; fuzzy ones do not count."""
    found: dict[Message, Message] = {}
    for path in paths:
        with path.open("rb") as stream:
            for one in read_po(stream):
                if one.id and not one.fuzzy:
                    found[_plain(one.id)] = _plain(one.string)
    return found


def _plain(message: Any) -> Message:
    return message if isinstance(message, str) else tuple(message)


def _forms(message: Message) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else message


def _facts(message: Message) -> set[str]:
    """Return the placeholders of a message; a plural form may leave the count out."""
    return {fact for form in _forms(message) for fact in _FACT.findall(form)} - {
        "%(count)s",
        "%(num)s",
        "%(count)d",
        "%(num)d",
        "{count}",
    }


def _ours() -> set[Message]:
    found: set[Message] = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            found |= messages_of_python(path.read_text(encoding="utf-8"))
        for path in (ROOT / package).rglob("templates/**/*.html"):
            found |= messages_of_template(path.read_text(encoding="utf-8"))
    return found


def _french() -> dict[Message, Message]:
    return read_catalogue(
        path for package in PACKAGES for path in (ROOT / package).rglob("locale/*fr.po")
    )


def test_every_message_is_translated():
    assert catalogue_faults(_ours(), _french()) == []


def test_the_navigation_is_translated():
    from admin.plugins import PLUGINS  # noqa: PLC0415 - a broken package fails this test only

    labels = {item.label for plugin in PLUGINS for item in plugin.nav}
    assert catalogue_faults(labels, _french()) == []
    assert labels


def test_marked_messages_are_found():
    python = 'x = N_("one")\ngettext(spoken(), "two")\nngettext(lang, "three", "threes", 3)\n'
    assert messages_of_python(python) == {"one", "two", ("three", "threes")}
    template = "{{ _('four') }}{{ ngettext('five', 'fives', n) }}{% do gettext('six') %}"
    assert messages_of_template(template) == {"four", ("five", "fives"), "six"}


@pytest.mark.parametrize(
    ("catalogue", "fault"),
    [
        ({}, "not translated"),
        ({"{n} points": ""}, "not translated"),
        ({"{n} points": "des points"}, "other facts"),
        ({"{n} points": "{n} points de {nom}"}, "other facts"),
    ],
)
def test_a_faulty_translation_is_found(catalogue, fault):
    assert [one.split(":")[0] for one in catalogue_faults(["{n} points"], catalogue)] == [fault]


def test_a_missing_plural_is_found_and_a_whole_one_passes():
    wanted = [("one lot", "%(count)s lots")]
    assert catalogue_faults(wanted, {wanted[0]: ("un lot", "")})
    assert catalogue_faults(wanted, {wanted[0]: ("un lot", "%(count)s lots")}) == []


def test_a_fuzzy_translation_does_not_count(tmp_path):
    path = tmp_path / "fr.po"
    path.write_text('#, fuzzy\nmsgid "a"\nmsgstr "b"\n\nmsgid "c"\nmsgstr "d"\n')
    assert read_catalogue([path]) == {"c": "d"}
