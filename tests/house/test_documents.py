"""The documentation knows every setting, every job and every page it points at."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pytest

from loyalty.kernel.settings import Settings
from tests.house.project import ROOT, by_hand, project_files

REFERENCE = ROOT / "docs/reference"
DECISIONS = ROOT / "docs/decisions"
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def undocumented(names: Iterable[str], text: str) -> list[str]:
    """Return the names that the text does not mention as code, such as `` `DATABASE_URL` ``."""
    return sorted(name for name in names if f"`{name}`" not in text)


def broken_links(path: Path, text: str) -> list[str]:
    """Return the local links of a page that lead nowhere."""
    targets = _LINK.findall(_FENCE.sub("", text))
    local = [target.partition("#")[0] for target in targets if "://" not in target]
    return [
        one
        for one in local
        if one and not one.startswith("mailto:") and not (path.parent / one).exists()
    ]


def numbering_faults(names: Iterable[str]) -> list[str]:
    """Return the decision records that are not numbered 0001, 0002, ... without a gap."""
    return [
        name
        for number, name in enumerate(sorted(names), start=1)
        if not re.fullmatch(rf"{number:04}-[a-z0-9-]+\.md", name)
    ]


def test_every_setting_is_documented():
    names = [field.name.upper() for field in fields(Settings)]
    page = REFERENCE / "configuration.md"
    assert undocumented(names, page.read_text(encoding="utf-8")) == []


def test_every_job_is_documented():
    from admin.plugins import PLUGINS  # noqa: PLC0415 - a broken package fails this test only

    jobs = [job for plugin in PLUGINS for job in plugin.jobs]
    page = REFERENCE / "jobs.md"
    assert undocumented([job.name for job in jobs], page.read_text(encoding="utf-8")) == []
    assert [job.name for job in jobs if not job.doc.endswith(".")] == []
    assert len({job.name for job in jobs}) == len(jobs) > 0


def docs_check(folder: Path) -> subprocess.CompletedProcess[str]:
    """Compare a folder with the reference, in a process that has imported no test."""
    command = [sys.executable, "-m", "admin.cli", "docs", "--check", "--folder", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_reference_is_the_one_that_the_code_writes():
    checked = docs_check(REFERENCE)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_stale_page_of_the_reference_is_named(tmp_path):
    shutil.copytree(REFERENCE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "jobs.md").write_text("old", encoding="utf-8")
    checked = docs_check(tmp_path)
    assert (checked.returncode, "Not up to date: jobs.md." in checked.stderr) == (1, True)
    assert (tmp_path / "jobs.md").read_text(encoding="utf-8") == "old"


def test_every_link_leads_somewhere():
    found = {
        str(path.relative_to(ROOT)): links
        for path in project_files(".md")
        if by_hand(path) and (links := broken_links(path, path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_decisions_are_numbered():
    assert numbering_faults(path.name for path in DECISIONS.glob("*.md")) == []
    assert list(DECISIONS.glob("*.md"))


def test_what_is_not_documented_is_found():
    assert undocumented(["DATABASE_URL", "ZONE"], "Set `ZONE`, not DATABASE_URL.") == [
        "DATABASE_URL"
    ]


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("[a](missing.md)", ["missing.md"]),
        ("[a](missing.md#part)", ["missing.md"]),
        ("![a](shots/none.png)", ["shots/none.png"]),
        ("[a](here.md#part) [b](#part) [c](https://example.org/x) [d](mailto:a@example.org)", []),
        ("```\n[a](missing.md)\n```\n", []),
    ],
)
def test_a_broken_link_is_found(tmp_path, text, broken):
    (tmp_path / "here.md").touch()
    assert broken_links(tmp_path / "page.md", text) == broken


def test_a_gap_between_decisions_is_found():
    assert numbering_faults(["0001-a.md", "0003-c.md"]) == ["0003-c.md"]
    assert numbering_faults(["0001-a.md", "0001-b.md"]) == ["0001-b.md"]
    assert numbering_faults(["0001-a.md", "0002-b.md"]) == []
