"""The offer's document: every key that it may have, kind by kind, declared once."""

from __future__ import annotations

from offers.values.documents.offer import OFFER
from offers.values.documents.parts import CONDITIONS, FILTER

__all__ = ["CONDITIONS", "FILTER", "OFFER"]
