"""From YAML (or JSON) to nodes: the text of every scalar, and the line on which it stands.

Scalars are not interpreted here: what a text means is decided by the shape of its place, so that
``no``, ``1:30`` and ``012`` never become something that nobody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from loyalty.kernel.problems import N_
from loyalty.kernel.shapes.faults import Faults, Path

MOST_CHARACTERS = 5_000_000
MOST_DOCUMENTS = 10_000
MOST_NODES = 400_000
DEEPEST = 30

_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_BROKEN = re.compile("[\ud800-\udfff]")
"""What stands for bytes that could not be decoded."""
_HEAD = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n|%[^\n]*\n)+")
MOST_HEAD = 2_000
_MARKER = re.compile(r"^---(?=\s|$)", re.MULTILINE)


@dataclass(slots=True, eq=False)
class TextNode:
    """A scalar as it was written, without its quotes."""

    text: str
    line: int
    quoted: bool


@dataclass(slots=True, eq=False)
class ListNode:
    """A list."""

    items: list[Node]
    line: int


@dataclass(slots=True, eq=False)
class MapNode:
    """A map; ``lines`` are those of its keys."""

    pairs: dict[str, Node]
    line: int
    lines: dict[str, int] = field(default_factory=dict)


Node = TextNode | ListNode | MapNode


class _Parser(yaml.CSafeLoader):
    """libyaml's parser without YAML's own reading of scalars: only explicit tags are kept."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """Leave every node untagged."""
        del kind, value, implicit
        return ""

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Do nothing: there is nothing to resolve."""

    def ascend_resolver(self) -> None:
        """Do nothing: there is nothing to resolve."""


def documents(text: str) -> Iterator[tuple[Node | None, Faults]]:
    """Yield each document of ``text`` with the faults found so far; empty ones are left out.

    A document that cannot be parsed is ``None`` with its fault; the others are still yielded.
    """
    faults = Faults()
    if len(text) > MOST_CHARACTERS:
        faults.add(None, 1, N_("at most {most} characters"), most=str(MOST_CHARACTERS))
        yield None, faults
        return
    text = without_directives(text.removeprefix("\ufeff"))
    broken = None if text.isascii() else _BROKEN.search(text)
    if broken is not None:
        line = text.count("\n", 0, broken.start()) + 1
        faults.add(None, line, N_("this is not text in UTF-8"))
        yield None, faults
        return
    for number, (start, chunk) in enumerate(_chunks(text)):
        if number > MOST_DOCUMENTS:
            faults = Faults()
            faults.add(None, start, N_("at most {most} documents"), most=str(MOST_DOCUMENTS))
            yield None, faults
            return
        yield from _composed(chunk, start)


def without_directives(text: str) -> str:
    """Return ``text`` with the directives before its first document blanked, line for line."""
    head = _HEAD.match(text) if "%" in text[:MOST_HEAD] else None
    if head is None:
        return text
    return re.sub(r"^%[^\n]*", "", head[0], flags=re.MULTILINE) + text[head.end() :]


def from_plain(value: Any, line: int = 0) -> Node:
    """Return the nodes of a value that was parsed already, as JSON hands it over."""
    if isinstance(value, Mapping):
        return MapNode({str(key): from_plain(one, line) for key, one in value.items()}, line)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ListNode([from_plain(one, line) for one in value], line)
    if isinstance(value, str):
        return TextNode(value, line, quoted=True)
    if value is None or isinstance(value, bool):
        return TextNode({None: "null", True: "true", False: "false"}[value], line, quoted=False)
    return TextNode(str(value), line, quoted=False)


def as_plain(node: Node) -> Any:
    """Return what ``node`` says as JSON would carry it; only whole numbers become numbers."""
    if isinstance(node, MapNode):
        return {key: as_plain(one) for key, one in node.pairs.items()}
    if isinstance(node, ListNode):
        return [as_plain(one) for one in node.items]
    if node.quoted:
        return node.text
    if node.text in _WORDS:
        return _WORDS[node.text]
    return int(node.text) if _WHOLE.fullmatch(node.text) else node.text


