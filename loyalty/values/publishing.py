"""ExamplesProof that a programme's own worked examples pass: what publishing asks for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ExamplesProof:
    """The digest of the very document whose examples all passed."""

    digest: str


SCRATCH = ExamplesProof("scratch")
"""For a scratch installation that proves other things: nothing is demanded of its programme."""


def document_digest(document: Mapping[str, Any]) -> str:
    """Return what tells this document from every other one."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
