"""From a draft of the programme to a version: save, prove, approve, publish."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from loyalty.commands.programme import PublishedVersion, publish_programme
from loyalty.errors import (
    DraftChanged,
    DraftNotApproved,
    DraftNotProven,
    OwnDraft,
    ProgrammeRefused,
    UnknownDraft,
)
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.models import ProgrammeDraft
from loyalty.programme_text import LONGEST_DOCUMENT, read_programme
from loyalty.values import DraftId, ExamplesProof, document_digest


@dataclass(frozen=True, slots=True)
class Proof:
    """That the worked examples of the text with this digest were run, and how they ended.

    The ledger cannot run them: whoever can hands over the result.
    """

    text_hash: str
    passed: int
    failed: int


def digest_of(text: str) -> str:
    """Return the digest by which a draft's text is named."""
    return hashlib.sha256(text.encode()).hexdigest()


def begin_draft(tx: Tx, *, name: str, text: str) -> DraftId:
    """Begin a draft; the text may still be wrong.

    Raises:
        ProgrammeRefused: it is longer than a programme may be.
    """
    _check_length(text)
    draft_id = DraftId(tx.new_id("dft"))
    tx.session.add(
        ProgrammeDraft(
            id=draft_id,
            name=name,
            text=text,
            text_hash=digest_of(text),
            begun_at=tx.now,
            changed_at=tx.now,
            changed_by=tx.actor,
        )
    )
    tx.flush()
    return draft_id


def save_draft(tx: Tx, *, draft_id: DraftId, text: str, known_hash: str) -> str:
    """Save what was written over the text with ``known_hash``; return the new digest.

    Saving the same text again changes nothing.

    Raises:
        UnknownDraft: there is no such draft.
        DraftChanged: somebody else has saved another text meanwhile.
        ProgrammeRefused: it is longer than a programme may be.
    """
    _check_length(text)
    draft = _held(tx, draft_id)
    if draft.text != text:
        _same_text(draft, known_hash)
        draft.text, draft.text_hash = text, digest_of(text)
        draft.changed_at, draft.changed_by = tx.now, tx.actor
        tx.flush()
    return draft.text_hash


def note_proof(tx: Tx, *, draft_id: DraftId, proof: Proof) -> None:
    """Keep how the worked examples of a draft ended.

    Raises:
        UnknownDraft: there is no such draft.
        DraftChanged: the proof is of another text.
    """
    draft = _held(tx, draft_id)
    _same_text(draft, proof.text_hash)
    draft.proven_hash = proof.text_hash
    draft.proven_passed, draft.proven_failed = proof.passed, proof.failed
    tx.flush()


def approve_draft(tx: Tx, *, draft_id: DraftId, known_hash: str, alone: bool = False) -> None:
    """Say yes to a draft whose examples all hold. ``alone``: nobody else could.

    Raises:
        UnknownDraft, DraftChanged: it is not the text that was looked at.
        DraftNotProven: its examples were not run, or one fails.
        OwnDraft: the one who wrote it approves it, though somebody else could.
        ProgrammeRefused: the text has mistakes.
    """
    draft = _held(tx, draft_id)
    _same_text(draft, known_hash)
    document = read_programme(draft.text)
    if document.get("examples") and not _is_proven(draft):
        raise DraftNotProven(draft.proven_failed)
    if draft.changed_by == tx.actor and not alone:
        raise OwnDraft
    draft.approved_hash, draft.approved_by, draft.approved_at = known_hash, tx.actor, tx.now
    tx.flush()
    record_audit(tx, action="approve-programme", subject=draft_id, details={"alone": alone})


def publish_draft(
    tx: Tx, *, draft_id: DraftId, known_hash: str, effective_from: datetime | None = None
) -> PublishedVersion:
    """Publish an approved draft as the next version, from ``effective_from``, by default now.

    Publishing it again changes nothing.

    Raises:
        UnknownDraft, DraftChanged: it is not the text that was looked at.
        DraftNotApproved: nobody has approved this text.
        ProgrammeRefused: the text has mistakes.
    """
    draft = _held(tx, draft_id)
    _same_text(draft, known_hash)
    if draft.approved_hash != known_hash:
        raise DraftNotApproved
    document = read_programme(draft.text)
    proof = ExamplesProof(document_digest(document))
    done = publish_programme(tx, document=document, effective_from=effective_from, proof=proof)
    draft.version_id = done.version_id
    tx.flush()
    return done


def _held(tx: Tx, draft_id: DraftId) -> ProgrammeDraft:
    draft = tx.session.get(ProgrammeDraft, draft_id, with_for_update=True)
    if draft is None:
        raise UnknownDraft
    return draft


def _same_text(draft: ProgrammeDraft, known_hash: str) -> None:
    if draft.text_hash != known_hash:
        raise DraftChanged


def _is_proven(draft: ProgrammeDraft) -> bool:
    return draft.proven_hash == draft.text_hash and draft.proven_failed == 0


def _check_length(text: str) -> None:
    if len(text) > LONGEST_DOCUMENT:
        raise ProgrammeRefused({"": [f"At most {LONGEST_DOCUMENT} characters."]})
