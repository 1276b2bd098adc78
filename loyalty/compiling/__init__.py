"""From a programme's document to the programme: reads each switch, refuses what is not honoured."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalty.compiling.challenges import read_challenges
from loyalty.compiling.earning import (
    read_basis,
    read_earn,
    read_promotion_limits,
    read_rounding,
    read_stacking,
)
from loyalty.compiling.parts import Document, read_names
from loyalty.compiling.people import (
    read_adjustments,
    read_claims,
    read_household,
    read_retention,
    read_transfers,
)
from loyalty.compiling.reaching import read_contact_caps, read_messages, read_referral
from loyalty.compiling.returns import read_returns
from loyalty.compiling.spending import read_redemption, read_rewards, read_vouchers
from loyalty.compiling.tiers import read_tiers
from loyalty.compiling.wallets import default_wallet_of, read_pending, read_wallets
from loyalty.programme import Programme, ProgrammeUnclear, digits_of
from loyalty.values import ProgrammeVersionId

__all__ = ["compile_programme", "default_wallet_of"]


def compile_programme(
    document: Document, *, version_id: ProgrammeVersionId, default_wallet: str | None = None
) -> Programme:
    """Return the programme that ``document`` describes.

    ``default_wallet`` was found when the document was read; one that was stored since has
    forgotten the order of its wallets.

    Raises:
        ProgrammeUnclear: a switch is missing, contradicts another, or is not honoured here.
    """
    digits = digits_of(document)
    returns = read_returns(document.get("returns", {}), digits)
    if default_wallet is None:
        default_wallet = default_wallet_of(document)
    redeemed_earns = document.get("redeemed_amount_earns", True)
    wallets = read_wallets(document, digits, returns, first=default_wallet)
    decimals = wallets[default_wallet].decimals if default_wallet else 0
    return Programme(
        version_id=version_id,
        name=document.get("name", "programme"),
        currency=_currency_code(document.get("currency", "EUR")),
        minor_digits=digits,
        zone=_zone(document.get("zone", "Europe/Paris")),
        wallets=wallets,
        default_wallet=default_wallet,
        earn=read_earn(document.get("earn", []), digits, wallets, default_wallet),
        basis=read_basis(document.get("basis", {}), redeemed_earns=redeemed_earns),
        rounding=read_rounding(document.get("rounding", "floor")),
        redemption=read_redemption(document, digits, wallets=wallets, default=default_wallet),
        returns=returns,
        tiers=read_tiers(document.get("tiers"), digits, wallets, default_wallet),
        vouchers=read_vouchers(document.get("vouchers"), digits),
        pending=read_pending(document),
        rewards=read_rewards(document, digits, wallets=wallets, default=default_wallet),
        adjustments=read_adjustments(document, decimals=decimals),
        retention=read_retention(document),
        transfers=read_transfers(document, decimals=decimals),
        household=read_household(document),
        claims=read_claims(document),
        challenges=read_challenges(document.get("challenges", []), digits, wallets, default_wallet),
        referral=read_referral(document.get("referral"), digits, wallets),
        messages=read_messages(document.get("messages", {}), decimals=decimals),
        contact_caps=read_contact_caps(document.get("contact_caps", {})),
        stacking=read_stacking(document.get("stacking", {})),
        promotion_limits=read_promotion_limits(document.get("promotion_limits", {})),
        redeemed_amount_earns=redeemed_earns,
        titles=read_names(document.get("title", {})),
    )


def _currency_code(currency: str | Document) -> str:
    """Return the code of a currency that may stand with its decimals."""
    return currency if isinstance(currency, str) else str(currency.get("code", "EUR"))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ProgrammeUnclear("zone", f"{name!r} is not a time zone") from error
