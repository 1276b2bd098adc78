"""Refusals about the programme."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from loyalty.kernel.problems import N_, Kind, Problem


@dataclass(eq=False)
class ProgrammeRefused(Problem):
    """The programme's document has mistakes; nothing was published.

    ``errors`` names each key by its path and says what is wrong with it.
    """

    errors: dict[str, Any] = field(default_factory=dict)

    kind = Kind.INVALID
    slug = "programme-refused"
    title = N_("The programme is not right")
    template = N_("Correct the keys that are named: {errors}")


@dataclass(eq=False)
class NoProgramme(Problem):
    """No programme has been published yet, or none is in force at that time."""

    kind = Kind.UNAVAILABLE
    slug = "no-programme"
    title = N_("No programme is in force")
    template = N_("Publish a programme first: loyalty programme publish-preset three-tier-grocer.")


@dataclass(eq=False)
class UnknownDraft(Problem):
    """There is no draft of the programme with this id."""

    kind = Kind.NOT_FOUND
    slug = "unknown-draft"
    title = N_("There is no such draft")
    template = N_("Look at the list of drafts and choose one.")


@dataclass(eq=False)
class UnknownReplay(Problem):
    """There is no replay of purchases with this id."""

    kind = Kind.NOT_FOUND
    slug = "unknown-replay"
    title = N_("There is no such replay")
    template = N_("Look at the list of replays and choose one.")


@dataclass(eq=False)
class NothingToReplay(Problem):
    """A period of purchases begins after it ends."""

    kind = Kind.INVALID
    slug = "nothing-to-replay"
    title = N_("The first day lies after the last")
    template = N_("Choose a period of at least one day.")


@dataclass(eq=False)
class DraftChanged(Problem):
    """Somebody else has saved another text of the draft since it was looked at."""

    kind = Kind.CONFLICT
    slug = "draft-changed"
    title = N_("The draft has changed meanwhile")
    template = N_("Open it again, look at what changed, and write your part once more.")


@dataclass(eq=False)
class DraftNotProven(Problem):
    """A draft is approved only after all of its worked examples hold; ``failed`` do not."""

    failed: int = 0

    kind = Kind.CONFLICT
    slug = "draft-not-proven"
    title = N_("The examples do not prove this draft")
    template = N_("Run its examples and correct what fails ({failed} now).")


@dataclass(eq=False)
class DraftNotApproved(Problem):
    """A draft is published only after its present text was approved."""

    kind = Kind.CONFLICT
    slug = "draft-not-approved"
    title = N_("Nobody has approved this text")
    template = N_("Ask another administrator to look at it and approve it.")


@dataclass(eq=False)
class OwnDraft(Problem):
    """Whoever wrote a draft does not approve it while somebody else can."""

    kind = Kind.FORBIDDEN
    slug = "own-draft"
    title = N_("You wrote this draft yourself")
    template = N_("Ask another administrator to approve it.")


class ExamplesNotProven(Problem):
    """The programme carries worked examples that were not run, or did not all pass.

    Nothing was published. ``loyalty programme publish FILE`` runs them first.
    """

    kind = Kind.CONFLICT
    slug = "examples-not-proven"
    title = N_("The examples of this programme are not proven")
    template = N_("Run its examples, correct what they say, then publish this very document.")
