"""Once a day everything is sealed, and a member can check her part of it by herself."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.commands import (
    earn_points,
    publish_programme,
    seal_is_due,
    seal_ledger,
    spend_points,
)
from loyalty.errors import UnknownMember
from loyalty.merkle import Leaf, climb, path_to, root_of
from loyalty.presets import preset_document
from loyalty.queries import ProofStanding, member_proof, proof_standing, seal_days, verify_books
from loyalty.values import MemberId
from tests.house.project import ROOT
from tests.loyalty.world import enrol, line, ring

check = runpy.run_path(str(ROOT / "docs/how-to/check_my_points.py"))["check"]


def sealed(tx):
    """Seal a row at a time; return how many steps it took."""
    return sum(1 for _ in iter(lambda: seal_ledger(tx, limit=1), 0))


@pytest.fixture
def proof(shop, ada, ben, clock):
    """Ada's proof after two sealed days and a posting that is not sealed yet."""
    with shop.begin(actor="test") as tx:
        for member_id in (ada, ben):
            earn_points(tx, member_id=member_id, points=70, source="gift")
        assert seal_is_due(tx)
        assert sealed(tx) > 2, "wallets, and rows of theirs"
        sealed(tx)
        assert len(seal_days(tx)) == 1, "nothing was new"
        assert not seal_is_due(tx)
    clock.move(by=timedelta(days=1))
    with shop.begin(actor="test") as tx:
        assert seal_is_due(tx)
        spend_points(tx, member_id=ada, points=30, source="reward")
        assert sealed(tx)
        earn_points(tx, member_id=ada, points=5, source="later")
        assert [(day["wallets"], day["postings"]) for day in seal_days(tx)] == [(2, 2), (1, 1)]
        assert verify_books(tx) == ()
        with pytest.raises(UnknownMember):
            member_proof(tx, MemberId("mbr_nobody"))
        found = member_proof(tx, ada)
        assert proof_standing(tx, ada) == ProofStanding(date(2026, 3, 11), 2, sealed=2, waiting=1)
    assert ben not in json.dumps(found), "nothing of anybody else"
    return found


def test_a_member_s_proof_holds_until_somebody_touches_it(proof):
    assert check(json.loads(json.dumps(proof))) == []
    for place, touch in (
        (("wallets", 0, "postings", 1, "balance"), 41),
        (("wallets", 0, "postings", 0, "sealed", 4), 71),
        (("wallets", 0, "postings", 2, "seal"), "forged"),
        (("wallets", 0, "balance"), 44),
        (("wallets", 0, "leaves", 0, "path"), []),
        (("wallets", 0, "leaves", 1, "from_seq"), 1),
        (("wallets", 0, "leaves", 1, "head"), "forged"),
        (("days", 0, "root"), "forged"),
        (("days", 1, "previous"), "forged"),
        (("days", 1, "rows"), "forged"),
    ):
        touched = json.loads(json.dumps(proof))
        spot = touched
        for step in place[:-1]:
            spot = spot[step]
        spot[place[-1]] = touch
        assert check(touched), f"{place} was touched and nobody noticed"


@given(count=st.integers(1, 40), data=st.data())
def test_every_path_leads_to_the_root_and_no_other_leaf_s_does(count, data):
    leaves = [Leaf(f"mbr_{n}", "points", 1, n + 1, "head") for n in range(count)]
    place = data.draw(st.integers(0, count - 1))
    root, path = root_of(leaves), path_to(leaves, place)

    assert climb(leaves[place].digest, path) == root
    assert climb(leaves[place - 1].digest, path) != root or count == 1


def test_two_servers_that_seal_at_once_make_one_seal(shop, clock):
    with shop.begin(actor="test") as tx:
        for name in ("Ada", "Ben", "Cleo", "Dan"):
            member_id = enrol(tx, name).member_id
            earn_points(tx, member_id=member_id, points=70, source="gift")
            ring(tx, member_id, line())

    def seal(_number):
        going = True
        while going:
            with shop.begin(actor="job") as tx:
                going = seal_is_due(tx) and seal_ledger(tx, limit=2) > 0

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(seal, range(2)))
    with shop.look() as tx:
        assert len(seal_days(tx)) == 1
        assert verify_books(tx) == ()


def test_the_script_of_the_docs_takes_a_download_and_refuses_a_touched_one(proof, tmp_path):
    script = ROOT / "docs/how-to/check_my_points.py"
    touched = json.loads(json.dumps(proof))
    touched["wallets"][0]["postings"][0]["sealed"][4] += 1
    for content, status, said in (
        (proof, 0, "Everything holds."),
        (touched, 1, "points: posting 1 is not as it was sealed"),
    ):
        file = tmp_path / "proof.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        words = [sys.executable, "-I", str(script), str(file)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.strip()) == (status, said)


def test_all_wallets_of_a_member_are_in_her_proof(shop, ada):
    with shop.begin(actor="test") as tx:
        publish_programme(
            tx, document=preset_document("three-tier-grocer") | {"pending": {"days": 3}}
        )
        earn_points(tx, member_id=ada, points=70, source="gift")
        ring(tx, ada, line())
        while seal_ledger(tx):
            pass
        found = member_proof(tx, ada)
    assert [(one["unit"], one["balance"]) for one in found["wallets"]] == [
        ("points", 70),
        ("points~pending", 10),
    ]
    assert all(one["leaves"] for one in found["wallets"])
    assert check(json.loads(json.dumps(found))) == []
