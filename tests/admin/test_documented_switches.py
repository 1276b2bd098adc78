"""The examples turn every switch of a programme into every position."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from loyalty.kernel.shapes import (
    Either,
    Flag,
    ListOf,
    MapOf,
    OneOrMore,
    Struct,
    Tagged,
    Word,
)
from loyalty.presets import PRESETS, preset_document
from loyalty.values.documents import PROGRAMME
from tests.admin.test_documented_examples import FILES

ELSEWHERE = (
    *("examples", "choice", "order_discount_applies_to", "free_units_take_other_offers"),
    *("multibuy_units_serve", "offer_rounding", "proration"),
)
"""What stands at the root of a programme but is about offers, or is an example itself."""
NO_STORY = (
    *("adjustment_limits", "retention", "earn.weekdays", "earn.limit.period"),
    *("rewards.limit.cashier", "rewards.limit.store", "rewards.limit.units"),
    *("rewards.limit.units_per_line", "rewards.expiry", "vouchers.expiry"),
)
"""What has no story for each of its positions: roles, days, and expiries as wallets have them."""
Path = tuple[str, ...]


def positions(shape: Any, path: Path = ()) -> Iterator[Path]:
    """Yield every key that a document may have, and every position of those that are switches."""
    if isinstance(shape, Struct):
        yield from _keys(shape.keys, path)
    elif isinstance(shape, Tagged):
        yield from _keys(shape.common, path)
        for kind, keys in shape.kinds.items():
            yield (*path, shape.tag, kind)
            yield from _keys(keys, path)
    elif isinstance(shape, Word):
        yield from ((*path, word) for word in shape.words)
    elif isinstance(shape, Flag):
        yield from ((*path, word) for word in ("true", "false"))
    else:
        for inner, name in _inside(shape):
            yield from positions(inner, (*path, *name))


def used(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield every key and every value of a document, by the same paths."""
    if isinstance(value, dict):
        for key, inner in value.items():
            named = "*" if path in {("wallets",), ("referral", "referrer")} else str(key)
            yield (*path, named)
            yield from used(inner, (*path, named))
    elif isinstance(value, list):
        for one in value:
            yield from used(one, path)
    elif isinstance(value, bool):
        yield (*path, str(value).lower())
    else:
        yield (*path, str(value))


def _inside(shape: Any) -> Iterator[tuple[Any, Path]]:
    """Yield the shapes that a shape is made of, with the names that lead to them."""
    if isinstance(shape, Either):
        yield from ((one, ()) for one in shape.shapes)
    elif isinstance(shape, OneOrMore | ListOf):
        yield shape.each, ()
    elif isinstance(shape, MapOf):
        names = shape.names.words if isinstance(shape.names, Word) else ("*",)
        yield from ((shape.each, (name,)) for name in names)


def _keys(keys: Any, path: Path) -> Iterator[Path]:
    for key in keys:
        yield (*path, key.name)
        yield from positions(key.shape, (*path, key.name))


def _programmes() -> Iterator[dict[str, Any]]:
    for name in PRESETS:
        yield preset_document(name)
    for file in FILES:
        with file.open(encoding="utf-8") as text:
            for document in yaml.load_all(text, yaml.CSafeLoader):
                programme = document.get("programme")
                if isinstance(programme, dict):
                    yield programme


def test_every_switch_is_turned_into_every_position():
    turned = {path for programme in _programmes() for path in used(programme)}
    wanted = {".".join(path) for path in positions(PROGRAMME)}
    missing = wanted - {".".join(path) for path in turned}
    assert sorted(one for one in missing if not one.startswith((*ELSEWHERE, *NO_STORY))) == []
