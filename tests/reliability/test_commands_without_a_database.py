"""Commands in front of a database that is away, or not ours yet: one line, no traceback."""

from __future__ import annotations

import logging
import sys

import pytest
from sqlalchemy import text

from admin.cli import main
from loyalty.kernel.db import Database
from tests.reliability.ground import SECRET
from tests.reliability.processes import free_port

COMMANDS = [["serve", "--port", "0"], ["worker"], ["verify"], ["jobs", "list"]]


@pytest.fixture
def command(monkeypatch, capsys):
    """Run a command on a database; return its status and all that it said."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level

    def do(url: str, words: list[str]) -> tuple[object, str]:
        for name, value in {"MODE": "test", "SECRET_KEY": SECRET, "DATABASE_URL": url}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["loyalty", *words])
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code, capsys.readouterr().err

    yield do
    root.handlers, root.level = handlers, level


def _names(words: list[str]) -> str:
    return words[0]


@pytest.mark.parametrize("words", [*COMMANDS, ["migrate"], ["seed"]], ids=_names)
def test_a_database_that_is_away_is_one_line(command, words):
    status, said = command(f"postgresql://nobody@127.0.0.1:{free_port()}/nowhere", words)
    assert status == 1
    assert said.strip() == (
        "The database is not answering: "
        "Nothing was written. Try again in a moment; repeating is safe."
    )


@pytest.mark.parametrize("words", COMMANDS, ids=_names)
def test_a_database_without_our_tables_is_one_line(command, tmp_path, words):
    status, said = command(f"sqlite:///{tmp_path / 'empty.db'}", words)
    assert (status, said) == (1, "Error: The database needs `loyalty migrate` first.\n")


@pytest.mark.parametrize("words", COMMANDS, ids=_names)
def test_a_database_of_another_version_is_one_line(command, sqlite_ground, words):
    database: Database = sqlite_ground.open()
    with database.begin(actor="test") as tx:
        tx.run(text("UPDATE alembic_version SET version_num = '9999'"))
    database.dispose()
    status, said = command(sqlite_ground.url, words)
    assert (status, said) == (1, "Error: The database needs `loyalty migrate` first.\n")
