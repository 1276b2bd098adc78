"""When steps happen: local times of the file as instants, in order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import Faults, MapNode, Path

_START = datetime(2026, 1, 1, tzinfo=UTC)
"""Where the clock stands for a document that names no time because it needs none."""
_TIMELESS = frozenset({"allocate"})


class Instants:
    """Turns the times of a document's steps into instants, one step after the other."""

    def __init__(self, zone: ZoneInfo, faults: Faults) -> None:
        """Begin before the first step."""
        self.zone, self.faults = zone, faults
        self.at: datetime | None = None
        self.posted: datetime | None = None

    def of(
        self, given: Mapping[str, Any], node: MapNode, path: Path, verb: str
    ) -> tuple[datetime, datetime, datetime]:
        """Return when a step happens, occurred and was posted.

        Without ``at`` a step happens with the one before. It may be earlier than that one only
        when it occurred at another time than it was posted: a till that sends late.
        """
        named = {
            key: self._instant(given[key], node, (path, key))
            for key in ("at", "occurred_at", "posted_at")
            if key in given
        }
        if not named and self.at is None and verb not in _TIMELESS:
            self.faults.add(path, node.line, N_("this key is missing: {key}"), key="at")
        before = self.at or _START
        at = named.get("at") or named.get("posted_at") or named.get("occurred_at") or before
        posted = named.get("posted_at", at)
        occurred = named.get("occurred_at", at)
        if self.posted is not None and posted < self.posted:
            if occurred == posted:
                key = "posted_at" if "posted_at" in named else "at"
                local = self.posted.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
                self.faults.add(
                    (path, key),
                    node.lines.get(key, node.line),
                    N_("earlier than the step before, which is at {before}"),
                    before=local,
                )
            posted = self.posted
        self.at, self.posted = at, posted
        return at, occurred, posted

    def _instant(self, text: str, node: MapNode, path: tuple[Any, str]) -> datetime:
        """Return the instant of a local time; of one that comes twice in autumn, the first."""
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
        instant = found.replace(tzinfo=self.zone).astimezone(UTC)
        shown = instant.astimezone(self.zone).replace(tzinfo=None)
        if shown != found:
            near = (found + timedelta(hours=1)).isoformat(" ", "minutes")
            self.faults.add(
                path,
                node.lines.get(path[1], node.line),
                N_("the clocks skip {time} on that day"),
                near,
                time=found.strftime("%H:%M"),
            )
        return instant
