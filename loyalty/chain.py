"""The hash chain of a member's ledger: each posting seals the one before.

``seal = sha256(previous seal : seq : balance : digest)``. The digest covers everything that the
writer knows before the database answers; sequence and balance are what the database adds. So one
statement can post and seal, and an edited, missing or moved posting breaks the chain at its place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

SEALED_FIELDS = (
    "member_id",
    "unit",
    "kind",
    "contra",
    "points",
    "lot_on",
    "source",
    "request_hash",
    "reverses_seq",
    "purchase_id",
    "programme_version_id",
    "reasons",
    "occurred_at",
    "posted_at",
)


def genesis(member_id: str, unit: str) -> str:
    """Return the seal before a wallet's first posting; it ties the chain to its owner."""
    return hashlib.sha256(f"{member_id}:{unit}".encode()).hexdigest()


def posting_digest(facts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the sealed fields of a posting, in canonical JSON."""
    return plain_digest(plain_fields(facts))


def plain_fields(facts: Mapping[str, Any]) -> list[Any]:
    """Return the sealed fields of a posting, in their order, as the canonical JSON spells them."""
    return [_plain(facts[name]) for name in SEALED_FIELDS]


def plain_digest(plain: list[Any]) -> str:
    """Return the digest of the sealed fields, in their order, as the canonical JSON spells them."""
    return hashlib.sha256(_canonical(plain).encode()).hexdigest()


def seal(previous: str, *, seq: int, balance: int, digest: str) -> str:
    """Return the seal of a posting that follows ``previous``."""
    return hashlib.sha256(f"{previous}:{seq}:{balance}:{digest}".encode()).hexdigest()


_canonical = json.JSONEncoder(separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode


def _plain(value: Any) -> Any:
    """Return ``value`` as the canonical JSON spells it: instants in UTC, to the microsecond."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value
