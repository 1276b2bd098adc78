"""A whole run that fails looks at a few browser journeys once more, and at nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.house.project import ROOT

LOOK = "import dev, sys; sys.exit(dev._second_look())"
SETTINGS = '[tool.pytest.ini_options]\nmarkers = ["browser: a journey", "soak: long"]\n'
SHY = """
import pathlib, pytest

@pytest.mark.{marker}
def test_once():
    seen = pathlib.Path("{seen}")
    before = seen.exists()
    seen.touch()
    assert before
"""
BROKEN = "import pytest\n\n@pytest.mark.browser\ndef test_never():\n    assert 0\n"


@pytest.fixture
def project(tmp_path):
    """The front door beside a few tests of its own, in this environment."""
    shutil.copy(ROOT / "dev.py", tmp_path)
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return tmp_path


def second_look(project, **files):
    """Run the tests once, then look again; return how that ended."""
    for name, text in files.items():
        (project / f"test_{name}.py").write_text(text)
    first = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=project, check=False)
    assert first.returncode == 1
    return subprocess.run(
        [sys.executable, "-c", LOOK], cwd=project, capture_output=True, text=True, check=False
    )


def test_a_journey_that_passes_alone_is_named_and_lets_the_run_pass(project):
    done = second_look(project, shy=SHY.format(marker="browser", seen="seen"))
    assert done.returncode == 0
    assert done.stdout.count("test_shy.py::test_once") >= 2
    assert "wants mending" in done.stdout


def test_a_journey_that_fails_again_fails_the_run(project):
    assert second_look(project, broken=BROKEN).returncode == 1


def test_a_test_without_a_browser_gets_no_second_look(project):
    plain, shy = SHY.format(marker="slow", seen="a"), SHY.format(marker="browser", seen="b")
    settings = SETTINGS.replace('"browser', '"slow: slow", "browser')
    (project / "pyproject.toml").write_text(settings)
    done = second_look(project, plain=plain, shy=shy)
    assert (done.returncode, done.stdout) == (1, "")


def test_more_than_a_few_failures_get_no_second_look(project):
    shy = {f"shy{n}": SHY.format(marker="browser", seen=f"seen{n}") for n in range(4)}
    done = second_look(project, **shy)
    assert (done.returncode, done.stdout) == (1, "")
