"""The audit trail of what staff do with a member's points."""

from __future__ import annotations

from typing import Any

from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx

STAFF = "staff:"
"""How the names of people of the staff begin, as actors."""


def audit_staff(tx: Tx, *, action: str, subject: str, details: dict[str, Any]) -> None:
    """Write into the audit trail what somebody of the staff does with a member's points.

    What members, tills and jobs do stands in the books with its cause and needs no privilege; it
    is not written twice, and does not queue behind the trail.
    """
    if tx.actor.startswith(STAFF):
        record_audit(tx, action=action, subject=subject, details=details)
