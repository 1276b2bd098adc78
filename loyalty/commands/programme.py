"""Publishing versions of the programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from loyalty.commands.sql import insert_rows
from loyalty.compiling import compile_programme, default_wallet_of
from loyalty.errors import ExamplesNotProven, ProgrammeRefused
from loyalty.kernel.audit import record_audit
from loyalty.kernel.revisions import bump
from loyalty.kernel.tx import Tx
from loyalty.models import ProgrammeVersion
from loyalty.models.programme import VersionState
from loyalty.presets import THREE_TIER_GROCER, preset_document
from loyalty.programme import ProgrammeUnclear
from loyalty.programme_text import refused, said_wrongly
from loyalty.queries.catalogue_names import catalogue_of
from loyalty.queries.programme import TOPIC
from loyalty.values import SCRATCH, ExamplesProof, ProgrammeVersionId, document_digest

FROM_THE_START = datetime(2000, 1, 1, tzinfo=UTC)
"""When the first version takes effect: history that is imported falls under it too."""


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """The answer to a publication; ``replayed`` when the newest version already said the same."""

    version_id: ProgrammeVersionId
    number: int
    effective_from: datetime
    replayed: bool


def publish_preset(
    tx: Tx, *, name: str = THREE_TIER_GROCER, effective_from: datetime | None = None
) -> PublishedVersion:
    """Publish the preset ``name`` as the next version of the programme.

    Raises:
        KeyError: there is no such preset.
    """
    document = preset_document(name)
    return publish_programme(tx, document=document, effective_from=effective_from, proof=SCRATCH)


def publish_programme(
    tx: Tx,
    *,
    document: dict[str, Any],
    effective_from: datetime | None = None,
    proof: ExamplesProof | None = None,
) -> PublishedVersion:
    """Publish ``document`` as the next version. Publishing the newest one again changes nothing.

    It takes effect at ``effective_from``: by default now, and from the start of time when it is
    the first. A published version never changes; postings keep naming the one they used. With
    other stairs the next review looks at every member.

    ``proof`` says that the worked examples which the document carries all pass; whoever runs them
    hands it over.

    Raises:
        ProgrammeRefused: the document promises what cannot be; ``errors`` says where and why.
        ExamplesNotProven: it carries examples, and they were not run with this very document.
    """
    newest = _newest(tx)
    default_wallet = default_wallet_of(document)
    known = newest is not None and newest.default_wallet in {None, default_wallet}
    if newest is not None and known and newest.document == document:
        return PublishedVersion(newest.id, newest.number, newest.effective_from, replayed=True)
    version_id = ProgrammeVersionId(tx.new_id("pgv"))
    _check(document, version_id)
    if proof != SCRATCH:
        _demand(tx, document, proof)
    number = newest.number + 1 if newest else 1
    starts = effective_from or (tx.now if newest else FROM_THE_START)
    row = {
        "id": version_id,
        "programme": document.get("name", "programme"),
        "number": number,
        "state": VersionState.PUBLISHED,
        "effective_from": starts,
        "document": document,
        "default_wallet": default_wallet,
        "published_at": tx.now,
        "published_by": tx.actor,
    }
    insert_rows(tx, ProgrammeVersion, [row])
    bump(tx, TOPIC)
    record_audit(tx, action="publish-programme", subject=version_id, details={"number": number})
    return PublishedVersion(version_id, number, starts, replayed=False)


def _newest(tx: Tx) -> Any:
    """Return the newest version, locked: publications stand in line."""
    return tx.run(
        select(
            ProgrammeVersion.id,
            ProgrammeVersion.number,
            ProgrammeVersion.effective_from,
            ProgrammeVersion.document,
            ProgrammeVersion.default_wallet,
        )
        .order_by(ProgrammeVersion.number.desc())
        .limit(1)
        .with_for_update()
    ).first()


def _demand(tx: Tx, document: dict[str, Any], proof: ExamplesProof | None) -> None:
    """Demand that the programme can keep what it promises and that its examples were proven."""
    faults = said_wrongly(document, catalogue_of(tx, document))
    if faults:
        raise refused(faults)
    if document.get("examples") and (proof is None or proof.digest != document_digest(document)):
        raise ExamplesNotProven


def _check(document: dict[str, Any], version_id: ProgrammeVersionId) -> None:
    """Compile the document for the sake of its mistakes."""
    try:
        compile_programme(document, version_id=version_id)
    except ProgrammeUnclear as error:
        raise ProgrammeRefused({error.path: [error.reason]}) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ProgrammeRefused({"": [f"{type(error).__name__}: {error}"]}) from error
