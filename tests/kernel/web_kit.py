"""A small application of the kernel alone, to knock at its door."""

from __future__ import annotations

import marshmallow as ma
from flask import Blueprint, request

from loyalty.kernel.access.principals import (
    MEMBER,
    PUBLIC,
    Role,
    allow,
    staff,
)
from loyalty.kernel.problems import StorageUnavailable, TooManyTries
from loyalty.kernel.signing import Keys
from loyalty.kernel.web import fields
from loyalty.kernel.web.api import api_blueprint, request_source
from loyalty.kernel.web.context import principal
from loyalty.kernel.web.pages import read_form


class In(ma.Schema):
    count = fields.Whole(at_least=1, at_most=100)
    quantity = fields.Quantity()
    name = fields.TextLine(longest=20)
    code = fields.Code()
    day = fields.LocalDay()
    at = fields.Instant()


def make_views():
    blp = api_blueprint("things", prefix="/things", description="Things.")

    @blp.route("", methods=["POST"])
    @allow(PUBLIC)
    @blp.arguments(In)
    @blp.response(200, In)
    def create(body):
        return body

    @blp.route("/mine", methods=["GET", "POST"])
    @allow(MEMBER)
    def mine():
        return {"id": principal().id, "source": request_source() if _posting() else ""}

    @blp.route("/forgotten")
    def forgotten():
        return {}

    @blp.route("/mistake")
    @allow(PUBLIC)
    def mistake():
        raise ZeroDivisionError("card BBBBBBBBBBBBBBBBBBBBBBB of ada@example.org")

    @blp.route("/away")
    @allow(PUBLIC)
    def away():
        raise StorageUnavailable

    @blp.route("/busy")
    @allow(PUBLIC)
    def busy():
        raise TooManyTries(42)

    pages = Blueprint("pages", __name__)

    @pages.post("/admin/thing")
    @allow(staff(Role.MARKETER))
    def thing():
        form = read_form(In())
        return {"values": str(form.values), "errors": form.errors}

    return [*sign_in_pages(), pages, blp]


def _posting():
    return request.method == "POST"


def sign_in_pages():
    for name, path in (
        ("shopper.sign_in", "/app/sign-in"),
        ("till.welcome", "/till/enrol"),
        ("admin.sign_in", "/admin/sign-in"),
    ):
        package = Blueprint(name.split(".")[0], __name__)
        package.add_url_rule(path, name.split(".")[1], allow(PUBLIC)(lambda: "sign in"))
        yield package


def csrf_of(client):
    """The token that a page of ours would carry in this browser."""
    client.set_cookie("palier-visit", "some visit")
    return Keys("k").mac("csrf", b"some visit").hex()[:40]
