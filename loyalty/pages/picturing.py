"""A code as it is drawn on a page: the symbol and the letters beneath it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from loyalty.qr import code_svg


@dataclass(frozen=True, slots=True)
class Picture:
    """A code for scanners and for people: ``groups`` put together are exactly ``letters``."""

    letters: str

    @property
    def svg(self) -> Markup:
        """Return the symbol on its white plate; its letters are ours, so it is safe markup."""
        return Markup(code_svg(self.letters))  # noqa: S704 - drawn by us from A-Z only

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the letters four at a time."""
        return tuple(self.letters[at : at + 4] for at in range(0, len(self.letters), 4))
