"""The books: prove them, see the jobs and what privileged people did."""

from __future__ import annotations

from flask import Response, request, url_for

from admin.pages.blueprint import blueprint
from admin.queries import TRAIL_LENGTH, audit_trail
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.audit import first_broken_entry
from loyalty.kernel.problems import N_
from loyalty.kernel.web.context import database
from loyalty.kernel.web.pages import render_page
from loyalty.queries import RULES, Finding, verify_books

Proof = list[tuple[str, Finding | None]]
"""Each rule in words, with the first row that breaks it."""

AUDIT_RULE = N_("each audit entry follows from the one before")


@blueprint.get("/books")
@allow(staff(Role.ADMIN, Role.AUDITOR, Role.ANALYST))
def books() -> Response:
    """Show the audit trail and offer the proof of the books."""
    return _page(None)


@blueprint.post("/books")
@allow(staff(Role.ADMIN, Role.AUDITOR, Role.ANALYST))
def prove_books() -> Response:
    """Prove the books now and show rule by rule what was checked."""
    with database().look(actor="admin:verify") as tx:
        found = {one.rule: one for one in verify_books(tx)}
        broken = first_broken_entry(tx)
    proof = [(RULES[name], found.get(name)) for name in RULES]
    if broken is not None:
        audit = Finding("audit", str(broken), "")
        return _page([*proof, (AUDIT_RULE, audit)])
    return _page([*proof, (AUDIT_RULE, None)])


def _page(proof: Proof | None) -> Response:
    before = request.args.get("before", "")
    with database().look() as tx:
        trail = audit_trail(tx, before=int(before) if before.isdecimal() else None)
    older = url_for("admin.books", before=trail[-1].seq) if len(trail) == TRAIL_LENGTH else ""
    return render_page("admin/books.html", proof=proof, trail=trail, older=older)
