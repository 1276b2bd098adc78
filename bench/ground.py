"""The ground: a durable PostgreSQL of our own, and pgbench's TPC-B as the yardstick on it."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from admin.migrate import upgrade
from bench.web import cpu_seconds
from loyalty.kernel.db import Database
from tests.services import postgres, run
from tests.services.server import clean_environment, new_folder, unprivileged

_NAME = "pgbench"


@dataclass(frozen=True, slots=True)
class Ground:
    """A running cluster: the address of the migrated database, and where its tools lie."""

    server_url: str
    url: str
    binaries: Path
    socket_folder: str

    @property
    def cpu_seconds(self) -> float:
        """Return the CPU seconds of all its processes, those that have ended included."""
        lines = Path(self.socket_folder, "data", "postmaster.pid").read_text().splitlines()
        return cpu_seconds(int(lines[0]), with_ended=True)


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
class Pgbench:
    """What pgbench measured: transactions a second, mean latency, the cluster's CPU for each."""

    clients: int
    per_second: float
    latency_ms: float
    server_us: float


def tpc_b(ground: Ground, *, clients: int = 8, seconds: int = 10, scale: int = 20) -> Pgbench:
    """Run pgbench's TPC-B-like script on the same cluster, prepared, from two threads."""
    with database(ground, _NAME) as name:
        _run([*_pgbench(ground), "-i", "-q", "-s", scale, name])
        return _measure(ground, [name], clients, seconds)


def script(ground: Ground, tables: str, act: str, *, clients: int, seconds: int) -> Pgbench:
    """Run a script of our own (pgbench's language) on ``tables``, prepared, from two threads."""
    with database(ground, _NAME) as name:
        _run([ground.binaries / "psql", *_place(ground), "-q", "-d", name, "-c", tables])
        return run_script(ground, name, act, {}, clients=clients, seconds=seconds)


def run_script(
    ground: Ground, name: str, act: str, given: Mapping[str, str], *, clients: int, seconds: int
) -> Pgbench:
    """Run a script on a database that is there; ``given`` are the values of its variables."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(act)
        file.flush()
        Path(file.name).chmod(0o644)
        values = [word for pair in given.items() for word in ("-D", "=".join(pair))]
        return _measure(ground, ["-f", file.name, *values, name], clients, seconds)


@contextmanager
def database(ground: Ground, name: str) -> Iterator[str]:
    """Create an empty database; drop it when the block ends."""
    run.make_database(ground.server_url, name, template="template0")
    yield name
    run.drop_database(ground.server_url, name)


def _measure(ground: Ground, what: list[object], clients: int, seconds: int) -> Pgbench:
    before = ground.cpu_seconds
    words = ["-n", "-M", "prepared", "-c", clients, "-j", 2, "-T", seconds]
    text = _run([*_pgbench(ground), *words, *what])
    per_second = re.search(r"tps = ([\d.]+)", text)
    latency = re.search(r"latency average = ([\d.]+) ms", text)
    count = re.search(r"actually processed: (\d+)", text)
    assert per_second, text
    assert latency, text
    assert count, text
    spent = ground.cpu_seconds - before
    return Pgbench(
        clients, float(per_second[1]), float(latency[1]), spent * 1e6 / max(1, int(count[1]))
    )


def _pgbench(ground: Ground) -> list[object]:
    return [ground.binaries / "pgbench", *_place(ground)]


def _place(ground: Ground) -> list[object]:
    return ["-h", ground.socket_folder, "-U", "postgres"]


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
