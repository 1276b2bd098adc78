"""A database made by another version: the command says what to run, not where it crashed."""

from __future__ import annotations

import sys

import pytest

import admin.cli
from admin.migrate import upgrade
from loyalty.kernel.db import Database


@pytest.mark.parametrize("to", [None, "0002"])
def test_it_says_what_to_run(tmp_path, monkeypatch, capsys, to):
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if to:
        upgrade(Database(url), to=to)
    monkeypatch.setenv("MODE", "demo")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr(sys, "argv", ["loyalty", "liability"])
    with pytest.raises(SystemExit) as left:
        admin.cli.main()
    assert left.value.code == 1
    said = capsys.readouterr().err
    assert said == "The database has the schema of another version. Run: loyalty migrate\n"
