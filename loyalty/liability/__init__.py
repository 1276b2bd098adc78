"""What the programme owes: outstanding points in money, what of them will never be used, and when.

Pure arithmetic on monthly flows of cohorts; ``queries.liability`` reads the flows from the ledger.
A cohort is the points that expire together.
"""

from __future__ import annotations

from loyalty.liability.breakage import BackTest, Estimate, back_test, estimate
from loyalty.liability.cohorts import Cohort, Flow, cohorts_of, month_of, months_between
from loyalty.liability.schedule import (
    Entry,
    Month,
    allocate,
    journal,
    recognised,
    schedule,
)

__all__ = [
    "BackTest",
    "Cohort",
    "Entry",
    "Estimate",
    "Flow",
    "Month",
    "allocate",
    "back_test",
    "cohorts_of",
    "estimate",
    "journal",
    "month_of",
    "months_between",
    "recognised",
    "schedule",
]
