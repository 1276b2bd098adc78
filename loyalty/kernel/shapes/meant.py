"""What an unknown key was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from loyalty.kernel.shapes.shape import (
    Either,
    Later,
    ListOf,
    MapOf,
    OneOrMore,
    Shape,
    Struct,
    Tagged,
)

_MOST_HOMES = 3


def meant_key(shape: Struct, name: str, root: Shape | None) -> tuple[str, str]:
    """Return the key of ``shape`` that ``name`` stands for, or the structs that do have ``name``.

    First the same word in another spelling, then a word that other systems use, then the nearest
    one; and last, where else in the whole document the key would be right.
    """
    folded = _folded(name)
    for key in shape.by_name:
        if _folded(key) == folded:
            return key, ""
    alias = shape.aliases.get(name.lower())
    if alias in shape.by_name:
        return alias, ""
    near = get_close_matches(name.lower(), list(shape.by_name), n=1, cutoff=0.75)
    if near:
        return near[0], ""
    homes = sorted(struct.name for struct in _structs(root) if name in struct.by_name)
    if homes:
        return "", ", ".join(dict.fromkeys(homes[:_MOST_HOMES]))
    near = get_close_matches(name.lower(), list(shape.by_name), n=1, cutoff=0.6)
    return (near[0] if near else ""), ""


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def _structs(root: Shape | None) -> Iterator[Struct]:
    """Yield every struct below ``root`` once."""
    seen: set[int] = set()
    waiting: list[Shape] = [root] if root is not None else []
    while waiting:
        shape = waiting.pop()
        if id(shape) in seen:
            continue
        seen.add(id(shape))
        if isinstance(shape, Struct):
            yield shape
        waiting.extend(children(shape))


def children(shape: Shape) -> list[Shape]:
    """Return the shapes directly inside ``shape``."""
    if isinstance(shape, Struct):
        return [key.shape for key in shape.keys]
    if isinstance(shape, Tagged):
        return list(shape.structs.values())
    if isinstance(shape, MapOf):
        return [shape.names, shape.each]
    if isinstance(shape, Either):
        return list(shape.shapes)
    if isinstance(shape, Later):
        return [shape.shape()]
    return [shape.each] if isinstance(shape, OneOrMore | ListOf) else []
