"""dev.py explains itself, repairs what it can, and says in one line what it cannot."""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading

import pytest

from tests.house.project import ROOT

sys.path.insert(0, str(ROOT / ".ci"))

import environment
import pip_wheel
from trouble import Trouble

COMMANDS = ("demo", "test", "soak", "check", "run", "bench", "lock", "shots")
DEAD_INDEX = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}


def dev(*arguments, folder=ROOT, **variables):
    """Run dev.py as a person would; its answer is one line on the error stream."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        [sys.executable, folder / "dev.py", *arguments],
        cwd=folder,
        env=kept | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path):
    """The front door alone, in a folder with a space, with no environment yet."""
    folder = tmp_path / "my shop"
    (folder / ".ci").mkdir(parents=True)
    for path in [ROOT / "dev.py", *ROOT.glob(".ci/*.py"), *ROOT.glob("requirements*")]:
        shutil.copy(path, folder / path.relative_to(ROOT))
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    done = dev(command, "--help")
    assert done.returncode == 0
    assert f"usage: dev.py {command}" in done.stdout
    assert ". " in done.stdout or ".\n" in done.stdout
    assert command in dev("--help").stdout


def test_an_old_python_can_read_it_and_is_told_what_to_do():
    source = (ROOT / "dev.py").read_text()
    ast.parse(source, feature_version=(3, 6))
    pretend = f"import sys; sys.version_info = (3, 9, 2); exec({source!r})"
    done = subprocess.run(
        [sys.executable, "-c", pretend], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Palier needs Python 3.11 or newer; this is Python 3.9 at")
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_named_before_anything_is_made(checkout):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = dev("demo", "--port", port, folder=checkout)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} is in use. Choose another: --port N")
    assert done.stderr.count("\n") == 1
    assert not (checkout / ".venv").exists()


def test_no_network_is_one_line_and_leaves_something_to_repair(checkout):
    done = dev("demo", "--exit", folder=checkout, PIP_NO_CACHE_DIR="1", **DEAD_INDEX)
    assert done.returncode == 1
    assert done.stderr.startswith("No network: the package index did not answer.")
    assert done.stderr.count("\n") == 1
    assert (checkout / ".venv").is_dir()
    assert not (checkout / ".venv/palier.json").exists()


# --- what is wrong with an environment ------------------------------------------------------


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A whole environment as dev.py would have left it, without its packages."""
    made = tmp_path / ".venv"
    packages = made / "lib/python3.11/site-packages"
    (packages / "flask").mkdir(parents=True)
    (made / "bin").mkdir()
    (made / "bin/python").symlink_to(sys.executable)
    (made / "bin/flask").touch()
    for name, value in {
        "ROOT": tmp_path,
        "HOME": made,
        "BIN": made / "bin",
        "PYTHON": str(made / "bin/python"),
        "STAMP": made / "palier.json",
        "LOG": made / "install.log",
        "LOCKS": {"runtime": tmp_path / "a.lock", "test": tmp_path / "b.lock"},
    }.items():
        monkeypatch.setattr(environment, name, value)
    for lock in environment.LOCKS.values():
        lock.write_text("flask==3.1.3\n")
    environment._finish("test")
    return made


def _stamp(home, **changes):
    stamp = json.loads((home / "palier.json").read_text())
    (home / "palier.json").write_text(json.dumps(stamp | changes))


def _break_python(home):
    (home / "bin/python").unlink()
    (home / "bin/python").symlink_to("/nowhere")


