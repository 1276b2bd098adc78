"""The ground: a durable PostgreSQL of our own, and pgbench's TPC-B as the yardstick on it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from admin.migrate import upgrade
from loyalty.kernel.db import Database
from tests.services import postgres, run
from tests.services.server import clean_environment, new_folder, unprivileged


@dataclass(frozen=True, slots=True)
class Ground:
    """A running cluster: the address of the migrated database, and where its tools lie."""

    server_url: str
    url: str
    binaries: Path
    socket_folder: str


@contextmanager
def durable_postgres() -> Iterator[Ground]:
    """Start PostgreSQL with everything that durability costs; stop it when the block ends."""
    server = postgres.start(durable=True)
    try:
        url = run.make_database(server.url, "bench", template="template0")
        database = Database(url)
        upgrade(database)
        database.dispose()
        socket_folder = server.url.partition("host=")[2]
        yield Ground(server.url, url, postgres.find_binaries(new_folder()), socket_folder)
    finally:
        server.stop()


@dataclass(frozen=True, slots=True)
class TpcB:
    """What pgbench measured: transactions a second, and their mean latency."""

    clients: int
    per_second: float
    latency_ms: float


def tpc_b(ground: Ground, *, clients: int = 8, seconds: int = 10, scale: int = 20) -> TpcB:
    """Run pgbench's TPC-B-like script on the same cluster, prepared, from two threads."""
    name = "pgbench"
    run.make_database(ground.server_url, name, template="template0")
    pgbench = [ground.binaries / "pgbench", "-h", ground.socket_folder, "-U", "postgres"]
    _run([*pgbench, "-i", "-q", "-s", scale, name])
    text = _run([*pgbench, "-n", "-M", "prepared", "-c", clients, "-j", 2, "-T", seconds, name])
    run.drop_database(ground.server_url, name)
    per_second = re.search(r"tps = ([\d.]+)", text)
    latency = re.search(r"latency average = ([\d.]+) ms", text)
    assert per_second, text
    assert latency, text
    return TpcB(clients, float(per_second[1]), float(latency[1]))


def _run(command: list[object]) -> str:
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [str(word) for word in command],
        check=True,
        capture_output=True,
        text=True,
        cwd="/",
        env=clean_environment(),
        **unprivileged(),
    )
    return done.stdout
