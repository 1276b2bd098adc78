"""Proving the books: every figure that is stored twice says the same twice."""

from __future__ import annotations

from loyalty.queries.verifying.books import RULES, verify_books
from loyalty.queries.verifying.rule import Finding
from loyalty.queries.verifying.together import verify_together

__all__ = ["RULES", "Finding", "verify_books", "verify_together"]
