"""A member's wallets as people read them: what is there, what waits, what ends next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from loyalty.errors import UnknownMember, UnknownWallet
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_
from loyalty.kernel.tx import Tx
from loyalty.models import Member
from loyalty.programme import Programme, WalletRule
from loyalty.queries.balances import WalletBalance, balances_of
from loyalty.queries.programme import book_rules, current_programme
from loyalty.values import MemberId

_NAMES = {"point": N_("Points"), "stamp": N_("Stamps"), "currency": N_("Purse")}


@dataclass(frozen=True, slots=True)
class WalletView:
    """One wallet of a member; every amount in grains, ``10 ** decimals`` of them to the unit.

    ``balance`` is what she has, ``available`` what of it may be spent now, ``held`` what is set
    aside, ``pending`` what has not arrived yet. ``lapsing`` are the next to lapse; they are gone
    from ``lapsing_on``. ``value_minor`` is what the available ones are worth as money, where they
    are worth any.
    """

    wallet: str
    name: str
    unit: str
    decimals: int
    balance: int
    available: int
    held: int
    pending: int
    lapsing: int
    lapsing_on: date | None
    lifetime_earned: int
    lifetime_spent: int
    value_minor: int | None


def wallets_of(tx: Tx, member_id: MemberId, *, language: str = "en") -> tuple[WalletView, ...]:
    """Return a member's wallets, those of the programme in force first, in its order.

    Raises:
        UnknownMember: nobody has this id.
    """
    if tx.run(select(Member.id).where(Member.id == member_id)).first() is None:
        raise UnknownMember(member_id)
    programme, rules = current_programme(tx), book_rules(tx)
    return tuple(
        _view(programme, rules.rule(unit), held, language)
        for unit, held in balances_of(tx, [member_id])[member_id].items()
    )


def wallet_name(rule: WalletRule, language: str) -> str:
    """Return what a wallet is called: by its own name, or by what it holds."""
    own = rule.names.get(language) or rule.names.get("en")
    name = own or gettext(language, _NAMES[rule.unit])
    return name[:1].upper() + name[1:]


def known_wallet(tx: Tx, wallet: str) -> str:
    """Return the wallet's name, the default one's for an empty text.

    Raises:
        UnknownWallet: no version of the programme has such a wallet.
    """
    rules = book_rules(tx)
    if wallet and wallet not in rules.wallets:
        raise UnknownWallet(wallet)
    return wallet or rules.main_unit


def worth_minor(programme: Programme, unit: str, grains: int) -> int | None:
    """Return what grains of a wallet are worth as money; ``None``: nothing that is laid down."""
    rule = programme.wallets.get(unit)
    if rule is not None and rule.unit == "currency":
        return int(Decimal(grains).scaleb(programme.minor_digits - rule.decimals))
    redemption = programme.redemption
    if redemption is None or unit != (redemption.wallet or programme.default_wallet):
        return None
    return redemption.value_of(grains)


def _view(programme: Programme, rule: WalletRule, held: WalletBalance, language: str) -> WalletView:
    return WalletView(
        wallet=held.unit,
        name=wallet_name(rule, language),
        unit=rule.unit,
        decimals=rule.decimals,
        balance=held.balance,
        available=held.usable,
        held=held.held,
        pending=held.pending,
        lapsing=held.lapsing,
        lapsing_on=held.lapsing_on,
        lifetime_earned=held.lifetime_earned,
        lifetime_spent=held.lifetime_spent,
        value_minor=worth_minor(programme, held.unit, held.usable),
    )