def line_of(node: Node, keys: Sequence[str | int]) -> int:
    """Return the line of the place that ``keys`` lead to, or of the nearest place around it."""
    line = node.line
    for key in keys:
        if isinstance(node, MapNode) and str(key) in node.pairs:
            line = node.lines.get(str(key), node.line)
            node = node.pairs[str(key)]
        elif isinstance(node, ListNode) and str(key).isdigit() and int(key) < len(node.items):
            node = node.items[int(key)]
            line = node.line
        else:
            break
    return line


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Yield each document's text with the number of lines before it."""
    starts = [0, *(match.start() for match in _MARKER.finditer(text))]
    line = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        chunk = text[start:end]
        if chunk.strip() and not (start == 0 and end < len(text) and _is_prologue(chunk)):
            yield line, chunk
        line += chunk.count("\n")


def _is_prologue(chunk: str) -> bool:
    """Tell whether a chunk holds directives and comments only."""
    return all(not row.strip() or row[0] in "%#" for row in chunk.splitlines())


def _composed(chunk: str, start: int) -> Iterator[tuple[Node | None, Faults]]:
    faults = Faults()
    try:
        parser = _Parser(chunk)
        while parser.check_node():
            builder = _Builder(start + 1)
            node = builder.build(parser.get_node(), None, 0)
            if not _is_nothing(node):
                yield node, builder.faults
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = start + (mark.line if mark is not None else 0) + 1
        said = getattr(error, "problem", None) or str(error).splitlines()[0]
        faults.add(None, line, N_("this is neither YAML nor JSON: {error}"), error=str(said))
        yield None, faults
    except _TooMuchError as error:
        faults.add(None, error.line, error.message, most=str(error.most))
        yield None, faults


def _is_nothing(node: Node) -> bool:
    return isinstance(node, TextNode) and not node.quoted and not node.text


class _TooMuchError(Exception):
    """A document beyond the limits."""

    def __init__(self, line: int, message: str, most: int) -> None:
        super().__init__(message)
        self.line, self.message, self.most = line, message, most


class _Builder:
    """Turns libyaml's nodes into ours."""

    __slots__ = ("count", "faults", "first")

    def __init__(self, first: int) -> None:
        """Count lines from ``first``."""
        self.first = first
        self.count = 0
        self.faults = Faults()

    def build(self, node: Any, path: Path, depth: int) -> Node:
        """Return our node for ``node``, and of all below it."""
        line = node.start_mark.line + self.first
        self.count += 1
        if self.count > MOST_NODES:
            raise _TooMuchError(line, N_("at most {most} values in one document"), MOST_NODES)
        if node.tag:
            self.faults.add(path, line, N_("tags such as {tag} are not read"), tag=node.tag)
        kind = type(node)
        if kind is yaml.ScalarNode:
            return TextNode(node.value, line, bool(node.style))
        if depth > DEEPEST:
            raise _TooMuchError(line, N_("at most {most} maps and lists in each other"), DEEPEST)
        if kind is yaml.SequenceNode:
            items = [
                self.build(one, (path, number), depth + 1) for number, one in enumerate(node.value)
            ]
            return ListNode(items, line)
        return self._map(node, line, path, depth)

    def _map(self, node: Any, line: int, path: Path, depth: int) -> Node:
        pairs: dict[str, Node] = {}
        lines: dict[str, int] = {}
        merged: list[Node] = []
        for key, value in node.value:
            at = key.start_mark.line + self.first
            if type(key) is not yaml.ScalarNode:
                self.faults.add(path, at, N_("a key is a text"))
                continue
            name = key.value
            if name == "<<" and not key.style:
                merged.append(self.build(value, path, depth + 1))
                continue
            if name in pairs:
                first = str(lines[name])
                self.faults.add(
                    (path, name), at, N_("this key stands twice, first on line {line}"), line=first
                )
            pairs[name] = self.build(value, (path, name), depth + 1)
            lines[name] = at
        for one in merged:
            self._merge(one, pairs, lines, path)
        return MapNode(pairs, line, lines)

    def _merge(self, node: Node, pairs: dict[str, Node], lines: dict[str, int], path: Path) -> None:
        """Add the keys of a merged map that are not there yet."""
        for one in node.items if isinstance(node, ListNode) else [node]:
            if not isinstance(one, MapNode):
                self.faults.add((path, "<<"), one.line, N_("only maps can be merged"))
                continue
            for name, value in one.pairs.items():
                if name not in pairs:
                    pairs[name] = value
                    lines[name] = one.lines[name]
