"""What a member needs to prove her own ledger, without anything of anybody else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from loyalty.chain import SEALED_FIELDS, plain_fields
from loyalty.errors import UnknownMember
from loyalty.kernel.tx import Tx
from loyalty.merkle import Leaf, path_to
from loyalty.models import Member, Posting, ProgrammeVersion, SealDay, SealLeaf, Wallet
from loyalty.values import MemberId

FORMAT = 2


def member_proof(tx: Tx, member_id: MemberId) -> dict[str, Any]:
    """Return a member's postings with their seals, and how they hang on the sealed days.

    Ready to be written as JSON; ``docs/how-to/check_my_points.py`` checks it.

    Raises:
        UnknownMember: nobody has this id.
    """
    if tx.run(select(Member.id).where(Member.id == member_id)).first() is None:
        raise UnknownMember(member_id)
    wallets = tx.run(select(Wallet).where(Wallet.member_id == member_id).order_by(Wallet.unit))
    parts = [_wallet(tx, row) for row in wallets.all()]
    return {
        "format": FORMAT,
        "member_id": member_id,
        "fields": list(SEALED_FIELDS),
        "wallets": parts,
        "days": seal_days(tx),
        "programmes": _programmes(tx, parts),
    }


@dataclass(frozen=True, slots=True)
class ProofStanding:
    """How much of a member's ledger is sealed, and since which day; the rest waits for tonight."""

    sealed_on: date | None
    number: int
    sealed: int
    waiting: int


def proof_standing(tx: Tx, member_id: MemberId) -> ProofStanding:
    """Return how a member's proof stands: what she would download now."""
    postings = tx.run(
        select(func.coalesce(func.sum(Wallet.seq), 0)).where(Wallet.member_id == member_id)
    ).scalar_one()
    ends = (
        select(func.max(SealLeaf.to_seq).label("upto"), func.max(SealLeaf.number).label("number"))
        .join(SealDay, SealDay.number == SealLeaf.number)
        .where(SealLeaf.member_id == member_id)
        .group_by(SealLeaf.unit)
        .subquery()
    )
    sealed, number = tx.run(select(func.sum(ends.c.upto), func.max(ends.c.number))).one()
    on = tx.run(select(SealDay.sealed_on).where(SealDay.number == (number or 0))).scalar()
    return ProofStanding(on, number or 0, int(sealed or 0), int(postings) - int(sealed or 0))


def seal_days(tx: Tx) -> list[dict[str, Any]]:
    """Return every sealed day, oldest first, as it is published."""
    rows = tx.run(select(SealDay).order_by(SealDay.number))
    return [
        {
            "number": row.number,
            "on": row.sealed_on.isoformat(),
            "wallets": row.wallets,
            "postings": row.postings,
            "root": row.root,
            "previous": row.previous,
            "seal": row.seal,
            "rows": day_rows(row._asdict()),
        }
        for row in rows
    ]


def day_rows(day: Mapping[str, Any]) -> str:
    """Return what the seal of a day says besides its root: empty before rows were sealed.

    That is the number of wallets, postings and records, the hash over the records, the books
    they are of, and when the seal was begun and made.
    """
    if not day["books"]:
        return ""
    counts = (day["wallets"], day["postings"], day["records"], day["records_root"], day["books"])
    instants = (day["begun_at"].isoformat(), day["made_at"].isoformat())
    return " ".join(str(one) for one in (*counts, *instants))


def leaves_of(tx: Tx, number: int) -> list[Leaf]:
    """Return the leaves of a seal, in their order in the tree."""
    rows = tx.run(
        select(SealLeaf.member_id, SealLeaf.unit, SealLeaf.from_seq, SealLeaf.to_seq, SealLeaf.head)
        .where(SealLeaf.number == number)
        .order_by(SealLeaf.member_id, SealLeaf.unit)
    )
    return [Leaf(*row) for row in rows]


def _wallet(tx: Tx, wallet: Any) -> dict[str, Any]:
    mine = {"member_id": wallet.member_id, "unit": wallet.unit}
    rows = tx.run(select(Posting).filter_by(**mine).order_by(Posting.seq))
    closed = select(SealDay.number)
    leaves = tx.run(
        select(SealLeaf)
        .filter_by(**mine)
        .where(SealLeaf.number.in_(closed))
        .order_by(SealLeaf.number)
    )
    return {
        "unit": wallet.unit,
        "balance": wallet.balance,
        "postings": [
            {
                "seq": row.seq,
                "balance": row.balance,
                "sealed": plain_fields(row._asdict()),
                "seal": row.hash,
            }
            for row in rows
        ],
        "leaves": [_leaf(tx, row) for row in leaves.all()],
    }


def _leaf(tx: Tx, row: Any) -> dict[str, Any]:
    leaves = leaves_of(tx, row.number)
    place = next(
        number
        for number, leaf in enumerate(leaves)
        if (leaf.member_id, leaf.unit) == (row.member_id, row.unit)
    )
    return {
        "number": row.number,
        "from_seq": row.from_seq,
        "to_seq": row.to_seq,
        "head": row.head,
        "path": [list(step) for step in path_to(leaves, place)],
    }


def _programmes(tx: Tx, wallets: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return the hashes of the programme's versions that the postings name."""
    place = SEALED_FIELDS.index("programme_version_id")
    named = {one["sealed"][place] for wallet in wallets for one in wallet["postings"]}
    rows = tx.run(
        select(ProgrammeVersion.id, ProgrammeVersion.document).where(
            ProgrammeVersion.id.in_(sorted(named))
        )
    )
    return {row.id: _digest(row.document) for row in rows}


def _digest(document: Any) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
