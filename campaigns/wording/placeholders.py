"""Read a text with placeholders, and fill it: ``Hello {first_name|default:there}``.

The language is closed. A placeholder is a name of the vocabulary and at most four filters; there
are no expressions, loops, attributes or calls, so a text can neither look at anything it was not
given nor take longer than its own length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from campaigns.values import Channel
from campaigns.wording.filters import change, wrong_with
from campaigns.wording.mistakes import Mistake, Where
from campaigns.wording.spelling import Language, spelled
from campaigns.wording.vocabulary import OTHER_NAMES, PLACEHOLDERS, Kind, Placeholder, Value

MAX_PLACEHOLDERS = 100
MAX_FILTERS = 4
MAX_MISTAKES = 20
"""More mistakes than this are not listed: the first ones must be mended anyway."""

_BRACE = re.compile(r"[{}]")
_NEVER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ue000-\uf8ff]"
)
"""Control and direction marks, half characters and private letters: not part of any language."""
_INSIDE = re.compile(r"[^{}\n]{0,300}")
_NAME = re.compile(r"[a-z_]{1,30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder as it stands in a text: the name and its filters in order."""

    name: str
    kind: Kind
    filters: tuple[tuple[str, str], ...] = ()

    def fill(self, values: Mapping[str, Value], language: Language) -> str:
        """Return the words that stand here for these values; never a line break."""
        value = values[self.name]
        form = "long"
        default = None
        for name, argument in self.filters:
            if name == "default":
                default = argument if default is None else default
            elif name == "date":
                form = argument
            else:
                value = change(name, value, argument)
        if value is None or value == "":
            return default or ""
        return spelled(value, language, form=form)


Piece = str | Slot
Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: its pieces, and what is wrong with it."""

    pieces: Pieces
    mistakes: tuple[Mistake, ...] = ()


def read_text(
    text: str,
    channel: Channel,
    *,
    at_most: int,
    one_line: bool = False,
    vocabulary: Mapping[str, Placeholder] = PLACEHOLDERS,
) -> Reading:
    """Take a text apart into words and slots; list what is wrong with it.

    ``at_most`` limits its length in characters; ``one_line`` forbids line breaks. A text with
    mistakes cannot be saved. The time taken grows with the length of the text and nothing else.
    """
    if len(text) > at_most:
        where = Where(text[: at_most + 1])
        return Reading((), (where.mistake(at_most, "too-long", str(len(text)), str(at_most)),))
    where = Where(text)
    pieces: list[Piece] = []
    mistakes = _wrong_letters(where, one_line=one_line)
    position = slots = 0
    while (brace := _BRACE.search(text, position)) and len(mistakes) < MAX_MISTAKES:
        pieces.append(text[position : brace.start()])
        slot, wrong, position = _read_slot(where, brace.start(), channel, vocabulary)
        mistakes.extend(wrong)
        if slot is not None:
            pieces.append(slot)
            slots += 1
    pieces.append(text[position:])
    if slots > MAX_PLACEHOLDERS:
        mistakes.append(where.mistake(0, "too-many", str(slots), str(MAX_PLACEHOLDERS)))
    return Reading(tuple(piece for piece in pieces if piece != ""), tuple(mistakes))


def fill(
    pieces: Pieces,
    values: Mapping[str, Value],
    language: Language,
    finish: Callable[[str], str] = str,
) -> str:
    """Return the text with every slot filled; ``finish`` sees each filled slot (HTML escaping)."""
    return "".join(
        [
            piece if isinstance(piece, str) else finish(piece.fill(values, language))
            for piece in pieces
        ]
    )


def names_in(pieces: Pieces) -> frozenset[str]:
    """Return the names of the placeholders that a text uses."""
    return frozenset(piece.name for piece in pieces if isinstance(piece, Slot))


def _wrong_letters(where: Where, *, one_line: bool) -> list[Mistake]:
    """Return the first character that no text may hold, and the first forbidden line break."""
    mistakes = []
    if never := _NEVER.search(where.text):
        found = f"U+{ord(never.group()):04X}"
        mistakes.append(where.mistake(never.start(), "stray-letter", found))
    if one_line and (broken := re.search(r"[\r\n]", where.text)):
        mistakes.append(where.mistake(broken.start(), "line-break", ""))
    return mistakes


def _read_slot(
    where: Where, start: int, channel: Channel, vocabulary: Mapping[str, Placeholder]
) -> tuple[Slot | None, list[Mistake], int]:
    """Read the placeholder at ``start``; return it, what is wrong, and where to go on."""
    text = where.text
    if text[start] == "}":
        return None, [where.mistake(start, "stray-brace", "}")], start + 1
    inside = _INSIDE.match(text, start + 1)
    assert inside is not None, "the pattern matches the empty text"
    end = inside.end()
    name, *filters = inside.group().split("|")
    if end >= len(text) or text[end] != "}":
        known = name if name in vocabulary else "first_name"
        wrong = where.mistake(start, "unclosed", "{" + inside.group(), "{" + known + "}")
        return None, [wrong], max(start + 1, end)
    placeholder = vocabulary.get(name)
    if placeholder is None or not _NAME.fullmatch(name):
        wrong = where.mistake(start, "unknown", "{" + name + "}", _nearest(name, vocabulary))
        return None, [wrong], end + 1
    mistakes = _check_filters(where, start, placeholder, filters)
    if channel not in placeholder.channels:
        mistakes.append(where.mistake(start, "not-here", "{" + name + "}"))
    pairs = tuple((part.partition(":")[0], part.partition(":")[2]) for part in filters)
    slot = None if mistakes else Slot(name, placeholder.kind, pairs)
    return slot, mistakes, end + 1


def _check_filters(
    where: Where, start: int, placeholder: Placeholder, filters: list[str]
) -> list[Mistake]:
    """Return what is wrong with the filters of one placeholder."""
    if len(filters) > MAX_FILTERS:
        found = str(len(filters))
        return [where.mistake(start, "too-many-filters", found, str(MAX_FILTERS))]
    mistakes = [
        where.mistake(start, wrong[0], part, wrong[1])
        for part in filters
        if (wrong := wrong_with(part, placeholder.kind))
    ]
    has_default = any(part.partition(":")[0] == "default" for part in filters)
    if placeholder.may_be_empty and not has_default:
        name = placeholder.name
        written = "{" + "|".join([name, *filters]) + "}"
        better = "{" + "|".join([name, *filters, "default:…"]) + "}"
        mistakes.append(where.mistake(start, "no-default", written, better))
    return mistakes


def _nearest(name: str, vocabulary: Mapping[str, Placeholder]) -> str:
    """Return the placeholder that was probably meant, as the marketer would write it."""
    plain = name.strip().lower()[:30]
    if plain in OTHER_NAMES:
        return "{" + OTHER_NAMES[plain] + "}"
    near = get_close_matches(plain, list(vocabulary), n=1, cutoff=0.6)
    return "{" + near[0] + "}" if near else ", ".join(vocabulary)
