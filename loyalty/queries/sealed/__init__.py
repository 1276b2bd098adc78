"""What is sealed besides the chain of postings: every row that carries money, points or a level."""

from __future__ import annotations

from loyalty.queries.sealed.books import BOOKS, STRETCHES, Book
from loyalty.queries.sealed.cut import IMPORTED, Cut, attached_since, cut_of
from loyalty.queries.sealed.judging import Judged, judge, named_line
from loyalty.queries.sealed.pages import Found, Key, Span, next_span, read_page
from loyalty.queries.sealed.records import GONE, Record, latest_records, records_digest, records_of
from loyalty.queries.sealed.rows import spell
from loyalty.queries.sealed.stretches import TABLES, part, stretches_between

__all__ = [
    "BOOKS",
    "GONE",
    "IMPORTED",
    "STRETCHES",
    "TABLES",
    "Book",
    "Cut",
    "Found",
    "Judged",
    "Key",
    "Record",
    "Span",
    "attached_since",
    "cut_of",
    "judge",
    "latest_records",
    "named_line",
    "next_span",
    "part",
    "read_page",
    "records_digest",
    "records_of",
    "spell",
    "stretches_between",
]
