"""Refusals about adjustments, transfers, pools, merges and cards that change hands."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.problems import N_, Kind, Problem
from loyalty.values import MemberId


@dataclass(eq=False)
class AdjustmentLimit(Problem):
    """The role may not adjust so much. Nothing was posted.

    ``scope`` says which limit: ``each``, ``per_day`` or ``per_member_per_month``.
    """

    scope: str
    limit: int

    kind = Kind.FORBIDDEN
    slug = "adjustment-limit"
    title = N_("Above your limit")
    template = N_("Your role may adjust at most {limit} ({scope}). Ask somebody who may.")


@dataclass(eq=False)
class SamePerson(Problem):
    """Who asked for an adjustment does not decide about it. Nothing was changed."""

    kind = Kind.FORBIDDEN
    slug = "same-person"
    title = N_("A second person decides")
    template = N_("You asked for this adjustment. Have a colleague decide.")


@dataclass(eq=False)
class OwnAccount(Problem):
    """Nobody adjusts, or decides about, the membership that is her own. Nothing was changed."""

    kind = Kind.FORBIDDEN
    slug = "own-account"
    title = N_("This is your own account")
    template = N_("Have a colleague correct your own membership.")


@dataclass(eq=False)
class UnknownLevel(Problem):
    """The programme has no such level. ``nearest`` is the one that was probably meant."""

    level: str
    nearest: str
    levels: str

    kind = Kind.INVALID
    slug = "unknown-level"
    title = N_("Unknown level")
    template = N_("There is no level {level}; did you mean {nearest}? Choose one of: {levels}.")


@dataclass(eq=False)
class UnknownAdjustment(Problem):
    """The member has no such adjustment."""

    adjustment_id: str

    kind = Kind.NOT_FOUND
    slug = "unknown-adjustment"
    title = N_("Unknown adjustment")
    template = N_("There is no adjustment {adjustment_id}.")


@dataclass(eq=False)
class AdjustmentDecided(Problem):
    """The adjustment was posted or refused before, otherwise or by somebody else."""

    adjustment_id: str
    state: str

    kind = Kind.CONFLICT
    slug = "adjustment-decided"
    title = N_("This is decided")
    template = N_("The adjustment is {state} already. Ask for a new one.")


@dataclass(eq=False)
class TransferToSelf(Problem):
    """Points do not move from a member to herself. Nothing was moved."""

    member_id: MemberId

    kind = Kind.INVALID
    slug = "transfer-to-self"
    title = N_("From and to the same member")
    template = N_("Choose another member than {member_id}.")


@dataclass(eq=False)
class TransferLimit(Problem):
    """The member would give more to others in one day than the programme lets her."""

    limit: int

    kind = Kind.CONFLICT
    slug = "transfer-limit"
    title = N_("Above the day's limit")
    template = N_("At most {limit} points a day may be given to others. Try again tomorrow.")


@dataclass(eq=False)
class InAPool(Problem):
    """The member shares a pool already. Nothing was changed."""

    pool_id: MemberId

    kind = Kind.CONFLICT
    slug = "in-a-pool"
    title = N_("Already in a pool")
    template = N_("The member belongs to the pool {pool_id}. She leaves it first.")


@dataclass(eq=False)
class NotInAPool(Problem):
    """The member shares no pool, or there is no such pool. Nothing was changed."""

    kind = Kind.CONFLICT
    slug = "not-in-a-pool"
    title = N_("In no pool")
    template = N_("There is no such pool, or the member is not in it. Join one first.")


@dataclass(eq=False)
class HoldOpen(Problem):
    """Points of the membership are held. Nothing was changed."""

    member_id: MemberId

    kind = Kind.CONFLICT
    slug = "hold-open"
    title = N_("Points are held")
    template = N_("Points of {member_id} are held. Capture or release them first.")


@dataclass(eq=False)
class AlreadyMerged(Problem):
    """One of the memberships was merged before, or is no person's. Nothing was changed."""

    member_id: MemberId

    kind = Kind.CONFLICT
    slug = "already-merged"
    title = N_("This membership cannot be merged")
    template = N_("{member_id} was merged, erased, or is a pool. Look for the member again.")


@dataclass(eq=False)
class NotMerged(Problem):
    """There is no such merge, or it was undone, or a later one stands on it."""

    merge_id: str

    kind = Kind.CONFLICT
    slug = "not-merged"
    title = N_("Nothing to undo")
    template = N_("There is no merge {merge_id} that could be undone.")
