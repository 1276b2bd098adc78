"""kill -9 of the server during sales: what was acknowledged is there, once."""

from __future__ import annotations

import pytest

from tests.reliability.killing import Carnage, kill_while_selling
from tests.reliability.proof import faults
from tests.reliability.tills import OK, tills_of

FEW, MANY = 2, {"sqlite": 200, "postgresql": 100}
HANG_UP_PER_MILLE = 300
"""So often a till asks again while its first request may still be in hand."""
RETURNS_PER_MILLE = 250
PATIENCE = 900.0
"""Seconds: of servers that live for less than one, an unlucky till sees many die."""

LATE = "tests.reliability.mutants:late_app()"


def _kill_and_prove(ground, serve, seed, *, kills: int) -> Carnage:
    server = serve(ground)
    habits = {"hang_up_per_mille": HANG_UP_PER_MILLE, "returns_per_mille": RETURNS_PER_MILLE}
    tills = tills_of(ground, server.port, seed, **habits)
    for till in tills:
        till.patience = PATIENCE
    carnage = kill_while_selling(server, tills, kills=kills, seed=seed)
    assert carnage.surprises == (), seed
    assert faults(ground, tills) == [], seed
    for till in tills:
        for number, told in list(till.told().items())[::-7]:
            asked = till.repeat(number)
            assert asked.status == OK, "what is sent again is not made again"
            assert asked.document == told | {"replayed": True}, "and is answered as it was"
    assert faults(ground, tills) == [], seed
    return carnage


@pytest.mark.timeout(300)
def test_no_acknowledged_sale_is_lost_or_doubled_when_the_server_is_killed(
    ground, serve, seed, say
):
    carnage = _kill_and_prove(ground, serve, seed, kills=FEW)
    say(f"{carnage} (PALIER_SEED={seed})")
    assert carnage.counts["acknowledged"] >= 4 * FEW
    assert carnage.counts["unanswered"] >= FEW


def test_a_server_that_acknowledges_before_it_commits_is_caught(sqlite_ground, serve, seed):
    server = serve(sqlite_ground, mutant=LATE)
    tills = tills_of(sqlite_ground, server.port, seed)
    kill_while_selling(server, tills, kills=1, seed=seed, longest_life_ms=0)
    assert [fault for fault in faults(sqlite_ground, tills) if fault.startswith("lost")], seed


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_no_acknowledged_sale_is_lost_or_doubled_by_hundreds_of_kills(ground, serve, seed, say):
    kills = MANY["sqlite" if ground.url.startswith("sqlite") else "postgresql"]
    carnage = _kill_and_prove(ground, serve, seed, kills=kills)
    say(f"{carnage} (PALIER_SEED={seed})")
    assert carnage.counts["unanswered"] >= kills, "a kill that hits nobody proves nothing"
    assert carnage.counts["acknowledged"] >= 3 * kills
    assert carnage.counts["replayed"] >= kills // 5
    assert carnage.counts["taken back"] >= kills // 4


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_the_same_mutant_is_caught_on_postgresql_too(postgres_ground, serve, seed):
    server = serve(postgres_ground, mutant=LATE)
    tills = tills_of(postgres_ground, server.port, seed)
    kill_while_selling(server, tills, kills=5, seed=seed)
    assert [fault for fault in faults(postgres_ground, tills) if fault.startswith("lost")], seed
