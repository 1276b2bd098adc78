"""Logs for machines, without personal data: one JSON object a line on standard error.

Only named fields get in. As a second net, whatever looks like an e-mail address, a telephone
number or a card code is blanked before it is written.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog

_EMAIL = re.compile(r"[^\s@<>()\"'=]+@[^\s@<>()\"']+\.[a-zA-Z]{2,}")
_PHONE = re.compile(r"(?<![\w.:-])(?:\+|00|0)[1-9](?:[ .-]?\d){7,13}(?![\w.])")
_CARD = re.compile(r"\b[BCDFGHJKLNPRSTVX]{23}(?:[BCDFGHJKLNPRSTVX]{12})?\b")


def configure_logs(level: str) -> None:
    """Send every log of this process, libraries' included, to standard error as JSON lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        blank_personal_data,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
        foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a ring that was missed is no news
    logging.getLogger("alembic").setLevel(logging.WARNING)  # commands say themselves what ran


def blank_personal_data(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank what looks personal in every text of a log line."""
    del logger, method
    return {key: blank(value) if isinstance(value, str) else value for key, value in event.items()}


def blank(text: str) -> str:
    """Return ``text`` with addresses, numbers and card codes replaced by what they were."""
    text = _EMAIL.sub("[email]", text)
    text = _CARD.sub("[card]", text)
    return _PHONE.sub("[phone]", text)
