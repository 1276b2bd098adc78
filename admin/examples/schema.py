"""The published JSON Schema of worked examples."""

from __future__ import annotations

import json
from typing import Any

from admin.examples.vocabulary import DOCUMENT
from loyalty.kernel.shapes import json_schema

TITLE = "Worked example"


def examples_schema() -> dict[str, Any]:
    """Return the JSON Schema of one document of a file of examples."""
    return json_schema(DOCUMENT, TITLE)


def schema_text() -> str:
    """Return the schema as it is published: the same text every time."""
    return json.dumps(examples_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
