"""The stairs."""

from __future__ import annotations

from loyalty.compiling.parts import Document
from loyalty.programme import Level, ProgrammeUnclear, TierRule, money


def read_tiers(rule: Document | None, digits: int) -> TierRule:
    """Return the levels, lowest first, and how members climb and fall."""
    if rule is None:
        return TierRule()
    levels = tuple(
        Level(
            id=level["id"],
            from_minor=money(level["from"], f"tiers.levels.{number}.from", digits=digits),
            names=dict(level.get("name", {})),
        )
        for number, level in enumerate(rule["levels"])
    )
    rising = [level.from_minor for level in levels]
    if rising != sorted(set(rising)):
        raise ProgrammeUnclear("tiers.levels", "each level must begin above the one before")
    return TierRule(levels)
