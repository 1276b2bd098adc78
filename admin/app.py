"""The application factory."""

from __future__ import annotations

from flask import Flask

from admin.plugins import PLUGINS
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.settings import Mode
from loyalty.kernel.web.app_kit import build_app


def create_app(runtime: Runtime) -> Flask:
    """Return the web application of an installation, every package put together.

    The demo mailbox exists in demo and test mode only.
    """
    app = build_app(runtime, PLUGINS)
    if runtime.settings.mode is not Mode.PRODUCTION:
        for plugin in PLUGINS:
            for pages in plugin.demo_pages:
                app.register_blueprint(pages)
    return app
