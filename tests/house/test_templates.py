"""No template without a test that renders it. The judgement itself falls at the end of a run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.project import ROOT
from tests.house.rendering import all_templates, unrendered

TEMPLATES = {
    "page.html": "{% extends 'layout.html' %}{% from 'macros.html' import button %}",
    "layout.html": "{% include 'footer.html' %}",
    "macros.html": "",
    "footer.html": "",
    "other.html": "{% include 'part.html' %}",
    "part.html": "",
}


def test_a_rendered_template_counts_for_its_parts():
    assert unrendered(TEMPLATES, ["page.html"]) == ["other.html", "part.html"]
    assert unrendered(TEMPLATES, ["page.html", "other.html", "not-ours.html"]) == []


def test_our_templates_are_found_and_can_be_read():
    templates = all_templates()
    assert "layouts/base.html" in templates
    assert set(unrendered(templates, [])) == set(templates)


SMALL_RUN = """
import pytest
from flask import Flask, render_template
from jinja2 import DictLoader
from tests.house import rendering

def pytest_configure(config):
    rendering.all_templates = lambda: {"seen.html": "", "unseen.html": ""}
    config.pluginmanager.register(rendering.Recorder())
"""
SMALL_TEST = """
from flask import Flask, render_template
from jinja2 import DictLoader

def test_renders():
    app = Flask("small")
    app.jinja_loader = DictLoader({"seen.html": "x", "unseen.html": "y"})
    with app.app_context():
        for name in NAMES:
            render_template(name)
"""


@pytest.mark.parametrize(
    ("workers", "names", "arguments", "status"),
    [
        ("1", ["seen.html", "unseen.html"], [], 0),
        ("1", ["seen.html"], [], 1),
        ("0", ["seen.html"], [], 1),
        ("0", ["seen.html"], ["-k", "renders"], 0),
    ],
)
def test_a_whole_run_that_leaves_one_out_fails(tmp_path, workers, names, arguments, status):
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = .\n")
    (tmp_path / "conftest.py").write_text(SMALL_RUN)
    (tmp_path / "test_small.py").write_text(SMALL_TEST.replace("NAMES", repr(names)))
    command = [sys.executable, "-m", "pytest", "-n", workers, "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert ("\nunseen.html" in done.stdout) == (status == 1)
