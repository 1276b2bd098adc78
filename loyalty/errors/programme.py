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
