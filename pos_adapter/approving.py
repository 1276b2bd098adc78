"""A manager who agrees at the till to what a cashier may not do alone."""

from __future__ import annotations

from typing import Any

from loyalty.kernel.access.people import check_manager
from loyalty.kernel.problems import TooManyTries
from loyalty.kernel.web.context import database, runtime
from pos_adapter.callers import Till

TRIES, TRY_SECONDS = 5, 900
"""How many wrong PINs a till may give for one manager in 15 minutes."""


def manager_of(till: Till, body: dict[str, Any]) -> str:
    """Return who agreed to a request, or an empty text: nobody did.

    A till that signs vouches for whom it names; at the browser till the manager types her PIN.

    Raises:
        WrongCredentials: the PIN is wrong, or she may not agree to anything.
        TooManyTries: too many wrong ones.
    """
    if till.signed and "approved_by" in body:
        return str(body["approved_by"])
    approval = body.get("approval")
    if approval is None:
        return ""
    staff_id, tries = approval["staff_id"], f"tries:manager:{till.terminal_id}"
    if runtime().cache.count(tries, seconds=TRY_SECONDS) > TRIES:
        raise TooManyTries(TRY_SECONDS)
    with database().look() as tx:
        check_manager(tx, staff_id=staff_id, pin=approval["pin"], store_id=till.store_id)
    runtime().cache.delete(tries)
    return str(staff_id)
