"""What every answer says to the browser: what it may load, keep and tell others.

Source: OWASP ASVS 5.0.0, V3.4 and V3.5.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

from loyalty.kernel.web.context import runtime

_CAMERA = "camera=(self), microphone=(), geolocation=(), payment=()"
_NO_CAMERA = "camera=(), microphone=(), geolocation=(), payment=()"


def install_headers(app: Flask) -> None:
    """Add the headers to every answer of this application."""
    app.after_request(add_headers)


def csp_nonce() -> str:
    """Return the number used once that marks the scripts and styles of this answer as ours."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    found: str = g.csp_nonce
    return found


def allow_camera() -> None:
    """Let the page of this answer use the camera and run a WebAssembly decoder."""
    g.allow_camera = True


def add_headers(response: Response) -> Response:
    """Set content-security policy and its companions; what a view has set itself stays."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", _CAMERA if g.get("allow_camera") else _NO_CAMERA)
    if not request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
    if runtime().settings.cookie_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    return response


def _policy() -> str:
    nonce = csp_nonce()
    wasm = " 'wasm-unsafe-eval'" if g.get("allow_camera") else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'{wasm}",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )
