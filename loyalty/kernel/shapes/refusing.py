"""How readers note that a value is not what its place wants."""

from __future__ import annotations

from typing import Any

from loyalty.kernel.problems import N_
from loyalty.kernel.shapes.faults import Faults, Path
from loyalty.kernel.shapes.nodes import Node, TextNode

NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
"""What YAML writes for nothing at all."""


def is_nothing(node: Node) -> bool:
    """Tell whether nothing was written: an empty value, ``null`` or ``~``."""
    return type(node) is TextNode and not node.quoted and node.text in NOTHING


def refuse(
    faults: Faults, path: Path, node: Node, message: str, meant: str = "", **facts: str
) -> Any:
    """Note a fault; nothing at all is told apart from something wrong. Always ``None``."""
    if is_nothing(node):
        message, meant, facts = N_("nothing stands here: leave the key out"), "", {}
    faults.add(path, node.line, message, meant, **facts)
