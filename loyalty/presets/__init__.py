"""Programmes that are ready to use, as documents in the vocabulary of programmes."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

THREE_TIER_GROCER = "three-tier-grocer"
PRESETS = (THREE_TIER_GROCER, "fashion-points", "cafe-stamps", "euro-cashback", "paid-club")


def preset_text(name: str) -> str:
    """Return the YAML of the preset ``name``.

    Raises:
        KeyError: there is no such preset.
    """
    if name not in PRESETS:
        raise KeyError(name)
    return files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")


def preset_document(name: str) -> dict[str, Any]:
    """Return the document of the preset ``name``, fit for publishing.

    Raises:
        KeyError: there is no such preset.
    """
    document: dict[str, Any] = yaml.safe_load(preset_text(name))
    return document
