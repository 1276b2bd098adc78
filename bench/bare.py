"""The yardstick of the web: a Flask application with one indexed read and nothing else."""

from __future__ import annotations

import os

from flask import Flask, Response, jsonify, request
from sqlalchemy import bindparam, select

from loyalty.kernel.db import Database
from loyalty.models import Card

app = Flask("bare")
_database = Database(os.environ["DATABASE_URL"])
_READ = select(Card.member_id, Card.state).where(Card.lookup == bindparam("lookup"))


@app.get("/healthz")
def health() -> Response:
    """Answer."""
    return jsonify({"status": "ok"})


@app.post("/read")
def read() -> Response:
    """Read one row by its key and answer with it."""
    with _database.look() as tx:
        row = tx.run(_READ, {"lookup": request.get_json()["lookup"]}).first()
    return jsonify({"member_id": row.member_id, "state": row.state} if row else {})
