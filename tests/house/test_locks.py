"""The locks hold every requirement, with hashes, and no address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.project import ROOT

SOURCES = ("requirements.in", "requirements-test.in")
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==([^\s;\\]+)")


def pins(text: str) -> dict[str, str]:
    """Return the exact version asked for, by normalised name."""
    found = (_PIN.match(line) for line in text.splitlines())
    return {re.sub(r"[-_.]+", "-", one[1]).lower(): one[2] for one in found if one}


def lock_faults(source: str, lock: str) -> list[str]:
    """Return what is wrong with a lock: addresses, missing hashes, drift from its source."""
    faults = [f"an address: {line.strip()}" for line in lock.splitlines() if "://" in line]
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock)
    faults += [
        f"no hash: {block.splitlines()[0]}"
        for block in blocks
        if _PIN.match(block) and "--hash=sha256:" not in block
    ]
    locked = pins(lock)
    faults += [
        f"{name} is {locked.get(name)}, wanted {version}"
        for name, version in pins(source).items()
        if locked.get(name) != version
    ]
    return faults


@pytest.mark.parametrize("name", SOURCES)
def test_our_locks_are_sound(name):
    source = (ROOT / name).read_text()
    lock = (ROOT / name).with_suffix(".lock").read_text()
    assert lock_faults(source, lock) == []
    assert len(pins(lock)) > len(pins(source))


def test_the_test_lock_holds_the_application_as_it_runs():
    runtime = pins((ROOT / "requirements.lock").read_text())
    test = pins((ROOT / "requirements-test.lock").read_text())
    assert {name: test.get(name) for name in runtime} == runtime


def test_a_plain_install_asks_for_the_same_things():
    text = Path(ROOT / "pyproject.toml").read_text()
    assert 'dependencies = { file = ["requirements.in"] }' in text


@pytest.mark.parametrize(
    ("lock", "fault"),
    [
        ("flask==3.1.3 \\\n    --hash=sha256:00\n--index-url http://127.0.0.1/\n", "an address"),
        ("flask==3.1.3\n", "no hash"),
        ("flask==3.1.2 \\\n    --hash=sha256:00\n", "flask is 3.1.2, wanted 3.1.3"),
        ("jinja2==3.1.6 \\\n    --hash=sha256:00\n", "flask is None, wanted 3.1.3"),
    ],
)
def test_a_faulty_lock_is_found(lock, fault):
    assert any(fault in one for one in lock_faults("flask==3.1.3\n", lock))


def test_a_sound_lock_passes():
    lock = "flask==3.1.3 ; python_version > '3' \\\n    --hash=sha256:00\n    # via -r in\n"
    assert lock_faults("Flask==3.1.3\n", lock) == []
