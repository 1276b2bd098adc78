"""The runtime of a command, opened when the command first asks for it.

So that ``--help`` and ``loyalty secret`` work before anything is configured.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from loyalty.kernel.logs import configure_logs
from loyalty.kernel.runtime import Runtime, open_runtime
from loyalty.kernel.settings import load_settings


class LazyRuntime:
    """Stands for a ``Runtime``; reads the settings on first use."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Remember where the settings will be read from."""
        self._environ = environ

    @cached_property
    def _runtime(self) -> Runtime:
        settings = load_settings(self._environ)
        configure_logs(settings.log_level)
        return open_runtime(settings)

    def __getattr__(self, name: str) -> Any:
        """Return a part of the runtime."""
        return getattr(self._runtime, name)
