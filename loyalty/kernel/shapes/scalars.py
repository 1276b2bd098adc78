"""Reading one scalar: from the text that was written to the value that its place wants."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from loyalty.kernel.problems import N_
from loyalty.kernel.shapes.faults import Faults, Path
from loyalty.kernel.shapes.nodes import Node, TextNode
from loyalty.kernel.shapes.refusing import NOTHING, is_nothing, refuse
from loyalty.kernel.shapes.shape import (
    At,
    Clock,
    Day,
    Flag,
    Int,
    Money,
    MonthDay,
    Number,
    Qty,
    Shape,
    Slug,
    Text,
    Word,
)
from loyalty.kernel.shapes.times import read_at, read_clock, read_day, read_month_day
from loyalty.kernel.values import MAX_WHOLE

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,18})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,9})?")
_LONG = re.compile(r"[-+]?[1-9][0-9]{15,}(?:\.[0-9]{1,9})?")
_LOOSE = re.compile(r"[-+]?[0-9][0-9_ ]*(?:[.,][0-9]+)?|[-+]?[.,][0-9]+")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SHORT = 2
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def _text(shape: Text, node: Node, path: Path, faults: Faults) -> Any:
    if type(node) is not TextNode or (not node.quoted and node.text in NOTHING):
        if shape.none and is_nothing(node):
            return "none"
        return refuse(faults, path, node, N_("a text is wanted here"))
    if len(node.text) > shape.most:
        return refuse(faults, path, node, N_("at most {most} characters"), most=str(shape.most))
    if not node.text.isprintable() and _UNWRITABLE.search(node.text):
        return refuse(faults, path, node, N_("a character that cannot be shown stands here"))
    return node.text


def _slug(shape: Slug, node: Node, path: Path, faults: Faults) -> Any:
    del shape
    if type(node) is TextNode and _SLUG.fullmatch(node.text):
        return node.text
    meant = ""
    if type(node) is TextNode:
        meant = re.sub(r"[^a-z0-9_-]+", "-", node.text.lower()).strip("-_")[:40]
    return refuse(
        faults, path, node, N_("a lower-case name is wanted here: letters, digits, hyphens"), meant
    )


def _flag(shape: Flag, node: Node, path: Path, faults: Faults) -> Any:
    text = node.text if type(node) is TextNode and not node.quoted else ""
    value = {"true": True, "false": False}.get(text)
    if value is None:
        loose = node.text.lower() if type(node) is TextNode else ""
        meant = {"yes": "true", "on": "true", "y": "true", "true": "true", "1": "true"}
        meant |= {"no": "false", "off": "false", "n": "false", "false": "false", "0": "false"}
        return refuse(faults, path, node, N_("write true or false"), meant.get(loose, ""))
    if shape.only is not None and value is not shape.only:
        only = "true" if shape.only else "false"
        return refuse(faults, path, node, N_("only {word} is meaningful here"), word=only)
    return value


def _int(shape: Int, node: Node, path: Path, faults: Faults) -> Any:
    if type(node) is not TextNode or node.quoted or not _INT.fullmatch(node.text):
        meant = ""
        if type(node) is TextNode and _DECIMAL.fullmatch(node.text):
            meant = str(Decimal(node.text).to_integral_value())
        return refuse(faults, path, node, N_("a whole number is wanted here"), meant)
    value = int(node.text)
    if not shape.least <= value <= shape.most:
        return _beyond(shape, node, path, faults)
    return value


def _number(shape: Number, node: Node, path: Path, faults: Faults) -> Any:
    if type(node) is not TextNode or not _DECIMAL.fullmatch(node.text):
        return refuse(
            faults, path, node, N_('a number is wanted here: 15, or "5.5"'), _number_meant(node)
        )
    value = Decimal(node.text)
    if not shape.least <= value <= shape.most:
        return _beyond(shape, node, path, faults)
    return int(value) if value == value.to_integral_value() else node.text


def _beyond(shape: Int | Number, node: Node, path: Path, faults: Faults) -> Any:
    span = {"least": str(shape.least), "most": str(shape.most)}
    above_only = shape.most == MAX_WHOLE
    message = N_("at least {least}") if above_only else N_("from {least} to {most}")
    faults.add(path, node.line, message, **span)


def _money(shape: Money, node: Node, path: Path, faults: Faults) -> Any:
    if type(node) is not TextNode or not node.quoted or not _DECIMAL.fullmatch(node.text):
        if type(node) is TextNode and node.quoted and _LONG.fullmatch(node.text):
            return refuse(faults, path, node, N_("at most {most}"), most=str(MAX_WHOLE))
        message = N_("money is written as quoted text")
        return refuse(faults, path, node, message, _money_meant(node, faults.digits))
    text = node.text
    if text[0] in "-+" and not shape.signed:
        return refuse(faults, path, node, N_("money is not below zero here"), f'"{text[1:]}"')
    if faults.digits is not None and len(text.partition(".")[2]) > faults.digits:
        digits = str(faults.digits)
        return refuse(faults, path, node, N_("the currency has {digits} decimals"), digits=digits)
    return text


def _money_meant(node: Node, digits: int | None) -> str:
    """Return how an amount should have been written: quoted, with the currency's decimals."""
    if type(node) is not TextNode:
        return ""
    match = re.search(_LOOSE, node.text)
    if match is None:
        return ""
    amount = Decimal(match[0].replace("_", "").replace(" ", "").replace(",", "."))
    places = 2 if digits is None else digits
    exact = amount.scaleb(places)
    if exact != exact.to_integral_value():
        return f'"{amount:f}"'
    return f'"{amount:.{places}f}"'


