"""What axe-core finds on a page: the judge of every browser test that looks at a page of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""Source: WCAG 2.2, levels A and AA, as tagged by axe-core."""

_RUN = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
_AT_REST = """() => Promise.allSettled(
  document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
    .map((one) => one.finished)
)"""


def accessibility_faults(page: Any) -> list[str]:
    """Return the faults of the page once nothing fades or moves, one line each."""
    page.evaluate(_AT_REST)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(_RUN, RULES)
    return [
        f"{one['impact']} {one['id']}: {node['html'][:120]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
