"""Scripts, styles and pictures of every package, under addresses that change with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from loyalty.kernel.access.principals import PUBLIC, allow

FOLDERS = {
    "kernel": ("loyalty.kernel.web", "static"),
    "loyalty": ("loyalty.pages", "static"),
    "offers": ("offers.pages", "static"),
    "pos_adapter": ("pos_adapter.pages", "static"),
    "campaigns": ("campaigns.pages", "static"),
    "admin": ("admin.pages", "static"),
}
"""Where each package keeps its static files."""

_YEAR = 365 * 24 * 3600
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}

blueprint = Blueprint("assets", __name__, url_prefix="/static")


@blueprint.get("/<package>/<path:name>")
@allow(PUBLIC)
def show(package: str, name: str) -> Response:
    """Serve a static file; for good when its address carries the version."""
    path = _path(package, name)
    if path is None:
        raise NotFound
    response = send_file(path, mimetype=_TYPES.get(path.suffix), conditional=True)
    versioned = request.args.get("v") == _version(str(path), path.stat().st_mtime_ns)
    response.headers["Cache-Control"] = (
        f"public, max-age={_YEAR}, immutable" if versioned else "no-cache"
    )
    return response


def asset(name: str) -> str:
    """Return the address of ``<package>/<file>``, e.g. ``kernel/tokens.css``, with its version.

    Raises:
        FileNotFoundError: there is no such file; a programmer's mistake.
    """
    package, _, rest = name.partition("/")
    path = _path(package, rest)
    if path is None:
        raise FileNotFoundError(name)
    return f"/static/{name}?v={_version(str(path), path.stat().st_mtime_ns)}"


def _path(package: str, name: str) -> Path | None:
    """Return the file behind a name; ``None`` when there is none, or it lies outside."""
    folder = FOLDERS.get(package)
    if folder is None:
        return None
    joined = safe_join(str(files(folder[0]).joinpath(folder[1])), name)
    if joined is None:
        return None
    path = Path(joined)
    return path if path.is_file() else None


@cache
def _version(path: str, changed: int) -> str:
    """Return the first letters of the SHA-256 of a file; ``changed`` renews the memory."""
    del changed
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
