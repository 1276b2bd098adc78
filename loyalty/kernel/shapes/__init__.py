"""The shape of documents that people write, declared once.

From one declaration come strict reading with lines and suggestions, and the published JSON Schema.
"""

from __future__ import annotations

from loyalty.kernel.shapes.faults import Fault, Faults, Path
from loyalty.kernel.shapes.nodes import (
    ListNode,
    MapNode,
    Node,
    TextNode,
    as_plain,
    documents,
    from_plain,
    line_of,
    without_directives,
)
from loyalty.kernel.shapes.read import read, read_plain
from loyalty.kernel.shapes.rules import (
    at_most_one,
    in_order,
    needs_one_of,
    only_with,
    some_of,
    together,
)
from loyalty.kernel.shapes.schema import json_schema
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

__all__ = [
    "Anything",
    "At",
    "Clock",
    "Day",
    "Either",
    "Fault",
    "Faults",
    "Flag",
    "Int",
    "Key",
    "Later",
    "ListNode",
    "ListOf",
    "MapNode",
    "MapOf",
    "Money",
    "MonthDay",
    "Node",
    "Number",
    "OneOrMore",
    "Path",
    "Qty",
    "Shape",
    "Slug",
    "Struct",
    "Tagged",
    "Text",
    "TextNode",
    "Word",
    "as_plain",
    "at_most_one",
    "documents",
    "from_plain",
    "in_order",
    "json_schema",
    "line_of",
    "needs_one_of",
    "only_with",
    "read",
    "read_plain",
    "some_of",
    "together",
    "without_directives",
]
