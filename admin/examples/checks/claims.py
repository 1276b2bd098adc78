"""What became of a claim, and why it waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from admin.examples.stage import View


def claim(view: View, wanted: Any) -> Any:
    """Return what became of the claim of this step."""
    del wanted
    return view.answer.facts.get("claim")


def why(view: View, wanted: Any) -> Any:
    """Return why the claim of this step waits, or was refused by itself."""
    del wanted
    return view.answer.facts.get("why")


CLAIMS: dict[str, Callable[[View, Any], Any]] = {"claim": claim, "why": why}
