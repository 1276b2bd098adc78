"""Who holds this card, and what does her card look like?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, case, func, or_, select

from loyalty.cards import Code, CodeKind, Mistyped, NotACode, read_code
from loyalty.codes import code_of, lookup_of
from loyalty.errors import (
    CardBlocked,
    CardMistyped,
    CardNotReadable,
    CardReplaced,
    MemberBlocked,
    UnknownCard,
    UnknownMember,
)
from loyalty.identity import (
    NotAnEmail,
    NotAPhone,
    clean_email,
    clean_phone,
    display_name,
    email_key,
)
from loyalty.kernel.prepared import Asked
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.lots import usable_points
from loyalty.models import Card, Lot, Member, MemberIdentity, TierCredit, TierStanding, Wallet
from loyalty.programme import Metric, shadow_of
from loyalty.qr import code_png, code_svg
from loyalty.queries.programme import BookRules, book_rules, current_programme
from loyalty.queries.standings import (
    STATE_FACTS,
    facts_of,
    plain_facts,
    settled,
    sum_of,
    two_years,
)
from loyalty.tiers import is_plain, progress_of
from loyalty.values import CardHolder, CardId, CardState, MemberId, MemberState, TierProgress


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A card as its owner sees it. ``grouped`` are its letters in groups of four."""

    card_id: CardId
    code: str
    grouped: str
    state: CardState


def card_holder(tx: Tx, code: str, *, keys: Keys) -> CardHolder:
    """Return who holds the card whose code was scanned or typed: one statement.

    Raises:
        CardNotReadable: the text is not the code of a card.
        CardMistyped: a letter is wrong.
        UnknownCard: no card has this code.
        CardBlocked, CardReplaced: the card has ended.
        MemberBlocked: the card is good, the membership is not.
    """
    row = tx.run(*holder_question(tx, code, keys=keys)).first()
    if row is None or row.state is MemberState.ERASED:
        raise UnknownCard
    if row.card_state is CardState.BLOCKED:
        raise CardBlocked
    if row.card_state is CardState.REPLACED:
        raise CardReplaced
    return _holder(tx, row, row.card_id)


def holder_question(tx: Tx, code: str, *, keys: Keys) -> Asked:
    """Return what ``card_holder`` asks.

    Raises:
        CardNotReadable, CardMistyped: the text is not the code of a card.
    """
    return _question(tx, _BY_CARD, {"lookup": lookup_of(keys, card_code(code))})


def holder_by_contact(tx: Tx, text: str) -> CardHolder:
    """Return the member whose e-mail address or telephone number was typed at a till.

    Raises:
        UnknownCard: nobody has it, or it is neither.
        MemberBlocked: the membership is blocked.
    """
    try:
        key, column = email_key(clean_email(text)), "email"
    except NotAnEmail:
        try:
            key, column = clean_phone(text), "phone"
        except NotAPhone as error:
            raise UnknownCard from error
    row = _find(tx, _BY_EMAIL if column == "email" else _BY_PHONE, {"contact": key})
    if row is None:
        raise UnknownCard
    return _holder(tx, row, None)


def holder_by_member(tx: Tx, member_id: MemberId) -> CardHolder:
    """Return what a till may see of a member who is known already.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
        MemberBlocked: the membership is blocked.
    """
    row = _find(tx, _BY_MEMBER, {"member_id": member_id})
    if row is None or row.state is MemberState.ERASED:
        raise UnknownMember(member_id)
    return _holder(tx, row, None)


def member_card(tx: Tx, member_id: MemberId, *, keys: Keys) -> MemberCard:
    """Return the newest active card of a member, or the newest of all when none is active.

    Raises:
        UnknownMember: nobody has this id.
    """
    row = tx.run(
        select(Card.id, Card.state)
        .where(Card.member_id == member_id)
        .order_by(case((Card.state == CardState.ACTIVE, 0), else_=1), Card.id.desc())
        .limit(1)
    ).first()
    if row is None:
        raise UnknownMember(member_id)
    return _card(keys, row)


def cards_of(tx: Tx, member_id: MemberId, *, keys: Keys) -> tuple[MemberCard, ...]:
    """Return every card of a member, the newest first."""
    rows = tx.run(
        select(Card.id, Card.state).where(Card.member_id == member_id).order_by(Card.id.desc())
    )
    return tuple(_card(keys, row) for row in rows)


def card_svg(code: str) -> str:
    """Return a code's QR symbol as an SVG element on a white plate."""
    return code_svg(code)


def card_png(code: str, *, scale: int = 8) -> bytes:
    """Return a code's QR symbol as a PNG, ``scale`` pixels a module."""
    return code_png(code, scale=scale)


def card_code(text: str) -> Code:
    """Return the card code that ``text`` spells.

    Raises:
        CardNotReadable: it is not the code of a card.
        CardMistyped: a letter is wrong.
    """
    try:
        code = read_code(text)
    except Mistyped as error:
        raise CardMistyped from error
    except NotACode as error:
        raise CardNotReadable from error
    if code.kind is not CodeKind.CARD:
        raise CardNotReadable
    return code


