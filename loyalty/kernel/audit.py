"""Who did what, when: an append-only, hash-chained record of privileged changes.

Rows name people and things by id and never carry personal data, so that erasing a person does
not break the chain. Privileged changes are rare, so writers may queue.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db.append_only import append_only
from loyalty.kernel.db.base import Base
from loyalty.kernel.tx import Tx

GENESIS = "0" * 64
_AUDIT_LOCK = 0x70616C696572
"""The advisory lock on which writers queue: PostgreSQL only, SQLite has one writer anyway."""


class AuditEntry(Base):
    """One privileged change. ``hash`` covers the row and the hash before it."""

    __tablename__ = "audit_entries"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]


append_only(AuditEntry.__table__)  # type: ignore[arg-type]  # declarative tables are Tables


def record_audit(tx: Tx, *, action: str, subject: str, details: dict[str, Any]) -> int:
    """Write down that ``tx.actor`` did ``action`` to ``subject``; return its number.

    ``details`` hold ids, numbers and names of settings, never personal data. Writers queue until
    the one before has committed: two entries cannot take the same number.
    """
    table = AuditEntry.__table__
    if tx.dialect == "postgresql":
        tx.run(select(func.pg_advisory_xact_lock(_AUDIT_LOCK)))
    last = tx.run(select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    row = {
        "seq": seq,
        "at": tx.now,
        "actor": tx.actor,
        "action": action,
        "subject": subject,
        "details": details,
        "previous": previous,
    }
    tx.run(insert(AuditEntry), {**row, "hash": entry_hash(row)})
    return seq


def entry_hash(row: dict[str, Any]) -> str:
    """Return SHA-256, in hexadecimal, over the canonical JSON of a row without its hash."""
    plain = {**row, "at": row["at"].isoformat()}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken_entry(tx: Tx) -> int | None:
    """Return the number of the first entry that does not follow from the last; else ``None``."""
    table = AuditEntry.__table__
    expected_seq, previous = 1, GENESIS
    for row in tx.run(select(table).order_by(table.c.seq)).mappings():
        content = {key: row[key] for key in row if key != "hash"}
        broken = row["seq"] != expected_seq or row["previous"] != previous
        if broken or entry_hash(content) != row["hash"]:
            return expected_seq
        expected_seq, previous = expected_seq + 1, row["hash"]
    return None
