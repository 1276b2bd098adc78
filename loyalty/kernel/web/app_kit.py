"""Puts the web together: one call makes a Flask application of a runtime and its plugins."""

from __future__ import annotations

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from loyalty.kernel.plugin import Plugin
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.web import assets, reference
from loyalty.kernel.web.api import install_api
from loyalty.kernel.web.context import EXTENSION
from loyalty.kernel.web.csrf import remember_visit
from loyalty.kernel.web.guard import install_guard
from loyalty.kernel.web.headers import install_headers
from loyalty.kernel.web.pages import install_pages
from loyalty.kernel.web.problems import install_problems
from loyalty.kernel.web.strict_json import StrictJSON

LARGEST_BODY = 1_000_000
TEMPLATE_PACKAGES = (
    "loyalty.kernel.web",
    "loyalty.pages",
    "offers.pages",
    "pos_adapter.pages",
    "campaigns.pages",
    "admin.pages",
)


def build_app(runtime: Runtime, plugins: tuple[Plugin, ...]) -> Flask:
    """Return the application: every page, every API, one guard, one error shape."""
    app = Flask("palier", static_folder=None, template_folder=None)
    app.secret_key = runtime.keys.derive("flash")
    app.json = StrictJSON(app)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SESSION_COOKIE_NAME="palier-flash",
        SESSION_COOKIE_SECURE=runtime.settings.cookie_secure,
        SESSION_COOKIE_SAMESITE="Lax",
        TRAP_HTTP_EXCEPTIONS=False,
    )
    app.extensions[EXTENSION] = runtime
    app.jinja_loader = ChoiceLoader([PackageLoader(package) for package in TEMPLATE_PACKAGES])
    _trust_proxies(app, runtime.settings.trusted_proxies)
    install_guard(app, tuple(one for plugin in plugins for one in plugin.authenticators))
    install_headers(app)
    install_problems(app)
    install_api(app, tuple(one for plugin in plugins for one in plugin.api))
    install_pages(app, tuple(one for plugin in plugins for one in plugin.nav))
    app.after_request(remember_visit)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(reference.blueprint)
    for plugin in plugins:
        for pages in plugin.pages:
            app.register_blueprint(pages)
    return app


def _trust_proxies(app: Flask, hops: int) -> None:
    """Believe X-Forwarded-* of exactly ``hops`` reverse proxies."""
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
