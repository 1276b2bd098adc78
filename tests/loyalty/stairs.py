"""One member's way on the stairs, told day by day."""

from __future__ import annotations

from datetime import date

from loyalty.programme import Level, TierRule, WindowKind
from loyalty.tiers import Event, Facts, begin, credit_key, open_at, settle

STAIRS = (Level("base", 0), Level("silver", 100), Level("gold", 300), Level("top", 900))
JOINED = date(2025, 3, 10)


class Story:
    """One member of one programme, whose days are told one after the other."""

    def __init__(self, rule: TierRule, joined_on: date = JOINED) -> None:
        self.rule = rule
        self.credits: dict[str, int] = {}
        self.state = begin(rule, joined_on=joined_on, day=joined_on)

    @property
    def facts(self) -> Facts:
        return Facts(self.credits)

    def adds(self, text: str, amount: int, *, on: str | None = None) -> str:
        """Credit an amount and settle; a return is negative and may name its purchase's day."""
        key = credit_key(self.rule, date.fromisoformat(on or text))
        self.credits[key] = self.credits.get(key, 0) + amount
        return self.on(text)

    def on(self, text: str, event: Event = Event.TOUCH) -> str:
        self.state = settle(self.rule, self.state, self.facts, date.fromisoformat(text), event)
        return self.state.level

    def opened(self, level: str, text: str) -> Story:
        self.state = open_at(self.rule, self.state, level, date.fromisoformat(text))
        return self


def stairs(window: WindowKind = WindowKind.CALENDAR_YEAR, **switches) -> TierRule:
    return TierRule(STAIRS, window=window, **switches)
