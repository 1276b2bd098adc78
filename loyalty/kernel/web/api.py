"""The documented API: flask-smorest with our error shape, OpenAPI 3.1."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import marshmallow as ma
from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_smorest import Api, Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from loyalty.kernel.problems import InvalidInput, Problem
from loyalty.kernel.web import fields
from loyalty.kernel.web.context import current_actor
from loyalty.kernel.web.problems import MEDIA_TYPE, STATUS, on_http_error

View = TypeVar("View", bound=Callable[..., Any])
LONGEST_KEY = 120
API = "palier_api"


class ProblemOut(ma.Schema):
    """A refusal, RFC 9457. The refusal's own facts stand beside these members."""

    type = ma.fields.String(metadata={"description": "Address of its documentation page."})
    title = ma.fields.String(metadata={"description": "What it is, in a few words."})
    status = ma.fields.Integer(metadata={"description": "The HTTP status."})
    detail = ma.fields.String(metadata={"description": "What happened and what to do next."})
    instance = ma.fields.String(metadata={"description": "The path of the request."})


class StrictParser(FlaskParser):
    """webargs, reading bodies with the application's strict JSON."""

    def _raw_load_json(self, req: Any) -> Any:
        """Return the JSON body; 415 when it is something else, 400 when it cannot be read."""
        return req.get_json()


class ApiBlueprint(Blueprint):
    """A group of documented routes."""

    ARGUMENTS_PARSER = StrictParser()


class PalierApi(Api):
    """flask-smorest, except that refusals are rendered by ``kernel.web.problems``."""

    ERROR_SCHEMA = ProblemOut

    def __init__(self, app: Flask) -> None:
        """Serve ``app``; nothing is described yet."""
        super().__init__(app)
        self._undescribed: list[Any] = []
        self._describing = threading.Lock()

    def register_blueprint(self, blp: Any, **options: Any) -> None:
        """Register the routes now; describing them waits until somebody asks."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._undescribed.append(blp)

    def described(self) -> dict[str, Any]:
        """Return the OpenAPI document of every registered route."""
        with self._describing:
            while self._undescribed:
                blp = self._undescribed.pop(0)
                blp.register_views_in_doc(
                    self, self._app, self.spec, name=blp.name, parameters=None
                )
                self.spec.tag({"name": blp.name, "description": blp.description})
            found: dict[str, Any] = self.spec.to_dict()
            return found

    def handle_http_exception(self, error: HTTPException) -> ResponseReturnValue:
        """Render a framework error in the one shape."""
        return on_http_error(error)


def install_api(app: Flask, blueprints: tuple[Any, ...]) -> PalierApi:
    """Register the API of every package and publish its description at ``/openapi.json``."""
    app.config.update(
        API_TITLE="Palier",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_JSON_INDENT=None,
    )
    api = PalierApi(app)
    for field, kind, form in (
        (fields.Whole, "integer", None),
        (fields.Quantity, ["integer", "string"], None),
        (fields.TextLine, "string", None),
        (fields.Code, "string", None),
        (fields.LocalDay, "string", "date"),
        (fields.Instant, "string", "date-time"),
    ):
        api.register_field(field, kind, form)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    app.extensions[API] = api
    return api


def description() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the running application."""
    api: PalierApi = current_app.extensions[API]
    return api.described()


def api_blueprint(name: str, *, prefix: str, description: str) -> Any:
    """Return a blueprint of the documented API, under ``/api/v1`` + ``prefix``."""
    return ApiBlueprint(name, name, url_prefix=f"/api/v1{prefix}", description=description)


def refuses(blueprint: Any, *problems: type[Problem]) -> Callable[[View], View]:
    """Document which refusals a view may answer with, one entry a status."""
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in problems:
        by_status.setdefault(STATUS[problem.kind], []).append(problem)

    def decorate(view: View) -> View:
        for status, group in sorted(by_status.items()):
            text = "; ".join(f"`{problem.slug}`: {problem.title}" for problem in group)
            view = blueprint.alt_response(
                status, schema=ProblemOut, description=text, content_type=MEDIA_TYPE, success=False
            )(view)
        return view

    return decorate


def request_source() -> str:
    """Return the caller's own name for this write: ``Idempotency-Key``, scoped to the caller.

    The same key again gives the first answer; the same key with other content is refused.

    Raises:
        InvalidInput: the header is missing or longer than 120 characters.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise InvalidInput({"Idempotency-Key": ["Send this header: 1 to 120 characters."]})
    return f"{current_actor()}:{key}"
