"""Issuing, blocking and replacing cards."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from loyalty.cards import CodeKind
from loyalty.codes import code_of, lookup_of
from loyalty.commands.sql import insert_rows
from loyalty.errors import CardNotActive, SourceReused, UnknownCard, UnknownMember
from loyalty.kernel.audit import record_audit
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Card, Member
from loyalty.values import CardId, CardState, MemberId, MemberState


@dataclass(frozen=True, slots=True)
class CardReceipt:
    """A card as a command left it. ``code`` are its letters, ungrouped; empty for an ended card."""

    card_id: CardId
    member_id: MemberId
    code: str
    state: CardState
    replayed: bool = False


def issue_card(
    tx: Tx, *, keys: Keys, member_id: MemberId, source: str | None = None
) -> CardReceipt:
    """Give a member a card; she may have several. The same ``source`` gives the same card.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
        SourceReused: the source stands for another member's card.
    """
    lock_member(tx, member_id)
    return add_card(tx, keys=keys, member_id=member_id, source=source)


def block_card(tx: Tx, *, member_id: MemberId, card_id: CardId) -> CardReceipt:
    """Stop a card for good. Blocking a blocked card again changes nothing.

    Raises:
        UnknownCard: the member has no such card.
        CardNotActive: the card was replaced before.
    """
    state = _state_locked(tx, member_id, card_id)
    if state is CardState.BLOCKED:
        return CardReceipt(card_id, member_id, "", state, replayed=True)
    if state is not CardState.ACTIVE:
        raise CardNotActive(card_id, state)
    _end(tx, member_id, card_id, CardState.BLOCKED)
    record_audit(tx, action="block-card", subject=card_id, details={"member": member_id})
    return CardReceipt(card_id, member_id, "", CardState.BLOCKED)


def replace_card(
    tx: Tx, *, keys: Keys, member_id: MemberId, card_id: CardId, source: str | None = None
) -> CardReceipt:
    """End a card and give the member a new one. The same ``source`` gives the same new card.

    Raises:
        UnknownCard: the member has no such card.
        CardNotActive: the card was replaced or blocked before, by another request.
        SourceReused: the source stands for another member's card.
    """
    state = _state_locked(tx, member_id, card_id)
    if state is not CardState.ACTIVE:
        if source is not None and (earlier := _by_source(tx, keys, member_id, source)):
            return earlier
        raise CardNotActive(card_id, state)
    _end(tx, member_id, card_id, CardState.REPLACED)
    record_audit(tx, action="replace-card", subject=card_id, details={"member": member_id})
    return add_card(tx, keys=keys, member_id=member_id, source=source, replaces=card_id)


def transfer_card(
    tx: Tx, *, card_id: CardId, member_id: MemberId, to_member_id: MemberId
) -> CardReceipt:
    """Let an active card name another member from now on; points stay where they are.

    Transferring it again to the same member changes nothing.

    Raises:
        UnknownCard: ``member_id`` has no such card.
        CardNotActive: the card was blocked or replaced.
        UnknownMember: nobody has one of these ids, or the person was erased.
    """
    for one in sorted({member_id, to_member_id}):
        lock_member(tx, one)
    mine = select(Card.state).where(Card.id == card_id)
    if tx.run(mine.where(Card.member_id == to_member_id)).first() is not None:
        return CardReceipt(card_id, to_member_id, "", CardState.ACTIVE, replayed=True)
    state = tx.run(mine.where(Card.member_id == member_id)).scalar()
    if state is None:
        raise UnknownCard
    if state is not CardState.ACTIVE:
        raise CardNotActive(card_id, state)
    tx.run(
        update(Card)
        .where(Card.member_id == member_id, Card.id == card_id)
        .values(member_id=to_member_id)
    )
    details = {"from": member_id, "to": to_member_id}
    record_audit(tx, action="transfer-card", subject=card_id, details=details)
    return CardReceipt(card_id, to_member_id, "", CardState.ACTIVE)


def add_card(
    tx: Tx,
    *,
    keys: Keys,
    member_id: MemberId,
    source: str | None = None,
    replaces: CardId | None = None,
) -> CardReceipt:
    """Write down a new card of a member who is already locked or new."""
    if source is not None and (earlier := _by_source(tx, keys, member_id, source)):
        return earlier
    card_id = CardId(tx.new_id("crd"))
    code = code_of(keys, CodeKind.CARD, card_id)
    insert_rows(
        tx,
        Card,
        [
            {
                "member_id": member_id,
                "id": card_id,
                "lookup": lookup_of(keys, code),
                "state": CardState.ACTIVE,
                "issued_at": tx.now,
                "replaces_id": replaces,
                "source": source,
            }
        ],
    )
    return CardReceipt(card_id, member_id, code.letters, CardState.ACTIVE)


def lock_member(tx: Tx, member_id: MemberId) -> None:
    """Hold the member's row until the transaction ends; her sales may go on meanwhile.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
    """
    state = tx.run(
        select(Member.state).where(Member.id == member_id).with_for_update(key_share=True)
    ).scalar()
    if state is None or state is MemberState.ERASED:
        raise UnknownMember(member_id)


def _by_source(tx: Tx, keys: Keys, member_id: MemberId, source: str) -> CardReceipt | None:
    """Return the card that ``source`` brought about before."""
    row = tx.run(select(Card.id, Card.member_id, Card.state).where(Card.source == source)).first()
    if row is None:
        return None
    if row.member_id != member_id:
        raise SourceReused(source)
    code = code_of(keys, CodeKind.CARD, row.id)
    return CardReceipt(row.id, member_id, code.letters, row.state, replayed=True)


def _state_locked(tx: Tx, member_id: MemberId, card_id: CardId) -> CardState:
    lock_member(tx, member_id)
    found = tx.run(
        select(Card.state).where(Card.member_id == member_id, Card.id == card_id)
    ).scalar()
    if found is None:
        raise UnknownCard
    return CardState(found)


def _end(tx: Tx, member_id: MemberId, card_id: CardId, state: CardState) -> None:
    tx.run(
        update(Card)
        .where(Card.member_id == member_id, Card.id == card_id)
        .values(state=state, ended_at=tx.now)
    )