def _holder_statement(
    metric: Metric, *where: ColumnElement[bool], with_card: bool = False
) -> Select[Any]:
    """Return the one statement behind every look-up: the member, her level's facts, her points."""
    lapsed = select(func.coalesce(func.sum(Lot.granted - Lot.consumed), 0)).where(
        Lot.member_id == Member.id,
        Lot.unit == bindparam("unit"),
        or_(Lot.expires_on <= bindparam("lapse_day"), Wallet.active_on <= bindparam("idle_since")),
    )
    arrived = select(func.coalesce(func.sum(Lot.granted - Lot.consumed), 0)).where(
        Lot.member_id == Member.id,
        Lot.unit == bindparam("shadow"),
        Lot.expires_on <= bindparam("today"),
    )
    columns: list[Any] = [
        Member.id,
        Member.state,
        Member.language,
        MemberIdentity.given_name,
        MemberIdentity.family_name,
        func.coalesce(Wallet.balance, 0).label("balance"),
        func.coalesce(Wallet.held, 0).label("held"),
        *(getattr(TierStanding, name) for name in STATE_FACTS),
        TierStanding.rule_key,
        _year_of(metric, "this", "this_last").label("this_year"),
        _year_of(metric, "before", "before_last").label("year_before"),
        lapsed.correlate(Member, Wallet).scalar_subquery().label("lapsed"),
        arrived.scalar_subquery().label("arrived"),
    ]
    statement = (
        select(*columns)
        .select_from(Member)
        .join(MemberIdentity, MemberIdentity.member_id == Member.id)
        .outerjoin(Wallet, and_(Wallet.member_id == Member.id, Wallet.unit == bindparam("unit")))
        .join(TierStanding, TierStanding.member_id == Member.id)
    )
    if with_card:
        statement = statement.join(Card, Card.member_id == Member.id).add_columns(
            Card.id.label("card_id"), Card.state.label("card_state")
        )
    return statement.where(*where)


_BY_CARD = Card.lookup == bindparam("lookup")
_BY_EMAIL = MemberIdentity.email_key == bindparam("contact")
_BY_PHONE = MemberIdentity.phone_key == bindparam("contact")
_BY_MEMBER = Member.id == bindparam("member_id")


@cache
def _looking(metric: Metric, by: ColumnElement[bool]) -> Select[Any]:
    return _holder_statement(metric, by, with_card=by is _BY_CARD)


def _year_of(metric: Metric, first: str, last: str) -> ScalarSelect[Any]:
    years: Select[Any] = sum_of(metric, first, last)
    return years.where(TierCredit.member_id == Member.id).scalar_subquery()


def _find(tx: Tx, by: ColumnElement[bool], key: dict[str, Any]) -> Any:
    return tx.run(*_question(tx, by, key)).first()


def _question(tx: Tx, by: ColumnElement[bool], key: dict[str, Any]) -> Asked:
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    days = _wallet_days(book_rules(tx), today)
    return _looking(programme.tiers.metric, by), {**key, **two_years(today), **days}


def _holder(tx: Tx, row: Any, card_id: CardId | None) -> CardHolder:
    """Return the read model of a row, unless the membership is blocked."""
    if row.state is not MemberState.ACTIVE:
        raise MemberBlocked(row.id)
    return CardHolder(
        member_id=row.id,
        card_id=card_id,
        display_name=display_name(row.given_name, row.family_name),
        language=row.language,
        tier=_tier(tx, row),
        balance=_shown_balance(row),
    )


def _tier(tx: Tx, row: Any) -> TierProgress:
    """Return where the member of a row stands today; two years decide, or every credit of hers."""
    programme = current_programme(tx)
    rule, today = programme.tiers, programme.local_day(tx.now)
    if is_plain(rule):
        facts = plain_facts(rule, today, row.this_year, row.year_before)
    else:
        facts = facts_of(tx, programme, [row.id])[row.id]
    return progress_of(rule, settled(rule, row, facts, today), facts, today)


def _shown_balance(row: Any) -> int:
    """Return what may be spent, or the debt when the balance is below zero."""
    if row.balance < 0:
        return int(row.balance)
    usable = usable_points(row.balance, held=row.held, lapsed=int(row.lapsed))
    return usable + int(row.arrived)


def _wallet_days(rules: BookRules, today: date) -> dict[str, Any]:
    """Return the default wallet, the last expiry day that is over, and since when it was idle."""
    rule = rules.rule(rules.main_unit)
    last = rule.gone_day(today)
    return {
        "unit": rules.main_unit,
        "shadow": shadow_of(rules.main_unit),
        "today": today,
        "lapse_day": last,
        "idle_since": rule.idle_since(last),
    }


def _card(keys: Keys, row: Any) -> MemberCard:
    code = code_of(keys, CodeKind.CARD, row.id)
    return MemberCard(row.id, code.letters, code.grouped, row.state)
