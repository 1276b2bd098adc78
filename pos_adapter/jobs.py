"""Work that returns: claims whose sale was sent late."""

from __future__ import annotations

from loyalty.errors import ClaimDecided
from loyalty.kernel.jobs import Job
from loyalty.kernel.runtime import Runtime
from loyalty.queries import claims_by_state
from loyalty.values import ClaimState, ClaimWhy
from pos_adapter.commands import settle_waiting

LATE = "settle-claims"
_PAGE = 100


def settle_claims(runtime: Runtime) -> str:
    """Settle the claims that waited for a sale which has been sent meanwhile."""
    after: str | None = None
    settled = 0
    while True:
        with runtime.database.look(actor=f"job:{LATE}") as tx:
            page = claims_by_state(tx, ClaimState.WAITING, after=after, limit=_PAGE)
        for claim in page.items:
            if claim.why is not ClaimWhy.NOT_FOUND:
                continue
            try:
                with runtime.database.begin(actor=f"job:{LATE}") as tx:
                    found = settle_waiting(tx, keys=runtime.keys, claim_id=claim.claim_id)
            except ClaimDecided:
                continue
            settled += found.state is ClaimState.SETTLED
        after = page.after
        if after is None:
            return f"{settled} claims settled"


JOBS = (Job(LATE, 3600, settle_claims, "Settles claims whose sale was sent late."),)