def _qty(shape: Qty, node: Node, path: Path, faults: Faults) -> Any:
    if type(node) is TextNode:
        text = node.text
        if _INT.fullmatch(text):
            value = int(text)
            if abs(value) > MAX_WHOLE:
                return refuse(faults, path, node, N_("at most {most}"), most=str(MAX_WHOLE))
            if value < 0 and not shape.signed:
                return refuse(faults, path, node, N_("at least {least}"), least="0")
            return text if node.quoted else value
        if node.quoted and _DECIMAL.fullmatch(text):
            if text[0] == "-" and not shape.signed:
                return refuse(faults, path, node, N_("at least {least}"), least="0")
            return text
    message = N_("a whole number, or a quoted decimal, is wanted here")
    return refuse(faults, path, node, message, _qty_meant(node))


def _qty_meant(node: Node) -> str:
    if type(node) is TextNode and _DECIMAL.fullmatch(node.text):
        return f'"{node.text}"'
    return ""


def _number_meant(node: Node) -> str:
    if type(node) is TextNode and (match := re.fullmatch(r"([0-9]+)[.,]?([0-9]*) ?%?", node.text)):
        return f"{match[1]}.{match[2]}" if match[2] else match[1]
    return ""


def _word(shape: Word, node: Node, path: Path, faults: Faults) -> Any:
    if type(node) is TextNode:
        if node.text in shape.words:
            return node.text
        near = word_meant(node.text, shape.words)
    else:
        near = ""
    words = ", ".join(shape.words)
    return refuse(faults, path, node, N_("one of these is wanted here: {words}"), near, words=words)


def word_meant(text: str, words: tuple[str, ...]) -> str:
    """Return the word that ``text`` probably stands for."""
    folded = text.strip().lower().replace("-", "_").replace(" ", "_")
    for word in words:
        if word.replace("-", "_") == folded:
            return word
    for word in words:
        if len(word) > _SHORT and folded.startswith(word):
            return word
    near = get_close_matches(folded, words, n=1, cutoff=0.5)
    return near[0] if near else ""


SCALARS: dict[type[Shape], Callable[[Any, Node, Path, Faults], Any]] = {
    Text: _text,
    Slug: _slug,
    Flag: _flag,
    Int: _int,
    Number: _number,
    Money: _money,
    Qty: _qty,
    Day: read_day,
    MonthDay: read_month_day,
    Clock: read_clock,
    At: read_at,
    Word: _word,
}
