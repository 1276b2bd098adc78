"""An application that serves the design system alone: the style guide and one page of each face."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from flask import Blueprint, request
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader
from markupsafe import Markup

from loyalty.kernel.access.principals import PUBLIC, allow
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.plugin import Plugin
from loyalty.kernel.problems import TooManyTries
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from loyalty.kernel.web import app_kit
from loyalty.kernel.web.pages import render_page

CODE = Markup(
    '<svg viewBox="0 0 12 12"><rect width="12" height="12" fill="#fff"></rect>'
    '<path d="M4 4h4v4h-4z" fill="#000"></path></svg>'
)
NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
DORA = SimpleNamespace(display_name="Dora Marchand", role=None)
LEVELS = [
    {"label": "Base", "text": "0 €"},
    {"label": "Gold", "text": "3,000 €"},
    {"label": "Platinum", "text": "8,000 €"},
]
PAGES = {
    "/admin/styleguide": ("styleguide.html", ("home", "people", "tag")),
    "/app/card": ("card.html", ("card", "gift", "history", "user")),
    "/till/sale": ("sale.html", ("basket", "return", "clock")),
}


def nav(*icons):
    return [
        SimpleNamespace(label=name.title(), url=f"#{name}", icon=name, active=name == icons[0])
        for name in icons
    ]


def build_design_app(settings, database, monkeypatch):
    """Return the application; nothing of it but the pages below is reached by the tests."""
    monkeypatch.setattr(app_kit, "TEMPLATE_PACKAGES", ("loyalty.kernel.web",))
    runtime = Runtime(settings=settings, database=database, keys=Keys("k"), cache=MemoryCache())
    pages = Blueprint("design", __name__)
    for path, (template, icons) in PAGES.items():
        view = _view(template, icons)
        pages.add_url_rule(path, view.__name__, allow(PUBLIC)(view))
    pages.add_url_rule("/app/busy", "busy", allow(PUBLIC)(_busy))
    pages.add_url_rule("/app/echo", "echo", allow(PUBLIC)(_echo), methods=["POST"])
    app = app_kit.build_app(runtime, (Plugin("design", pages=(pages,)),))
    samples = FileSystemLoader(Path(__file__).parent / "pages")
    kernel = PackageLoader("loyalty.kernel.web")
    app.jinja_loader = ChoiceLoader([kernel, samples])
    return app


def _view(template, icons):
    def show():
        return render_page(
            template,
            nav=nav(*icons),
            principal=DORA,
            sample_qr=CODE,
            sample_at=NOON,
            code=CODE,
            levels=LEVELS,
            flashes=[("good", "Saved."), ("message", "Said.")],
        )

    show.__name__ = template.removesuffix(".html")
    return show


def _busy():
    raise TooManyTries(42)


def _echo():
    return {"heard": request.get_json(), "key": request.headers.get("Idempotency-Key")}
