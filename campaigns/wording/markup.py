"""The body of an e-mail: plain paragraphs with a few marks, turned into HTML and into text.

    # A heading                      - an item of a list
    **bold**                         [words](https://... or {card_link})

A line that holds one link and nothing else becomes a button. Marketers write no HTML, so nothing
they write can break a mail program or run in one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from campaigns.wording.mistakes import Mistake, Where
from campaigns.wording.placeholders import Pieces, Slot
from campaigns.wording.vocabulary import Kind

_FIRST_MARK = 0xE000
"""A slot travels through the HTML as one private letter: a text may not hold such letters."""

_PRIVATE = re.compile("[\ue000-\uf8ff]")
_BOLD = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\s]{1,500})\)")
_TARGET = re.compile(r"(?:https://|mailto:|tel:)[!-~]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Styles:
    """The style attributes of the elements; mail programs read no style sheets."""

    heading: str
    paragraph: str
    listing: str
    item: str
    link: str
    button_box: str
    button_cell: str
    button: str


@dataclass(frozen=True, slots=True)
class Body:
    """A body as pieces: for the HTML part (already escaped) and for the text part."""

    html: Pieces
    text: Pieces


def wrong_links(text: str, pieces: Pieces) -> tuple[Mistake, ...]:
    """Return a mistake for each link that leads nowhere: not https, mail, telephone or a slot."""
    marked, slots = _mark(pieces)
    where = Where(text)
    mistakes = []
    for link in _LINK.finditer(marked):
        target = link.group(2)
        if not _leads_somewhere(target, slots):
            shown = _unmark(target, slots)
            at = max(text.find(f"]({shown[:20]}"), 0)
            mistakes.append(where.mistake(at, "wrong-link", shown, "https://…"))
    return tuple(mistakes)


def to_body(pieces: Pieces, styles: Styles) -> Body:
    """Turn the pieces of a checked body into its HTML and text parts."""
    marked, slots = _mark(pieces)
    writer = _Writer(styles, slots)
    blocks = list(_blocks(marked))
    as_html = "\n".join(map(writer.block, blocks))
    as_text = "\n\n".join(map(_plain, blocks))
    return Body(html=_split(as_html, slots), text=_split(as_text, slots))


def _mark(pieces: Pieces) -> tuple[str, list[Slot]]:
    """Return the text with each slot as one private letter, and the slots in order."""
    slots = [piece for piece in pieces if isinstance(piece, Slot)]
    letters = iter(range(_FIRST_MARK, _FIRST_MARK + len(slots)))
    return "".join(p if isinstance(p, str) else chr(next(letters)) for p in pieces), slots


def _slot(letter: str, slots: list[Slot]) -> Slot:
    return slots[ord(letter) - _FIRST_MARK]


def _unmark(marked: str, slots: list[Slot]) -> str:
    return _PRIVATE.sub(lambda match: "{" + _slot(match.group(), slots).name + "}", marked)


def _leads_somewhere(target: str, slots: list[Slot]) -> bool:
    if len(target) == 1 and _PRIVATE.match(target):
        return _slot(target, slots).kind is Kind.LINK
    return _TARGET.fullmatch(target) is not None


def _split(marked: str, slots: list[Slot]) -> Pieces:
    """Put the slots back where their letters stand."""
    out: list[str | Slot] = []
    position = 0
    for match in _PRIVATE.finditer(marked):
        out += [marked[position : match.start()], _slot(match.group(), slots)]
        position = match.end()
    out.append(marked[position:])
    return tuple(piece for piece in out if piece != "")


class _Sort(StrEnum):
    """What a line is."""

    EMPTY = "empty"
    HEADING = "heading"
    BUTTON = "button"
    ITEM = "item"
    WORDS = "words"


_ALONE = frozenset({_Sort.HEADING, _Sort.BUTTON})
_Block = tuple[_Sort, list[str]]


def _sort(line: str) -> _Sort:
    if not line.strip():
        return _Sort.EMPTY
    if line.startswith("# "):
        return _Sort.HEADING
    if _LINK.fullmatch(line.strip()):
        return _Sort.BUTTON
    return _Sort.ITEM if line.startswith("- ") else _Sort.WORDS


def _blocks(marked: str) -> Iterable[_Block]:
    """Yield runs of lines of one sort; headings and buttons stand alone, empty lines separate."""
    block: list[str] = []
    running = _Sort.EMPTY
    for line in marked.splitlines():
        sort = _sort(line)
        if block and (sort is not running or sort in _ALONE):
            yield running, block
            block = []
        running = sort
        if sort is not _Sort.EMPTY:
            block.append(line)
    if block:
        yield running, block


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes blocks as HTML. What the author wrote is escaped before any mark is looked at."""

    styles: Styles
    slots: list[Slot]

    def block(self, block: _Block) -> str:
        """Return one block as an element."""
        sort, lines = block
        if sort is _Sort.HEADING:
            return f'<h1 style="{self.styles.heading}">{self.inline(lines[0][2:])}</h1>'
        if sort is _Sort.BUTTON:
            return self.button(lines[0].strip())
        if sort is _Sort.ITEM:
            style = self.styles.item
            items = "".join(f'<li style="{style}">{self.inline(line[2:])}</li>' for line in lines)
            return f'<ul style="{self.styles.listing}">{items}</ul>'
        words = "<br>\n".join(map(self.inline, lines))
        return f'<p style="{self.styles.paragraph}">{words}</p>'

    def button(self, line: str) -> str:
        """Return a link that fills a line as a button that every mail program draws."""
        link = _LINK.fullmatch(line)
        assert link is not None, "only a line that is a link is a button"
        words, target = html.escape(link.group(1)), html.escape(link.group(2))
        return (
            '<table role="presentation" cellpadding="0" cellspacing="0" border="0" '
            f'style="{self.styles.button_box}"><tr><td style="{self.styles.button_cell}">'
            f'<a href="{target}" style="{self.styles.button}">{words}</a></td></tr></table>'
        )

    def inline(self, line: str) -> str:
        """Return the words of a line with their links and bold words."""
        parts = []
        position = 0
        for link in _LINK.finditer(line):
            parts.append(self.words(line[position : link.start()]))
            parts.append(self.anchor(html.escape(link.group(2)), _bold(html.escape(link.group(1)))))
            position = link.end()
        parts.append(self.words(line[position:]))
        return "".join(parts)

    def words(self, text: str) -> str:
        """Return words without links; a link slot that stands bare becomes a link to itself."""

        def anchored(match: re.Match[str]) -> str:
            letter = match.group()
            link = _slot(letter, self.slots).kind is Kind.LINK
            return self.anchor(letter, letter) if link else letter

        return _PRIVATE.sub(anchored, _bold(html.escape(text)))

    def anchor(self, target: str, words: str) -> str:
        """Return a link in running text."""
        return f'<a href="{target}" style="{self.styles.link}">{words}</a>'


def _bold(escaped: str) -> str:
    return _BOLD.sub(r"<strong>\1</strong>", escaped)


def _plain(block: _Block) -> str:
    """Return a block for the text part: bold marks dropped, links as ``words: address``."""
    sort, lines = block
    words = [_LINK.sub(r"\1: \2", _BOLD.sub(r"\1", line)) for line in lines]
    return words[0][2:] if sort is _Sort.HEADING else "\n".join(words)
