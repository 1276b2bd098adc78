"""Short-lived facts that several threads or processes share. Never the truth.

In the process by default; in Redis or Valkey when ``REDIS_URL`` is set. When Redis cannot be
reached the process goes on with its own memory: slower to agree, still right, because nothing
that matters is decided here (the database's constraints decide).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

import redis

from loyalty.kernel.clock import monotonic

log = logging.getLogger(__name__)
_MOST_KEYS = 100_000
SECONDS_BEFORE_RETRY = 2.0


class Cache(Protocol):
    """What a cache can do; both kinds do the same."""

    def get(self, key: str) -> str | None:
        """Return what was set under ``key`` and has not expired."""

    def set(self, key: str, value: str, *, seconds: int) -> None:
        """Remember ``value`` for ``seconds``."""

    def add(self, key: str, *, seconds: int) -> bool:
        """Claim ``key`` for ``seconds``; ``False`` when somebody already has."""

    def count(self, key: str, *, seconds: int) -> int:
        """Return how often ``key`` was counted in its window, this time included."""

    def delete(self, key: str) -> None:
        """Forget ``key``."""


class MemoryCache:
    """A cache inside this process."""

    def __init__(self) -> None:
        """Start empty."""
        self._rows: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> str | None:
        """Return what was set under ``key`` and has not expired."""
        with self._lock:
            return self._read(key)

    def set(self, key: str, value: str, *, seconds: int) -> None:
        """Remember ``value`` for ``seconds``."""
        with self._lock:
            self._write(key, value, seconds)

    def add(self, key: str, *, seconds: int) -> bool:
        """Claim ``key`` for ``seconds``; ``False`` when somebody already has."""
        with self._lock:
            if self._read(key) is not None:
                return False
            self._write(key, "1", seconds)
            return True

    def count(self, key: str, *, seconds: int) -> int:
        """Return how often ``key`` was counted in its window, this time included."""
        with self._lock:
            row = self._rows.get(key)
            if row is None or row[0] <= monotonic():
                self._write(key, "1", seconds)
                return 1
            number = int(row[1]) + 1
            self._rows[key] = (row[0], str(number))
            return number

    def delete(self, key: str) -> None:
        """Forget ``key``."""
        with self._lock:
            self._rows.pop(key, None)

    def _read(self, key: str) -> str | None:
        row = self._rows.get(key)
        return row[1] if row is not None and row[0] > monotonic() else None

    def _write(self, key: str, value: str, seconds: int) -> None:
        if len(self._rows) >= _MOST_KEYS:
            now = monotonic()
            self._rows = {name: row for name, row in self._rows.items() if row[0] > now}
            if len(self._rows) >= _MOST_KEYS:
                self._rows.clear()
        self._rows[key] = (monotonic() + seconds, value)


class RedisCache:
    """A cache in Redis or Valkey, with this process's memory behind it."""

    def __init__(self, url: str, *, away_seconds: float = SECONDS_BEFORE_RETRY) -> None:
        """Remember where Redis is; it is reached on first use.

        One that cannot be reached, or does not answer in half a second, is not asked again for
        ``away_seconds``.
        """
        self._redis = redis.Redis.from_url(
            url, socket_timeout=0.5, socket_connect_timeout=0.5, decode_responses=True
        )
        self._memory = MemoryCache()
        self._away_seconds = away_seconds
        self._away_until = 0.0

    def get(self, key: str) -> str | None:
        """Return what was set under ``key`` and has not expired."""
        found = self._ask(lambda: self._redis.get(_name(key)), lambda: self._memory.get(key))
        return None if found is None else str(found)

    def set(self, key: str, value: str, *, seconds: int) -> None:
        """Remember ``value`` for ``seconds``."""
        self._ask(
            lambda: self._redis.set(_name(key), value, ex=seconds),
            lambda: self._memory.set(key, value, seconds=seconds),
        )

    def add(self, key: str, *, seconds: int) -> bool:
        """Claim ``key`` for ``seconds``; ``False`` when somebody already has."""
        return bool(
            self._ask(
                lambda: self._redis.set(_name(key), "1", ex=seconds, nx=True),
                lambda: self._memory.add(key, seconds=seconds),
            )
        )

    def count(self, key: str, *, seconds: int) -> int:
        """Return how often ``key`` was counted in its window, this time included."""
        return int(
            self._ask(
                lambda: self._count(_name(key), seconds),
                lambda: self._memory.count(key, seconds=seconds),
            )
        )

    def delete(self, key: str) -> None:
        """Forget ``key``."""
        self._ask(lambda: self._redis.delete(_name(key)), lambda: self._memory.delete(key))

    def _count(self, name: str, seconds: int) -> int:
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(name, 0, ex=seconds, nx=True)
            pipe.incr(name)
            return int(pipe.execute()[1])

    def _ask(self, there: Callable[[], Any], here: Callable[[], Any]) -> Any:
        if monotonic() < self._away_until:
            return here()
        try:
            return there()
        except redis.RedisError as error:
            self._away_until = monotonic() + self._away_seconds
            log.warning("redis is away, going on in memory: %s", type(error).__name__)
            return here()


def open_cache(url: str) -> Cache:
    """Return the cache of an installation: in Redis when ``url`` names one."""
    return RedisCache(url) if url else MemoryCache()


def _name(key: str) -> str:
    return f"palier:{key}"
