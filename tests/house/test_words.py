"""The project speaks its own words, finishes what it starts and keeps its promises in writing."""

from __future__ import annotations

import io
import re
import tokenize

import pytest

from tests.house.project import PACKAGES, ROOT, by_hand, project_files

UNFINISHED = re.compile(
    r"\b(TODO|FIXME|XXX|HACK|NotImplemented(?!Error)|(?i:lorem ipsum))\b|#\s*(?i:todo|fixme)\b"
)
SILENCED = re.compile(r"#\s*(type:\s*ignore|noqa)(\[[^\]]*\]|:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?(.*)")
OTHER_WORDS = {
    "customer": "member (the person) or retailer (who runs us)",
    "user": "member, staff or shopper",
}
"""Words that name our people wrongly, and what to write instead."""
PROTOCOL_WORDS = frozenset({"user", "user_agent", "username"})
"""Words of URLs, SMTP and HTTP, which name nobody of ours."""
HOMES = re.compile(r"(?<![\w.<>}])/(?:home|root|Users)/\w")


def machine_paths(text: str, *, checkout: str = str(ROOT)) -> list[str]:
    """Return the paths that exist on somebody's machine only: homes, and this very checkout."""
    found = [one[0] for one in HOMES.finditer(text)]
    return found + ([checkout] if f"{checkout}/" in text else [])


def unfinished(text: str) -> list[str]:
    """Return the marks of work that was left for later."""
    return [found[0] for found in UNFINISHED.finditer(text)]


def unexplained(source: str) -> list[str]:
    """Return the silenced checks that name no rule or give no reason."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        match = SILENCED.search(token.string) if token.type == tokenize.COMMENT else None
        if match and not (match[2] and len(re.sub(r"\W", "", match[4])) > len("why")):
            found.append(f"line {token.start[0]}: {token.string}")
    return found


def wrong_names(source: str) -> list[str]:
    """Return the identifiers that name our people by another word than ours."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and token.string not in PROTOCOL_WORDS:
            words = re.split(r"_|(?<=[a-z])(?=[A-Z])", token.string)
            found += [token.string for word in words if word.lower().rstrip("s") in OTHER_WORDS]
    return found


def _ours(*suffixes):
    here = ROOT / "tests/house/test_words.py"
    return [path for path in project_files(*suffixes) if by_hand(path) and path != here]


def test_nothing_is_left_for_later():
    texts = (".py", ".js", ".css", ".html", ".md", ".toml", ".po", ".yaml", ".yml", ".sh")
    found = {
        str(path.relative_to(ROOT)): marks
        for path in _ours(*texts)
        if (marks := unfinished(path.read_text()))
    }
    assert found == {}


def test_every_silenced_check_names_its_rule_and_its_reason():
    found = {
        str(path.relative_to(ROOT)): lines
        for path in _ours(".py")
        if (lines := unexplained(path.read_text()))
    }
    assert found == {}


def test_people_are_called_by_our_words():
    found = {
        str(path.relative_to(ROOT)): sorted(set(names))
        for path in _ours(".py")
        if path.relative_to(ROOT).parts[0] in PACKAGES
        if (names := wrong_names(path.read_text()))
    }
    assert found == {}


def test_no_path_of_one_machine_is_written_down():
    found = {
        str(path.relative_to(ROOT)): paths
        for path in _ours(".py", ".md", ".toml", ".sh", ".js", "run")
        if (paths := machine_paths(path.read_text()))
    }
    assert found == {}


def test_a_path_of_one_machine_is_found():
    assert machine_paths("see /home/ada/palier") == ["/home/a"]
    assert machine_paths("cd /srv/palier/docs", checkout="/srv/palier") == ["/srv/palier"]
    assert machine_paths("GET /api/home/1, https://example.org/root/x", checkout="/srv") == []


@pytest.mark.parametrize("text", ["TODO: later", "raise NotImplemented", "# fixme", "Lorem ipsum"])
def test_a_mark_of_unfinished_work_is_found(text):
    assert unfinished(text)


def test_finished_words_pass():
    assert unfinished("raise NotImplementedError\nhackneyed, todo = due[:10]") == []


@pytest.mark.parametrize(
    "line",
    ["x = 1  # noqa", "x = 1  # type: ignore", "x = 1  # noqa: S101", "x = 1  # noqa: E501 why"],
)
def test_an_unexplained_silence_is_found(line):
    assert unexplained(line + "\n")


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa: S101, E501 - the reason stands here",
        "x = 1  # type: ignore[misc]  # their base is untyped",
        's = "# noqa"',
    ],
)
def test_an_explained_silence_passes(line):
    assert unexplained(line + "\n") == []


def test_another_word_for_a_member_is_found():
    assert wrong_names("def load_customer(userName): ...\n") == ["load_customer", "userName"]
    assert wrong_names("used = house + members\n") == []
