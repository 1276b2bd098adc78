"""What goes back of the points that had paid for a purchase."""

from __future__ import annotations

from loyalty.programme import SpentBack


def spent_back(policy: SpentBack, spent: int, *, returned_minor: int, paid_minor: int) -> int:
    """Return how many of ``spent`` points have gone back once ``returned_minor`` came back.

    ``whole`` gives all of them with the first return. Pro rata rounds down, and the last return
    gives the rest.
    """
    if policy is SpentBack.WHOLE:
        return spent if returned_minor else 0
    if not paid_minor or returned_minor >= paid_minor:
        return spent
    return spent * returned_minor // paid_minor
