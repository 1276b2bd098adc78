"""The sentences to which a member says yes or no, word for word and numbered.

A consent is worth what can be proven about it: the words that were read are stored with the
answer. So these texts are data, not translations: changing one means a new version, and an answer
given to an older version keeps its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loyalty.kernel.problems import N_, Kind, Problem
from loyalty.values import ConsentGiven, Purpose


@dataclass(eq=False)
class WordingChanged(Problem):
    """The words of the consent are not those in force; no answer was written down.

    Show the member the words numbered ``wording_version`` and ask her again.
    """

    wording_version: int

    kind = Kind.CONFLICT
    slug = "wording-changed"
    title = N_("The words have changed")
    template = N_("Show wording {wording_version} to the member and ask again.")


@dataclass(frozen=True, slots=True)
class Wording:
    """What one purpose says in one language: a short name, and the sentence that is agreed to."""

    purpose: Purpose
    version: int
    language: str
    label: str
    text: str

    def given(self, *, granted: bool) -> ConsentGiven:
        """Return the member's answer to exactly these words."""
        return ConsentGiven(
            purpose=self.purpose,
            granted=granted,
            wording=self.text,
            wording_version=self.version,
            language=self.language,
        )


def consent_wording(purpose: Purpose, language: str, *, brand: str) -> Wording:
    """Return the words in force; ``brand`` is the retailer who asks."""
    version, by_language = _IN_FORCE[purpose]
    label, text = by_language[language]
    return Wording(purpose, version, language, label, text.format(brand=brand))


def consent_wordings(language: str, *, brand: str) -> tuple[Wording, ...]:
    """Return the words of every purpose, in the order in which they are asked."""
    return tuple(consent_wording(purpose, language, brand=brand) for purpose in _IN_FORCE)


_IN_FORCE: Mapping[Purpose, tuple[int, Mapping[str, tuple[str, str]]]] = {
    Purpose.EMAIL_MARKETING: (
        1,
        {
            "en": (
                "Offers by e-mail",
                "I agree to receive offers and news from {brand} by e-mail. I can stop at any "
                "time, in the app or with the link in every e-mail.",
            ),
            "fr": (
                "Offres par e-mail",
                "J’accepte de recevoir par e-mail les offres et les nouvelles de {brand}. Je peux "
                "arrêter à tout moment, dans l’application ou par le lien de chaque e-mail.",
            ),
        },
    ),
    Purpose.SMS_MARKETING: (
        1,
        {
            "en": (
                "Offers by SMS",
                "I agree to receive offers and news from {brand} by SMS. I can stop at any time, "
                "in the app or by answering STOP.",
            ),
            "fr": (
                "Offres par SMS",
                "J’accepte de recevoir par SMS les offres et les nouvelles de {brand}. Je peux "
                "arrêter à tout moment, dans l’application ou en répondant STOP.",
            ),
        },
    ),
    Purpose.PERSONAL_OFFERS: (
        1,
        {
            "en": (
                "Offers chosen for me",
                "I agree that {brand} uses what I buy to choose offers for me. Without this I "
                "get the offers that are open to everybody.",
            ),
            "fr": (
                "Offres choisies pour moi",
                "J’accepte que {brand} se serve de mes achats pour choisir des offres pour moi. "
                "Sans cet accord, je reçois les offres ouvertes à tout le monde.",
            ),
        },
    ),
}
