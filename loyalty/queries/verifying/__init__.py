"""Proving the books: every figure that is stored twice says the same twice."""

from __future__ import annotations

from loyalty.queries.verifying.books import RULES, verify_books
from loyalty.queries.verifying.rule import Finding

__all__ = ["RULES", "Finding", "verify_books"]
