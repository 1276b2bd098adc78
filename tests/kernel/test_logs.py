from __future__ import annotations

import json
import logging

import pytest

from loyalty.kernel.logs import blank, configure_logs

PERSONAL = {
    "ada@example.org": "[email]",
    "Ada.Lovelace+shop@sub.example.co.uk": "[email]",
    "+33 6 39 98 12 34": "[phone]",
    "0639981234": "[phone]",
    "06.39.98.12.34": "[phone]",
    "0033639981234": "[phone]",
    "CBLHSXLSTKGGFJLVPBHJHBV": "[card]",
}


@pytest.mark.parametrize("secret", PERSONAL)
def test_what_is_personal_is_blanked_wherever_it_stands(secret):
    for sentence in ("{}", "before {} after", "k='{}'", "({})"):
        assert blank(sentence.format(secret)) == sentence.format(PERSONAL[secret])


@pytest.mark.parametrize(
    "harmless",
    [
        "2026-11-21T22:20:42.739384Z",
        "2026-11-21 22:20:42",
        "2001200438561",
        "pur_01m83xvdjc37c94dfd9499ae1x",
        "took 0.0123 s",
        "line 100, 200 rows",
    ],
)
def test_what_is_not_personal_stays(harmless):
    assert blank(harmless) == harmless


def test_every_log_of_the_process_is_a_json_line_without_personal_data(capsys):
    before = logging.getLogger().handlers, logging.getLogger().level
    try:
        configure_logs("INFO")
        logging.getLogger("some.library").warning("refused %s", "ada@example.org")
        try:
            int("card CBLHSXLSTKGGFJLVPBHJHBV")
        except ValueError:
            logging.getLogger("loyalty").exception("failed")
    finally:
        logging.getLogger().handlers, level = before
        logging.getLogger().setLevel(level)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["refused [email]", "failed"]
    assert "CBLH" not in json.dumps(lines)
    assert "[card]" in lines[1]["exception"]
