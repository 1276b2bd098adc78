"""What is wrong with a document: each fault with its path, its line, and what was meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loyalty.kernel.shapes.shape import Shape

Path = tuple[Any, ...] | None
"""Where something stands, from the inside out: ``((None, "steps"), 1)`` is ``steps[1]``."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    ``keys`` lead to the place from the root; ``line`` counts from 1, and is 0 where the document
    has no lines. ``message`` is an English msgid with the names of ``facts`` in braces;
    ``suggestion`` is what was probably meant.
    """

    keys: tuple[str | int, ...]
    line: int
    message: str
    facts: Mapping[str, str] = field(default_factory=dict)
    suggestion: str = ""

    @property
    def path(self) -> str:
        """Return the place as people read it: ``steps[1].expect.earned``."""
        return path_text(self.keys)

    @property
    def dotted(self) -> str:
        """Return the place with dots alone: ``earn.0.points``."""
        return ".".join(str(key) for key in self.keys)

    @property
    def reason(self) -> str:
        """Return the message in English with its facts."""
        return self.message.format(**self.facts)

    @property
    def sentence(self) -> str:
        """Return the message and the suggestion in English."""
        if not self.suggestion:
            return self.reason
        shown = self.suggestion if '"' in self.suggestion else f"'{self.suggestion}'"
        return f"{self.reason}; did you mean {shown}?"


class Faults:
    """Collects the faults of one document while it is read.

    ``digits`` are the decimals of the document's currency, when they are known: money with more
    is refused. ``root`` is the whole shape, from which "belongs to" is found.
    """

    __slots__ = ("digits", "found", "root")

    def __init__(self, *, digits: int | None = None, root: Shape | None = None) -> None:
        """Begin with none."""
        self.found: list[Fault] = []
        self.digits = digits
        self.root = root

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(
        self, path: Path, line: int, message: str, suggestion: str = "", /, **facts: str
    ) -> None:
        """Note one fault at ``path``."""
        self.found.append(Fault(keys_of(path), line, message, facts, suggestion))


def keys_of(path: Path) -> tuple[str | int, ...]:
    """Return the keys of ``path`` from the root."""
    keys: list[str | int] = []
    while path is not None:
        path, key = path
        keys.append(key)
    return tuple(reversed(keys))


def path_text(keys: tuple[str | int, ...]) -> str:
    """Return keys as people read them: ``steps[1].expect.earned``."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text
