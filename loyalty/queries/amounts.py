"""Amounts of any wallet, as people write and type them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from loyalty.kernel.i18n import format_money, gettext
from loyalty.kernel.problems import N_
from loyalty.programme import Programme, WalletRule
from loyalty.queries.wallets import wallet_name, worth_minor
from loyalty.saying import quantity_text

MOST_GRAINS = 1_000_000_000
"""More than any member holds; beyond it somebody has mistyped."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Says amounts of any wallet of ``programme`` in the language ``spoken``."""

    programme: Programme
    spoken: str

    def __call__(self, grains: int, wallet: str = "") -> str:
        """Return so much of a wallet with its unit: ``400 points``, ``€2.50``."""
        return quantity_text(self.programme, self.spoken, grains, wallet)

    def signed(self, grains: int, wallet: str = "") -> str:
        """Return the same with a plus before what is gained."""
        return f"{'+' if grains > 0 else ''}{self(grains, wallet)}"

    def worth(self, grains: int, wallet: str = "") -> str:
        """Return what so much is worth as money; empty where that is not laid down, or is itself.

        Said for points and stamps: a purse says it by itself.
        """
        unit = wallet or self.programme.default_wallet
        minor = worth_minor(self.programme, unit, abs(grains))
        if minor is None or self.rule(unit).unit == "currency":
            return ""
        return format_money(self.spoken, minor, self.programme.currency)

    def with_worth(self, grains: int, wallet: str = "") -> str:
        """Return so much of a wallet, and what that is worth where that is laid down."""
        worth = self.worth(grains, wallet)
        said = self(grains, wallet)
        if not worth:
            return said
        return gettext(self.spoken, N_("{amount} (worth {worth})"), amount=said, worth=worth)

    def name(self, wallet: str) -> str:
        """Return what a wallet is called."""
        return wallet_name(self.rule(wallet), self.spoken)

    def rule(self, wallet: str) -> WalletRule:
        """Return the rules of a wallet; of the default one without a name."""
        return self.programme.wallets.get(wallet) or self.programme.points


def grains_of(text: str, rule: WalletRule) -> int | None:
    """Return an amount that somebody typed, in grains; ``None`` when it is none.

    Spaces may stand between thousands; the comma and the point both begin the decimals.
    """
    plain = "".join(text.split()).replace(",", ".")
    try:
        value = Decimal(plain).scaleb(rule.decimals)
    except InvalidOperation:
        return None
    fits = value.is_finite() and value == value.to_integral_value() and abs(value) <= MOST_GRAINS
    return int(value) if fits else None
