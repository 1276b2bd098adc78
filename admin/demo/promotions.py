"""The offers that run when the demo opens, as the documents a marketer would have written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import yaml

from admin.demo.catalogue import DATA


def offer_documents(today: date) -> list[dict[str, Any]]:
    """Return the documents of the offers that run on ``today``, its time of year included.

    Dates are local days around ``today``: each offer has begun and none ends within three weeks.
    """
    entries = yaml.safe_load((DATA / "offers.yaml").read_text(encoding="utf-8"))
    return [
        {
            **entry["document"],
            "from": (today + timedelta(days=entry["starts"])).isoformat(),
            "until": (today + timedelta(days=entry["lasts"])).isoformat(),
        }
        for entry in entries
        if today.month in entry.get("months", (today.month,))
    ]
