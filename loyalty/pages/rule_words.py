"""A programme put into words: one line for a form, and all of it for a page."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.tx import Tx
from loyalty.pages.wording.earning import earning, earns
from loyalty.pages.wording.levels import levels
from loyalty.pages.wording.returning import challenges, friends, returning
from loyalty.pages.wording.speech import Section, Speech
from loyalty.pages.wording.spending import costs, voucher_short, vouchers, worth, worth_short
from loyalty.programme import Programme
from loyalty.queries import current_programme

__all__ = ["Rules", "Section", "rules_in_force", "rules_of"]

_SECTIONS = (earning, worth, vouchers, levels, returning, challenges, friends)


@dataclass(frozen=True, slots=True)
class Rules:
    """A programme's rules: ``short`` in one line, ``sections`` in full; ``title`` if it has one."""

    short: str
    sections: tuple[Section, ...]
    title: str = ""


def rules_in_force(tx: Tx, spoken: str) -> Rules:
    """Return the rules of the programme in force, in ``spoken``.

    Raises:
        NoProgramme: none is in force.
    """
    return rules_of(current_programme(tx), spoken)


def rules_of(programme: Programme, spoken: str) -> Rules:
    """Return the rules of ``programme``, in ``spoken``."""
    speech = Speech(programme, spoken)
    told = [tell(speech) for tell in _SECTIONS]
    return Rules(
        short=in_one_line(speech),
        sections=tuple(section for section in told if section.sentences),
        title=speech.name(programme.titles),
    )


def in_one_line(speech: Speech) -> str:
    """Return what most members want to know: what they earn and what it is worth."""
    programme = speech.programme
    said = [earns(speech, rule) for rule in programme.earn[:1]]
    if programme.redemption is not None:
        said.append(worth_short(speech, programme.redemption))
    elif programme.rewards:
        said.append(costs(speech, programme.rewards[0]))
    if programme.vouchers is not None:
        said.append(voucher_short(speech))
    return " · ".join(said)
