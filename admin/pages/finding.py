"""Finding the one other member that a form names."""

from __future__ import annotations

from collections.abc import Iterable

from loyalty.errors import UnknownMember
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import runtime
from loyalty.queries import Membership, find_members, member_name, membership
from loyalty.values import MemberId

_MEMBER = "mbr_"


def found_member(tx: Tx, text: str) -> Membership | None:
    """Return the one member whom a card, address, number, whole name or id names; else ``None``."""
    if text.startswith(_MEMBER):
        return _member(tx, text)
    rows = find_members(tx, text, keys=runtime().keys, limit=2).items
    return _member(tx, rows[0].member_id) if len(rows) == 1 else None


def names_of(tx: Tx, member_ids: Iterable[MemberId]) -> dict[MemberId, str]:
    """Return the full names of members; who was erased has a dash."""
    found = {}
    for member_id in set(member_ids):
        try:
            who = member_name(tx, member_id)
        except UnknownMember:
            found[member_id] = "–"
        else:
            found[member_id] = f"{who.given_name} {who.family_name}".strip()
    return found


def _member(tx: Tx, member_id: str) -> Membership | None:
    try:
        return membership(tx, MemberId(member_id))
    except UnknownMember:
        return None
