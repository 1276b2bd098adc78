"""The books: prove them, see the jobs and what privileged people did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from admin.pages.asking import asked_number
from admin.pages.blueprint import blueprint, may
from admin.pages.words import action_text, page_of
from admin.queries import TrailLine, audit_trail
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.audit import first_broken_entry
from loyalty.kernel.batches import progress_of_jobs
from loyalty.kernel.clock import monotonic
from loyalty.kernel.jobs import job_outcomes
from loyalty.kernel.problems import N_
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import database
from loyalty.kernel.web.pages import render_page
from loyalty.queries import RULES, Finding, verify_books

AUDIT_RULE = N_("each audit entry follows from the one before")
LONGEST_SUBJECT = 60

READERS = staff(Role.ADMIN, Role.AUDITOR, Role.ANALYST, Role.DPO)


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof of the books: each rule in words with the first row that breaks it, if any."""

    at: datetime
    seconds: int
    rules: tuple[tuple[str, Finding | None], ...]

    @property
    def broken(self) -> int:
        """Return how many rules do not hold."""
        return sum(found is not None for _, found in self.rules)


@blueprint.get("/books")
@allow(READERS)
def books() -> Response:
    """Show the jobs and the audit trail, and offer the proof of the books."""
    return _page(None)


@blueprint.post("/books")
@allow(READERS)
def prove_books() -> Response:
    """Prove the books now and show rule by rule what was checked. Nothing is changed."""
    started = monotonic()
    with database().look(actor="admin:verify") as tx:
        found = {one.rule: one for one in verify_books(tx)}
        rules = [(RULES[name], found.get(name)) for name in RULES]
        rules.append((AUDIT_RULE, _broken_entry(tx)))
        now = tx.now
    return _page(Proof(now, round(monotonic() - started), tuple(rules)))


def _broken_entry(tx: Tx) -> Finding | None:
    broken = first_broken_entry(tx)
    return None if broken is None else Finding("audit-chain", str(broken), "")


def _page(proof: Proof | None) -> Response:
    subject = request.args.get("subject", "").strip()[:LONGEST_SUBJECT]
    before = asked_number("before")
    with database().look() as tx:
        trail = audit_trail(tx, before=before, subject=subject)
        jobs = sorted(job_outcomes(tx).values(), key=lambda one: str(one.name))
        progress = progress_of_jobs(tx)
    asked = subject or None
    return render_page(
        "admin/books.html",
        proof=proof,
        trail=trail,
        subject=subject,
        jobs=jobs,
        progress=progress,
        newest=url_for("admin.books", subject=asked) if before else "",
        older=url_for("admin.books", subject=asked, before=trail.after) if trail.after else "",
        action_text=action_text,
        link_of=_link_of,
    )


def _link_of(line: TrailLine) -> str:
    """Return the page of what an entry is about, for those who may see it."""
    member_id = str(line.details.get("member", ""))
    if member_id and may("admin.member"):
        return url_for("admin.member", member_id=member_id)
    found = page_of(line.subject)
    if found is None or not may(found[0]):
        return ""
    values: dict[str, Any] = {found[1]: line.subject}
    return url_for(found[0], **values)
