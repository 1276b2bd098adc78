"""What the programme owes, for the accountant: figures, months, and the journal to take away."""

from __future__ import annotations

import csv
import io

from flask import Response

from admin.pages.blueprint import blueprint
from admin.pages.words import percent
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.web.context import database
from loyalty.kernel.web.pages import render_page
from loyalty.queries import Liability, liability, liability_journal

READERS = staff(Role.ADMIN, Role.AUDITOR, Role.ANALYST)
_BOM = "\ufeff"
"""So that a spreadsheet reads the file as UTF-8."""


@blueprint.get("/liability")
@allow(READERS)
def owed() -> Response:
    """Show the liability as of now; everything is computed from the postings."""
    found = _found()
    return render_page("admin/owed.html", owed=found, drift=_drift(found), percent=percent)


@blueprint.get("/liability/journal.csv")
@allow(READERS)
def owed_journal() -> Response:
    """Hand over the bookings of every month, amounts in minor units."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["on", "account", "debit_minor", "credit_minor"])
    for one in liability_journal(_found()):
        writer.writerow([one.on.isoformat(), one.account, one.debit_minor, one.credit_minor])
    return Response(
        _BOM + file.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="points-journal.csv"'},
    )


def _found() -> Liability:
    with database().look(actor="admin:liability") as tx:
        return liability(tx)


def _drift(found: Liability) -> int:
    """Return by how many basis points last year's estimate was too high; below zero: too low."""
    test = found.tested
    return (test.predicted - test.used) * 10_000 // test.outstanding if test else 0
