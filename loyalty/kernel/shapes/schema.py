"""The published JSON Schema of a shape (draft 2020-12).

It describes documents whose dates are text, as JSON and careful YAML readers hand them over. It
may be weaker than the reader, never stricter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from loyalty.kernel.values import MAX_WHOLE

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DECIMAL = r"(0|[1-9][0-9]*)(\.[0-9]+)?$"
_TEXT = {"type": ["string", "number", "boolean"]}

Json = dict[str, Any]


def json_schema(shape: Shape, title: str) -> Json:
    """Return the JSON Schema of documents of ``shape``; structs become definitions by name."""
    writer = _Writer()
    body = writer.of(shape)
    return {"$schema": DIALECT, "title": title, **body, "$defs": dict(sorted(writer.defs.items()))}


class _Writer:
    """Writes shapes, each struct once."""

    def __init__(self) -> None:
        self.defs: dict[str, Json] = {}
        self.names: dict[int, str] = {}

    def of(self, shape: Shape) -> Json:
        """Return the schema of ``shape``; structs are referred to."""
        simple = _SCALARS.get(type(shape))
        if simple is not None:
            return simple(shape)
        if isinstance(shape, Struct | Tagged):
            return self._refer(shape)
        if isinstance(shape, Later):
            return self.of(shape.shape())
        if isinstance(shape, Either):
            return {"anyOf": [self.of(one) for one in shape.shapes]}
        return self._several(shape)

    def _several(self, shape: Shape) -> Json:
        if isinstance(shape, MapOf):
            return {"type": "object", "additionalProperties": self.of(shape.each)}
        if isinstance(shape, OneOrMore):
            each = self.of(shape.each)
            return {"anyOf": [each, {"type": "array", "items": each}]}
        assert isinstance(shape, ListOf), shape
        most = {"maxItems": shape.most, "minItems": shape.least}
        return {"type": "array", "items": self.of(shape.each), **most}

    def _refer(self, shape: Struct | Tagged) -> Json:
        if id(shape) not in self.names:
            slug = shape.name.replace(" ", "-")
            taken = sum(1 for one in self.names.values() if one.split("~")[0] == slug)
            name = f"{slug}~{taken + 1}" if taken else slug
            self.names[id(shape)] = name
            self.defs[name] = {}
            self.defs[name] = (
                self._struct(shape) if isinstance(shape, Struct) else self._tagged(shape)
            )
        return {"$ref": f"#/$defs/{self.names[id(shape)]}"}

    def _struct(self, shape: Struct) -> Json:
        properties = self._properties(shape.keys)
        schema: Json = {"type": "object", "additionalProperties": False, "properties": properties}
        if shape.required:
            schema["required"] = list(shape.required)
        if shape.doc:
            schema["description"] = shape.doc
        if shape.bare:
            inner = self.of(shape.by_name[shape.bare].shape)
            return {"anyOf": [schema, inner]}
        return schema

    def _tagged(self, shape: Tagged) -> Json:
        """Write what every kind takes once, and refer to it from each kind."""
        common = f"{shape.name.replace(' ', '-')}~common"
        self.defs[common] = {"properties": self._properties(shape.common)}
        every = {key.name: True for key in shape.common}
        kinds = []
        for kind, own in shape.kinds.items():
            properties = {**every, **self._properties(own), shape.tag: {"const": kind}}
            needed = [shape.tag, *(key.name for key in (*shape.common, *own) if key.required)]
            kinds.append(
                {
                    "type": "object",
                    "$ref": f"#/$defs/{common}",
                    "properties": properties,
                    "additionalProperties": False,
                    "required": needed,
                }
            )
        return {"oneOf": kinds}

    def _properties(self, keys: tuple[Key, ...]) -> Json:
        return {
            key.name: {**self.of(key.shape), **({"description": key.doc} if key.doc else {})}
            for key in keys
        }


def _int(shape: Int) -> Json:
    most = {} if shape.most == MAX_WHOLE else {"maximum": shape.most}
    return {"type": "integer", "minimum": shape.least, **most}


def _number(shape: Number) -> Json:
    return {
        "anyOf": [
            {"type": "number", "minimum": shape.least},
            {"type": "string", "pattern": "^-?" + _DECIMAL},
        ]
    }


def _money(shape: Money) -> Json:
    return {"type": "string", "pattern": ("^[-+]?" if shape.signed else "^") + _DECIMAL}


def _qty(shape: Qty) -> Json:
    whole: Json = {"type": "integer"} if shape.signed else {"type": "integer", "minimum": 0}
    return {"anyOf": [whole, {"type": "string", "pattern": "^[-+]?" + _DECIMAL}]}


def _text(shape: Text) -> Json:
    return {"type": [*_TEXT["type"], "null"]} if shape.none else dict(_TEXT)


_SCALARS: dict[type[Shape], Callable[[Any], Json]] = {
    Text: _text,
    Slug: lambda _: {"type": ["string", "integer"]},
    Flag: lambda one: {"type": "boolean"} if one.only is None else {"const": one.only},
    Int: _int,
    Number: _number,
    Money: _money,
    Qty: _qty,
    Day: lambda _: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    MonthDay: lambda _: {"type": "string", "pattern": r"^\d{2}-\d{2}$"},
    Clock: lambda _: {"type": "string", "pattern": r"^\d{2}:\d{2}$"},
    At: lambda _: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([Tt ].*)?$"},
    Anything: lambda _: {},
    Word: lambda one: {"enum": list(one.words)},
}
