"""The programme's document: every key that it may have, declared once."""

from __future__ import annotations

from loyalty.values.documents.parts import EVENT, EXPIRY, FILTER_KEYS, NAMES
from loyalty.values.documents.policy import POLICY_KEYS
from loyalty.values.documents.programme import CHANGES, PROGRAMME

__all__ = ["CHANGES", "EVENT", "EXPIRY", "FILTER_KEYS", "NAMES", "POLICY_KEYS", "PROGRAMME"]