def test_a_whole_environment_has_no_fault_and_holds_both_locks(home):
    assert environment._fault() is None
    assert set(environment._stamp()["locks"]) == {"runtime", "test"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (shutil.rmtree, ""),
        (lambda home: (home / "palier.json").unlink(), "half-made"),
        (lambda home: (home / "palier.json").write_text("{"), "its stamp cannot be read"),
        (lambda home: (home / "palier.json").write_text("[1]"), "its stamp cannot be read"),
        (lambda home: _stamp(home, python="3.9.1"), "made by another Python"),
        (lambda home: _stamp(home, root="/elsewhere"), "made in another folder"),
        (lambda home: (home.parent / "b.lock").write_text("x"), "requirements have changed"),
        (lambda home: (home / "lib/python3.11/site-packages/flask").rmdir(), "flask is gone"),
        (lambda home: (home / "bin/loyalty").unlink(), "bin/loyalty is gone"),
        (_break_python, "its Python does not start"),
    ],
)
def test_a_fault_is_found_and_named(home, spoil, words):
    spoil(home)
    fault = environment._fault()
    assert fault is not None
    assert words in fault
    assert bool(fault) == bool(words)


def test_an_environment_of_somebody_else_is_set_aside_not_removed(home, capsys):
    (home / "pyvenv.cfg").touch()
    (home / "palier.json").unlink()
    environment._clear(environment._fault() or "")
    assert (home.parent / ".venv.aside-1/lib").is_dir()
    assert "not ours" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (["WARNING: Retrying: NewConnectionError(...)\n"], "No network"),
        (["Collecting x\n", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n"], "DO NOT MATCH"),
        ([], "without saying why"),
    ],
)
def test_pips_troubles_are_told_in_one_line(home, output, words):
    explained = environment._explain(output)
    assert words in explained
    assert "\n" not in explained


# --- a Python without pip -------------------------------------------------------------------


@pytest.fixture
def index(tmp_path):
    """Serve a package index on this machine; its caller puts files into the folder."""
    served = tmp_path / "index"
    (served / "simple/pip").mkdir(parents=True)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words):
            pass

    handler = functools.partial(Quiet, directory=str(served))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield served, f"http://127.0.0.1:{server.server_port}/simple"
        server.shutdown()
        thread.join()


def _offer(served, content):
    (served / pip_wheel.WHEEL).write_bytes(content)
    link = f'<a href="../../{pip_wheel.WHEEL}#sha256=0">{pip_wheel.WHEEL}</a>'
    (served / "simple/pip/index.html").write_text(f'<a href="other.whl">x</a>{link}')


def test_a_wheel_is_fetched_from_the_configured_index(index, tmp_path, monkeypatch):
    served, address = index
    _offer(served, b"the wheel")
    monkeypatch.setattr(pip_wheel, "SHA256", hashlib.sha256(b"the wheel").hexdigest())
    assert pip_wheel._fetch(address, tmp_path).read_bytes() == b"the wheel"


def test_another_wheel_of_that_name_is_refused(index, tmp_path):
    served, address = index
    _offer(served, b"another wheel")
    with pytest.raises(Trouble, match="another pip-"):
        pip_wheel._fetch(address, tmp_path)
    assert not (tmp_path / pip_wheel.WHEEL).exists()


def test_an_index_without_it_is_named(index, tmp_path):
    served, address = index
    (served / "simple/pip/index.html").write_text("nothing")
    with pytest.raises(Trouble, match="has no pip-"):
        pip_wheel._fetch(address, tmp_path)
    with pytest.raises(Trouble, match="refused: 404"):
        pip_wheel._fetch(f"{address}/nowhere", tmp_path)


def test_no_pip_and_no_index_names_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(pip_wheel, "has", lambda module: False)
    monkeypatch.setattr(pip_wheel, "configured_index", lambda: None)
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)
    with contextlib.ExitStack() as stack, pytest.raises(Trouble, match="python3-venv"):
        pip_wheel.command(str(bare), stack)


def test_the_index_is_read_as_pip_reads_it(tmp_path, monkeypatch):
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nindex-url = http://127.0.0.1/from-file\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    assert pip_wheel.configured_index() == "http://127.0.0.1/from-file"
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1/from-environment")
    assert pip_wheel.configured_index() == "http://127.0.0.1/from-environment"
