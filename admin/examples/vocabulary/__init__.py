"""The vocabulary of worked examples: every key of a file, declared once."""

from __future__ import annotations

from admin.examples.vocabulary.document import DOCUMENT
from admin.examples.vocabulary.expect import EXPECT
from admin.examples.vocabulary.steps import BESIDE, STEP
from admin.examples.vocabulary.verbs import VERBS

__all__ = ["BESIDE", "DOCUMENT", "EXPECT", "STEP", "VERBS"]
