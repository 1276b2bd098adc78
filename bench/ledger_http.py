"""Earning over HTTP: signed by a till, alone and together, on the same cluster."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

from bench.ground import Ground
from bench.load import Measured, Request
from bench.signer import Signer
from bench.web import cpu_seconds, serving
from bench.wire import play, written
from loyalty.kernel.access.terminals import enrol_terminal, invite_terminal, signing_secret
from loyalty.kernel.db import Database
from loyalty.kernel.signing import Keys
from loyalty.values import MemberId, StoreId

PATH = "/api/v1/earnings"
CONNECTIONS = 16
BEFOREHAND = 6_000
"""How many requests a second are signed beforehand: more than any server here answers."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a run over HTTP measured, and the CPU microseconds of a request."""

    measured: Measured
    server_us: float
    database_us: float


def till_signers(url: str, secret: str, store_id: StoreId) -> list[Signer]:
    """Enrol a till for each connection."""
    database = Database(url)
    with database.begin(actor="bench") as tx:
        codes = [invite_terminal(tx, store_id=store_id, till=f"h{n}") for n in range(CONNECTIONS)]
        ids = [enrol_terminal(tx, code=one.code) for one in codes]
    database.dispose()
    keys = Keys(secret)
    return [Signer(f"{one}.2", signing_secret(keys, f"{one}.2")) for one in ids]


def earn_over_http(
    ground: Ground,
    signers: list[Signer],
    members: tuple[MemberId, ...],
    *,
    secret: str,
    server: str,
    together: bool,
    seconds: int,
) -> Served:
    """Let sixteen connections give points, each request to another member."""
    environ = {
        "DATABASE_URL": ground.url,
        "SECRET_KEY": secret,
        "MODE": "test",
        "EARN_TOGETHER": str(together).lower(),
        "JOBS_IN_SERVER": "false",
    }
    with serving(server, "admin.wsgi:app", environ) as (port, pid):
        play(port, _requests(signers, members, 1), seconds=1)
        requests = _requests(signers, members, seconds)
        before, database = cpu_seconds(pid), ground.cpu_seconds
        measured = play(port, requests, seconds=seconds)
        count = max(1, measured.requests)
        return Served(
            measured,
            (cpu_seconds(pid) - before) * 1e6 / count,
            (ground.cpu_seconds - database) * 1e6 / count,
        )


def _requests(
    signers: list[Signer], members: tuple[MemberId, ...], seconds: int
) -> list[list[bytes]]:
    count = BEFOREHAND * seconds // len(signers)
    return [written(_earnings(signer, members, n), count) for n, signer in enumerate(signers)]


def _earnings(signer: Signer, members: tuple[MemberId, ...], first: int) -> Iterator[Request]:
    number = first * 7919
    while True:
        number += 1
        key = f"{os.getpid()}-{signer.count}"
        earning = {"member_id": members[number % len(members)], "points": 27, "key": key}
        body = json.dumps(earning).encode()
        yield "POST", PATH, body, signer.headers("POST", PATH, body)
