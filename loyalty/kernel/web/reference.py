"""Pages about the application itself: its API, its refusals, its health."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from loyalty.kernel.access.principals import PUBLIC, allow
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import NotFound, Problem
from loyalty.kernel.web.api import description
from loyalty.kernel.web.context import database, language
from loyalty.kernel.web.pages import render_page
from loyalty.kernel.web.problems import STATUS, framework_refusals

blueprint = Blueprint("reference", __name__)
_METHODS = ("get", "post", "put", "patch", "delete")


@blueprint.get("/openapi.json")
@allow(PUBLIC)
def openapi() -> Response:
    """Publish the API as OpenAPI 3.1."""
    return jsonify(description())


@blueprint.get("/docs/api")
@allow(PUBLIC)
def api_page() -> Response:
    """Show the API to people."""
    document = description()
    return render_page(
        "docs/api.html", groups=_groups(document), schemas=document["components"]["schemas"]
    )


@blueprint.get("/problems/<slug>")
@allow(PUBLIC)
def problem_page(slug: str) -> Response:
    """Explain a refusal: what it means and what to do."""
    found = problems().get(slug)
    if found is None:
        return _framework_page(slug)
    return render_page(
        "docs/problem.html",
        slug=slug,
        title=gettext(language(), found.title),
        paragraphs=inspect.cleandoc(found.__doc__ or "").split("\n\n"),
        facts=[field.name for field in fields(found)],
        http_status=STATUS[found.kind],
    )


@blueprint.get("/healthz")
@allow(PUBLIC)
def health() -> Response:
    """Say that the application and its database answer."""
    with database().look() as tx:
        tx.run(text("SELECT 1"))
    return jsonify({"status": "ok"})


def problems() -> dict[str, type[Problem]]:
    """Return every refusal of the application by its slug."""
    found: dict[str, type[Problem]] = {}
    waiting = list(Problem.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting.extend(one.__subclasses__())
        if one.slug:
            found[one.slug] = one
    return dict(sorted(found.items()))


def _framework_page(slug: str) -> Response:
    """Explain one of the framework's own refusals."""
    refusal = framework_refusals().get(slug)
    if refusal is None:
        raise NotFound("problem")
    return render_page(
        "docs/problem.html",
        slug=slug,
        title=refusal.title,
        paragraphs=[refusal.detail],
        facts=[],
        http_status=refusal.status,
    )


def _groups(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the operations of an OpenAPI document by tag, in the order of the document."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                operation = {**item[method], "path": path, "method": method.upper()}
                parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
                groups.setdefault(operation["tags"][0], []).append(
                    {**operation, "parameters": parameters}
                )
    return groups
