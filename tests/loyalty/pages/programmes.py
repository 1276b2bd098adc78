"""The preset as its document."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

PRESET: dict[str, Any] = yaml.safe_load(
    files("loyalty").joinpath("presets", "three-tier-grocer.yaml").read_text(encoding="utf-8")
)
