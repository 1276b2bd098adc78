"""What a running process holds: settings, database, keys and cache."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.cache import Cache, open_cache
from loyalty.kernel.clock import Clock, system_clock
from loyalty.kernel.db import Database
from loyalty.kernel.settings import Settings
from loyalty.kernel.signing import Keys


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts that edges (api, pages, cli, jobs, the relay) need to open a transaction."""

    settings: Settings
    database: Database
    keys: Keys
    cache: Cache


def open_runtime(settings: Settings, *, clock: Clock = system_clock) -> Runtime:
    """Return the runtime of an installation. Nothing is connected before the first use."""
    return Runtime(
        settings=settings,
        database=Database(settings.database_url, clock=clock),
        keys=Keys(settings.secret_key),
        cache=open_cache(settings.redis_url),
    )
