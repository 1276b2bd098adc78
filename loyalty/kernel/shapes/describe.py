"""A shape as tables of its keys, for the reference."""

from __future__ import annotations

from collections.abc import Iterator

from loyalty.kernel.shapes.meant import children
from loyalty.kernel.shapes.shape import (
    Anything,
    At,
    Clock,
    Day,
    Either,
    Flag,
    Int,
    Key,
    Later,
    ListOf,
    MapOf,
    Money,
    MonthDay,
    Number,
    OneOrMore,
    Qty,
    Shape,
    Slug,
    Struct,
    Tagged,
    Text,
    Word,
)

_SAID: dict[type[Shape], str] = {
    Anything: "anything",
    At: "local time",
    Clock: "time of the day",
    Day: "day",
    Int: "whole number",
    Money: "money",
    MonthDay: "month and day",
    Number: "number",
    Qty: "quantity",
    Slug: "name",
    Text: "text",
}


def tables(shape: Shape) -> list[str]:
    """Return the lines of Markdown that list every key below ``shape``, map by map."""
    lines: list[str] = []
    done: set[str] = set()
    for one in _described(shape):
        if one.name in done:
            continue
        done.add(one.name)
        lines += ["", f"## {one.name[0].upper()}{one.name[1:]}", ""]
        if isinstance(one, Tagged):
            kinds = ((f"`{one.tag}: {kind}` takes", keys) for kind, keys in one.kinds.items())
            lines += _rows(one.common)
            for title, keys in kinds:
                if keys:
                    lines += ["", f"{title}:", "", *_rows(keys)]
        else:
            lines += _rows(one.keys)
    return lines


def _rows(keys: tuple[Key, ...]) -> list[str]:
    rows = ["| Key | Values | Meaning |", "| --- | --- | --- |"]
    for key in keys:
        needed = " *Needed.*" if key.required else ""
        rows.append(f"| `{key.name}` | {said(key.shape)} | {key.doc}{needed} |")
    return rows


def said(shape: Shape) -> str:
    """Return what ``shape`` takes, in a few words."""
    if isinstance(shape, Flag):
        return "`true`, `false`" if shape.only is None else f"`{str(shape.only).lower()}`"
    if isinstance(shape, Word):
        return ", ".join(f"`{word}`" for word in shape.words)
    if isinstance(shape, Either):
        return ", or ".join(said(one) for one in shape.shapes)
    if isinstance(shape, Later):
        return said(shape.shape())
    return _SAID.get(type(shape)) or _said_of_many(shape)


def _said_of_many(shape: Shape) -> str:
    if isinstance(shape, OneOrMore):
        return f"{said(shape.each)}; one or a list"
    if isinstance(shape, ListOf):
        return f"list of: {said(shape.each)}"
    if isinstance(shape, MapOf):
        return f"map of {said(shape.names)} to {said(shape.each)}"
    assert isinstance(shape, Struct | Tagged), shape
    anchor = shape.name.lower().replace(" ", "-")
    return f"[{shape.name}](#{anchor})"


def _described(shape: Shape) -> Iterator[Struct | Tagged]:
    """Yield every map with known keys below ``shape``, outermost first."""
    seen: set[int] = set()
    waiting: list[Shape] = [shape]
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, Tagged):
            yield one
            keys = [*one.common, *(key for own in one.kinds.values() for key in own)]
            waiting.extend(key.shape for key in keys)
            continue
        if isinstance(one, Struct):
            yield one
        waiting.extend(children(one))
