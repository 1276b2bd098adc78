"""kill -9 of the server during sales: what was acknowledged is there, once."""

from __future__ import annotations

import pytest

from tests.reliability.killing import Carnage, kill_while_selling
from tests.reliability.proof import faults
from tests.reliability.tills import OK, tills_of

FEW, MANY = 2, 50
HANG_UP_PER_MILLE = 300
"""So often a till asks again while its first request may still be in hand."""

LATE = "tests.reliability.mutants:late_app()"


def _kill_and_prove(ground, serve, seed, *, kills: int) -> Carnage:
    server = serve(ground)
    tills = tills_of(ground, server.port, seed, hang_up_per_mille=HANG_UP_PER_MILLE)
    carnage = kill_while_selling(server, tills, kills=kills, seed=seed)
    assert carnage.surprises == (), seed
    assert faults(ground, tills) == [], seed
    again = [till.repeat(number) for till in tills for number in list(till.acknowledged)[::-7]]
    assert {asked.status for asked in again} == {OK}, "a sale sent again is the same sale"
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
@pytest.mark.timeout(1800)
def test_no_acknowledged_sale_is_lost_or_doubled_by_fifty_kills(ground, serve, seed, say):
    carnage = _kill_and_prove(ground, serve, seed, kills=MANY)
    say(f"{carnage} (PALIER_SEED={seed})")
    assert carnage.counts["acknowledged"] >= 10 * MANY
    assert carnage.counts["unanswered"] >= 2 * MANY
    assert carnage.counts["replayed"] >= MANY


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_the_same_mutant_is_caught_on_postgresql_too(postgres_ground, serve, seed):
    server = serve(postgres_ground, mutant=LATE)
    tills = tills_of(postgres_ground, server.port, seed)
    kill_while_selling(server, tills, kills=5, seed=seed)
    assert [fault for fault in faults(postgres_ground, tills) if fault.startswith("lost")], seed
