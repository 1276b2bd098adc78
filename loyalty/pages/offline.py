"""What makes the app installable, and the card usable without a network."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from loyalty.kernel.access.principals import PUBLIC, allow
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_
from loyalty.kernel.web.assets import asset
from loyalty.kernel.web.context import language, runtime
from loyalty.pages.shopper import blueprint, render_unseen

KEPT = (
    "kernel/js/theme.js",
    "kernel/js/dialog.js",
    "kernel/tokens.css",
    "kernel/base.css",
    "kernel/forms.css",
    "kernel/components.css",
    "kernel/data.css",
    "kernel/app.css",
    "kernel/icons/favicon.svg",
    "kernel/icons/icon-192.png",
    "loyalty/shopper.css",
    "loyalty/card.js",
    "loyalty/pocket.js",
)
"""What the card needs to be drawn without a network. None of it says anything about anybody."""

_ICONS = (
    ("kernel/icons/icon-192.png", "192x192", "any"),
    ("kernel/icons/icon-512.png", "512x512", "any"),
    ("kernel/icons/icon-maskable-192.png", "192x192", "maskable"),
    ("kernel/icons/icon-maskable-512.png", "512x512", "maskable"),
)


@blueprint.get("/manifest.webmanifest")
@allow(PUBLIC)
def manifest() -> Response:
    """Describe the app to the phone that installs it. Source: W3C Web Application Manifest."""
    response = jsonify(_manifest())
    response.content_type = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/sw.js")
@allow(PUBLIC)
def service_worker() -> Response:
    """Serve the worker; from here, so that it rules over ``/app/`` and nothing else."""
    kept = [asset(name) for name in KEPT]
    response = render_unseen("loyalty/sw.js", kept=kept)
    response.content_type = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/offline")
@allow(PUBLIC)
def offline() -> Response:
    """Say that there is no network and no card in this browser yet."""
    return render_unseen("loyalty/offline.html")


def _manifest() -> dict[str, Any]:
    brand = runtime().settings.brand
    return {
        "id": "/app/",
        "name": gettext(language(), N_("{brand} card"), brand=brand),
        "short_name": brand,
        "lang": language(),
        "dir": "ltr",
        "start_url": "/app/",
        "scope": "/app/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#f6f3f5",
        "theme_color": "#f6f3f5",
        "categories": ["shopping", "lifestyle"],
        "icons": [
            {"src": asset(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in _ICONS
        ],
    }
