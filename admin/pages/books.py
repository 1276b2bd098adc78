"""The books: prove them, see the jobs and what privileged people did."""

from __future__ import annotations

from flask import Response, request, url_for

from admin.pages.blueprint import blueprint
from admin.queries import TRAIL_LENGTH, audit_trail
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.audit import first_broken_entry
from loyalty.kernel.web.context import database
from loyalty.kernel.web.pages import render_page
from loyalty.queries import verify_books


@blueprint.get("/books")
@allow(staff(Role.ADMIN, Role.AUDITOR, Role.ANALYST))
def books() -> Response:
    """Show the audit trail and offer the proof of the books."""
    return _page(report=None, broken=None)


@blueprint.post("/books")
@allow(staff(Role.ADMIN, Role.AUDITOR, Role.ANALYST))
def prove_books() -> Response:
    """Prove the books now and show rule by rule what was checked."""
    with database().look(actor="admin:verify") as tx:
        report, broken = verify_books(tx), first_broken_entry(tx)
    return _page(report=report, broken=broken)


def _page(*, report: object, broken: int | None) -> Response:
    before = request.args.get("before", "")
    with database().look() as tx:
        trail = audit_trail(tx, before=int(before) if before.isdecimal() else None)
    older = url_for("admin.books", before=trail[-1].seq) if len(trail) == TRAIL_LENGTH else ""
    return render_page("admin/books.html", report=report, broken=broken, trail=trail, older=older)
