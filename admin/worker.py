"""The worker: carries events and rings the jobs' bells.

APScheduler is only the clock. All truth is in the tables: a bell may be lost, late or rung by two
processes at once without harm, because leases and unique keys decide.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence

from apscheduler.schedulers.background import BackgroundScheduler

from admin.plugins import PLUGINS
from loyalty.kernel.access.sessions import sweep_sessions
from loyalty.kernel.jobs import Job, More, run_job
from loyalty.kernel.plugin import Subscription
from loyalty.kernel.problems import StorageUnavailable
from loyalty.kernel.relay import forget_settled, relay
from loyalty.kernel.runtime import Runtime

log = logging.getLogger(__name__)
RELAY_SECONDS = 0.5


def all_jobs() -> tuple[Job, ...]:
    """Return every job of the application, the kernel's own housekeeping included."""
    return (
        *(job for plugin in PLUGINS for job in plugin.jobs),
        Job(
            name="kernel.sweep",
            every_seconds=3600,
            run=_sweep,
            doc="Deletes expired sessions, spent links and events settled a week ago.",
        ),
    )


def all_subscriptions() -> tuple[Subscription, ...]:
    """Return every subscription of the application."""
    return tuple(one for plugin in PLUGINS for one in plugin.subscriptions)


class Worker:
    """The threads that do what nobody waits for. ``start`` and ``stop`` may be called once each."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        jobs: Sequence[Job] | None = None,
        subscriptions: Sequence[Subscription] | None = None,
    ) -> None:
        """Prepare; nothing runs before ``start``. By default it does everything there is to do."""
        self.runtime = runtime
        self.holder = f"{socket.gethostname()}:{os.getpid()}"
        self._jobs = all_jobs() if jobs is None else jobs
        self._subscriptions = all_subscriptions() if subscriptions is None else subscriptions
        self._stopping = threading.Event()
        self._relay = threading.Thread(target=self._carry, name="relay", daemon=True)
        self._clock = BackgroundScheduler(timezone="UTC")

    def start(self) -> None:
        """Start carrying events and ringing bells."""
        for job in self._jobs:
            self._clock.add_job(
                self._ring(job),
                "interval",
                seconds=job.every_seconds,
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._clock.start()
        self._relay.start()

    def stop(self) -> None:
        """Finish what is in hand, then stop."""
        self._stopping.set()
        self._clock.shutdown(wait=True)
        self._relay.join(timeout=10)

    def _ring(self, job: Job) -> Callable[[], None]:
        def ring() -> None:
            try:
                while isinstance(run_job(self.runtime, job, holder=self.holder), More):
                    if self._stopping.is_set():
                        break
            except StorageUnavailable:
                log.warning("job %s waits: the database is away", job.name)

        return ring

    def _carry(self) -> None:
        while not self._stopping.wait(RELAY_SECONDS):
            try:
                while relay(self.runtime.database, self._subscriptions).delivered:
                    pass
            except StorageUnavailable:
                log.warning("events wait: the database is away")
            except Exception:  # the relay must outlive whatever one pass met
                log.exception("the relay failed; going on")


def _sweep(runtime: Runtime) -> str:
    """Delete what has expired."""
    with runtime.database.begin(actor="job:kernel.sweep") as tx:
        sessions, events = sweep_sessions(tx), forget_settled(tx)
    return f"{sessions} sessions and {events} events swept"
