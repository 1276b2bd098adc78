"""Strict reading of a document by its shape: every mistake is named with its path and line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loyalty.kernel.problems import N_
from loyalty.kernel.shapes.faults import Faults, Path
from loyalty.kernel.shapes.meant import meant_key
from loyalty.kernel.shapes.nodes import (
    ListNode,
    MapNode,
    Node,
    TextNode,
    as_plain,
    from_plain,
)
from loyalty.kernel.shapes.refusing import is_nothing
from loyalty.kernel.shapes.scalars import SCALARS
from loyalty.kernel.shapes.shape import (
    Anything,
    Either,
    Later,
    ListOf,
    MapOf,
    OneOrMore,
    Shape,
    Struct,
    Tagged,
)


def read(shape: Shape, node: Node, faults: Faults, path: Path = None) -> Any:
    """Return what ``node`` holds as plain values; mistakes are noted in ``faults``.

    Maps become dicts, lists lists, numbers ints; money, quantities with a fraction and days stay
    text. What is returned is of use only when no fault was noted.
    """
    if faults.root is None:
        faults.root = shape
    return _READERS[type(shape)](shape, node, path, faults)


def read_plain(shape: Shape, value: Any, faults: Faults) -> Any:
    """Return what ``value``, parsed from JSON already, holds; as ``read``, without lines."""
    return read(shape, from_plain(value), faults)


def _struct(shape: Struct, node: Node, path: Path, faults: Faults) -> Any:
    if type(node) is not MapNode:
        if shape.bare and type(node) is TextNode:
            meant = shape.by_name[shape.bare].shape
            return {shape.bare: _READERS[type(meant)](meant, node, path, faults)}
        return _wanted(faults, path, node, N_("a map of keys is wanted here"))
    before = len(faults.found)
    by_name = shape.by_name
    found: dict[str, Any] = {}
    for name, inner in node.pairs.items():
        key = by_name.get(name)
        if key is None:
            _unknown(shape, name, node, path, faults)
            continue
        wanted = key.shape
        found[name] = _READERS[type(wanted)](wanted, inner, (path, name), faults)
    for name in shape.required:
        if name not in node.pairs:
            faults.add(path, node.line, N_("this key is missing: {key}"), key=name)
    if shape.rules and len(faults.found) == before:
        _rules(shape, found, node, path, faults)
    return found


def _rules(shape: Struct, found: dict[str, Any], node: MapNode, path: Path, faults: Faults) -> None:
    for rule in shape.rules:
        complaint = rule(found)
        if complaint is not None:
            key, message, facts = complaint
            where = (path, key) if key else path
            faults.add(where, node.lines.get(key, node.line), message, **facts)
            return


def _unknown(shape: Struct, name: str, node: MapNode, path: Path, faults: Faults) -> None:
    near, home = meant_key(shape, name, faults.root)
    line = node.lines.get(name, node.line)
    if near:
        faults.add((path, name), line, N_("unknown key '{key}'"), near, key=name)
    elif home:
        faults.add(
            (path, name), line, N_("unknown key '{key}': it belongs to {home}"), key=name, home=home
        )
    else:
        known = ", ".join(sorted(shape.by_name)) or "-"
        faults.add(
            (path, name),
            line,
            N_("unknown key '{key}'. Known keys: {known}"),
            key=name,
            known=known,
        )


def _tagged(shape: Tagged, node: Node, path: Path, faults: Faults) -> Any:
    if type(node) is not MapNode:
        return _wanted(faults, path, node, N_("a map of keys is wanted here"))
    tag = node.pairs.get(shape.tag)
    struct = shape.structs.get(tag.text) if type(tag) is TextNode else None
    if struct is not None:
        return _struct(struct, node, path, faults)
    if tag is None:
        faults.add(path, node.line, N_("this key is missing: {key}"), key=shape.tag)
        return None
    any_kind = next(iter(shape.structs.values()))
    wanted = any_kind.by_name[shape.tag].shape
    return _READERS[type(wanted)](wanted, tag, (path, shape.tag), faults)


def _list(shape: ListOf, node: Node, path: Path, faults: Faults) -> Any:
    if type(node) is not ListNode:
        return _wanted(faults, path, node, N_("a list is wanted here"))
    count = len(node.items)
    if count > shape.most:
        faults.add(path, node.line, N_("at most {most} values"), most=str(shape.most))
        return None
    if count < shape.least:
        faults.add(path, node.line, N_("at least {least} values"), least=str(shape.least))
    each = shape.each
    one = _READERS[type(each)]
    return [one(each, inner, (path, number), faults) for number, inner in enumerate(node.items)]


def _one_or_more(shape: OneOrMore, node: Node, path: Path, faults: Faults) -> Any:
    each = shape.each
    one = _READERS[type(each)]
    if type(node) is ListNode:
        return [one(each, inner, (path, number), faults) for number, inner in enumerate(node.items)]
    return [one(each, node, path, faults)]


def _map(shape: MapOf, node: Node, path: Path, faults: Faults) -> Any:
    if type(node) is not MapNode:
        return _wanted(faults, path, node, N_("a map is wanted here"))
    names, each = shape.names, shape.each
    name_of, one = _READERS[type(names)], _READERS[type(each)]
    found = {}
    for name, inner in node.pairs.items():
        here = (path, name)
        line = node.lines.get(name, node.line)
        key = name_of(names, TextNode(name, line, quoted=False), here, faults)
        found[key] = one(each, inner, here, faults)
    return found


def _either(shape: Either, node: Node, path: Path, faults: Faults) -> Any:
    """Read by the first shape that finds no fault; else tell what the nearest one found.

    Only shapes that suit what stands there are tried: a map is never told that it is no number.
    """
    kind = type(node)
    trials: list[Faults] = []
    for one in shape.for_kind.get(kind) or shape.for_kind.setdefault(kind, _suited(shape, kind)):
        trial = Faults(digits=faults.digits, root=faults.root)
        value = _READERS[type(one)](one, node, path, trial)
        if not trial.found:
            return value
        trials.append(trial)
    faults.found.extend(max(trials, key=_nearness).found)
    return None


def _nearness(faults: Faults) -> tuple[int, int, int]:
    """Return how near an attempt came: deeper faults are nearer, then fewer, then advice."""
    depth = min(len(fault.keys) for fault in faults.found)
    advice = sum(1 for fault in faults.found if fault.suggestion)
    return depth, -len(faults.found), advice


def _suited(shape: Either, kind: type[Node]) -> tuple[Shape, ...]:
    """Return the shapes that may take a node of ``kind``; all of them when none may."""
    return tuple(one for one in shape.shapes if _suits(one, kind)) or shape.shapes


def _suits(shape: Shape, kind: type[Node]) -> bool:
    if isinstance(shape, Later):
        return _suits(shape.shape(), kind)
    if isinstance(shape, Either):
        return any(_suits(one, kind) for one in shape.shapes)
    if kind is MapNode:
        return isinstance(shape, Struct | Tagged | MapOf | Anything | OneOrMore)
    if kind is ListNode:
        return isinstance(shape, ListOf | OneOrMore | Anything)
    bare = isinstance(shape, Struct) and bool(shape.bare)
    return bare or type(shape) in SCALARS or isinstance(shape, OneOrMore | Anything)


def _later(shape: Later, node: Node, path: Path, faults: Faults) -> Any:
    real = shape.shape()
    return _READERS[type(real)](real, node, path, faults)


def _anything(shape: Anything, node: Node, path: Path, faults: Faults) -> Any:
    del shape, path, faults
    return as_plain(node)


def _wanted(faults: Faults, path: Path, node: Node, message: str) -> None:
    if is_nothing(node):
        message = N_("nothing stands here: leave the key out")
    faults.add(path, node.line, message)


_READERS: dict[type[Shape], Callable[[Any, Node, Path, Faults], Any]] = {
    **SCALARS,
    Struct: _struct,
    Tagged: _tagged,
    ListOf: _list,
    OneOrMore: _one_or_more,
    MapOf: _map,
    Either: _either,
    Later: _later,
    Anything: _anything,
}
