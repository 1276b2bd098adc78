"""What a statement says besides the rules that fired: the reward claimed, who gave, why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_
from loyalty.kernel.tx import Tx
from loyalty.models import Redemption, Transfer
from loyalty.programme import Programme
from loyalty.queries.redemptions import reward_name
from loyalty.values import MemberId
from loyalty.words import PostingKind, TransferKind

Told = dict[int, tuple[str, ...]]
_GAVE = {
    TransferKind.GIFT: N_("To another member."),
    TransferKind.POOL: N_("Into the household."),
    TransferKind.EXIT: N_("To a member of the household."),
    TransferKind.MERGE: N_("To the membership that was joined with this one."),
    TransferKind.UNMERGE: N_("Back to the membership that was parted from this one."),
}
_GOT = {
    TransferKind.GIFT: N_("From another member."),
    TransferKind.POOL: N_("From a member of the household."),
    TransferKind.EXIT: N_("From the household."),
    TransferKind.MERGE: N_("From the membership that was joined with this one."),
    TransferKind.UNMERGE: N_("Back from the membership that was parted from this one."),
}
_SPENDING = (PostingKind.REDEEM, PostingKind.SPEND)
_MOVING = (PostingKind.TRANSFER, PostingKind.MERGE)


def told_besides(
    tx: Tx,
    programme: Programme,
    member_id: MemberId,
    postings: Sequence[Any],
    language: str,
) -> Told:
    """Return sentences about postings of one wallet by number; two statements at most."""
    spent = [row.seq for row in postings if row.kind in _SPENDING]
    moved = [row.seq for row in postings if row.kind in _MOVING]
    unit = postings[0].unit if postings else ""
    return {
        **(_claims(tx, programme, (member_id, unit), spent, language) if spent else {}),
        **(_transfers(tx, (member_id, unit), moved, language) if moved else {}),
    }


def _claims(
    tx: Tx, programme: Programme, wallet: tuple[MemberId, str], seqs: list[int], language: str
) -> Told:
    names = {rule.id: reward_name(rule, language) for rule in programme.rewards}
    rows = tx.run(
        select(Redemption.posting_seq, Redemption.reward_id, Redemption.claims).where(
            Redemption.member_id == wallet[0],
            Redemption.wallet == wallet[1],
            Redemption.posting_seq.in_(seqs),
            Redemption.reward_id.is_not(None),
        )
    )
    return {
        row.posting_seq: (
            names.get(row.reward_id, row.reward_id)
            + (f" × {row.claims}" if row.claims > 1 else "")
            + ".",
        )
        for row in rows
    }


def _transfers(tx: Tx, wallet: tuple[MemberId, str], seqs: list[int], language: str) -> Told:
    member_id, unit = wallet
    out = (Transfer.member_id == member_id) & Transfer.seq_out.in_(seqs)
    into = (Transfer.to_member_id == member_id) & Transfer.seq_in.in_(seqs)
    rows = tx.run(
        select(
            Transfer.member_id, Transfer.kind, Transfer.seq_out, Transfer.seq_in, Transfer.reason
        ).where(Transfer.unit == unit, or_(out, into))
    )
    found: Told = {}
    for row in rows:
        gave = row.member_id == member_id
        sentence = gettext(language, (_GAVE if gave else _GOT)[row.kind])
        seq = row.seq_out if gave else row.seq_in
        why = gettext(language, N_("“{reason}”."), reason=row.reason)
        found[seq] = (sentence, why) if row.reason else (sentence,)
    return found
