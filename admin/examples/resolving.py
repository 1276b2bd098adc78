"""Which programme a story runs under: ready, from a file, inline, with keys that differ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from admin.examples.story import Fault, Place, Plain, Step
from loyalty.errors import ProgrammeRefused
from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import Faults, ListNode, MapNode, Struct, documents, line_of
from loyalty.kernel.shapes.refusing import is_nothing
from loyalty.kernel.shapes.scalars import word_meant
from loyalty.queries import PRESETS, preset_text, read_programme_node
from loyalty.values.documents import PROGRAMME

_PRESET = "preset:"
_WORD_FOR_NONE = frozenset({"none", "empty"})
LARGEST_FILE = 1_000_000

_ready: dict[str, dict[str, Any]] = {}
"""Documents of presets that were read already in this process."""


class Programmes:
    """Finds the programme of one document, and what each publication makes of it.

    ``foreign`` are the faults of programmes that stand in other files.
    """

    def __init__(self, file: str, folder: Path, faults: Faults) -> None:
        """Read paths from ``folder`` on."""
        self.file, self.folder, self.faults = file, folder, faults
        self.foreign: list[Fault] = []
        self.current: dict[str, Any] = {}
        self.removed: dict[int, set[str]] = {}

    def prepare(self, node: MapNode) -> None:
        """Take out the keys under ``with`` that hold nothing: they remove a key."""
        self._prepare(node)
        steps = node.pairs.get("steps")
        for step in steps.items if isinstance(steps, ListNode) else ():
            if isinstance(step, MapNode) and isinstance(step.pairs.get("publish"), MapNode):
                publish = step.pairs["publish"]
                assert isinstance(publish, MapNode)
                self._prepare(publish)

    def of(self, given: Mapping[str, Any], node: MapNode) -> dict[str, Any]:
        """Return the document of the programme that a story begins under; empty without one."""
        base = self._named(given.get("programme"), ((None, "programme")), node)
        self.current = self._changed(base, given.get("with"), node)
        return self.current

    def publish(self, step: Step, root: MapNode) -> None:
        """Put the whole document that a publication leads to into the step."""
        asked = step.asked
        if step.verb != "publish" or not ("programme" in asked or "with" in asked):
            return
        keys = ("steps", step.number - 1, "publish")
        node = _node_at(root, keys)
        path = (((None, "steps"), step.number - 1), "publish")
        given = asked.get("programme")
        changes = dict(asked.get("with", {}))
        if isinstance(given, Mapping) and not _is_whole(given, self.current):
            base, changes = self.current, {**given, **changes}
        elif given is None:
            base = self.current
        else:
            base = self._named(given, (path, "programme"), node)
        document = self._changed(base, changes, node)
        for key in ("name", "currency", "zone"):
            if key in self.current:
                document.setdefault(key, self.current[key])
        self.current = document
        asked["programme"] = document

    def _prepare(self, node: MapNode) -> None:
        changes = node.pairs.get("with")
        if not isinstance(changes, MapNode):
            return
        gone = {name for name, one in changes.pairs.items() if is_nothing(one)}
        for name in gone:
            del changes.pairs[name]
        if gone:
            self.removed[id(node)] = gone

    def _changed(self, base: Plain, changes: Plain | None, node: MapNode) -> dict[str, Any]:
        merged = with_changes(base, changes or {})
        for name in self.removed.get(id(node), ()):
            merged.pop(name, None)
        return merged

    def _named(self, given: Any, path: Any, node: MapNode) -> dict[str, Any]:
        if isinstance(given, Mapping):
            return dict(given)
        if given is None or given in _WORD_FOR_NONE:
            return {}
        line = line_of(node, ("programme",))
        if given.startswith(_PRESET):
            return self._preset(given.removeprefix(_PRESET).strip(), path, line)
        return self._file(given, path, line)

    def _preset(self, name: str, path: Any, line: int) -> dict[str, Any]:
        if name not in PRESETS:
            near = word_meant(
                name.replace("-", "_"), tuple(one.replace("-", "_") for one in PRESETS)
            )
            meant = _PRESET + near.replace("_", "-") if near else ""
            known = ", ".join(PRESETS)
            self.faults.add(
                path,
                line,
                N_("there is no preset {name}. Known: {known}"),
                meant,
                name=name,
                known=known,
            )
            return {}
        if name not in _ready:
            ((node, faults),) = documents(preset_text(name))
            assert node is not None
            _ready[name] = read_programme_node(node, faults)
            if faults:
                del _ready[name]
                raise ProgrammeRefused({one.dotted: [one.sentence] for one in faults.found})
        return dict(_ready[name])

    def _file(self, given: str, path: Any, line: int) -> dict[str, Any]:
        target = self.folder / given
        text = _text_of(target)
        if text is None:
            bare = _PRESET + given if given in PRESETS else ""
            self.faults.add(path, line, N_("there is no file {file} here"), bare, file=given)
            return {}
        found = list(documents(text))
        if len(found) != 1:
            self.faults.add(path, line, N_("{file} does not hold one programme"), file=given)
            return {}
        node, faults = found[0]
        document = read_programme_node(node, faults) if node is not None else {}
        self.foreign += [
            Fault(Place(str(target), one.line, one.path), one.message, one.facts, one.suggestion)
            for one in faults.found
        ]
        return document or {}


def _text_of(file: Path) -> str | None:
    """Return what a file holds; ``None`` when it cannot be read or is too large."""
    try:
        small = file.stat().st_size <= LARGEST_FILE
        return file.read_text(encoding="utf-8-sig") if small else None
    except (OSError, ValueError):
        return None


def with_changes(base: Plain, changes: Plain) -> dict[str, Any]:
    """Return ``base`` with the keys of ``changes`` in their place.

    "single keys may be overridden under `with:`": a key at the root replaces the whole of what
    stood there. Only when what is written could not stand alone, because keys that it needs are
    missing, those and its other keys are taken from the base.
    """
    merged = dict(base)
    for name, value in changes.items():
        shape = PROGRAMME.by_name[name].shape
        old = base.get(name)
        if isinstance(shape, Struct) and isinstance(value, Mapping) and isinstance(old, Mapping):
            stands = all(key in value for key in shape.required)
            merged[name] = dict(value) if stands else {**old, **value}
        else:
            merged[name] = value
    return merged


def _is_whole(document: Plain, current: Plain) -> bool:
    """Tell whether a published document is one of its own, not only the keys that change."""
    return "wallets" in document or not current.get("wallets")


def _node_at(node: MapNode, keys: tuple[str | int, ...]) -> MapNode:
    """Return the map that ``keys`` lead to."""
    found: Any = node
    for key in keys:
        found = found.pairs[key] if isinstance(key, str) else found.items[key]
    assert isinstance(found, MapNode)
    return found
