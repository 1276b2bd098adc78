"""Make, repair and describe the private Python environment in ``.venv``.

An environment is whole when its stamp, written last, agrees with the locks, with the interpreter
and with what lies in the folder. Anything less is made anew, and why is said in one line.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pip_wheel
from trouble import NO_NETWORK, Trouble

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
BIN = HOME / "bin"
PYTHON = str(BIN / "python")
STAMP = HOME / "palier.json"
LOG = HOME / "install.log"
LOCKS = {"runtime": ROOT / "requirements.lock", "test": ROOT / "requirements-test.lock"}

NO_NETWORK_SIGNS = (
    "Failed to establish a new connection",
    "NewConnectionError",
    "Name or service not known",
    "Temporary failure in name resolution",
    "ConnectTimeoutError",
    "Read timed out",
    "Connection refused",
    "Network is unreachable",
)


def ensure(kind: str) -> None:
    """Leave a whole environment behind: ``runtime``, or ``test``, which holds it and more.

    Costs a few milliseconds when nothing is to do. Two at once wait for each other.

    Raises:
        Trouble: it cannot be made; what was fetched is kept by pip for the next try.
    """
    with _one_at_a_time():
        fault = _fault()
        if fault is None and kind in _stamp()["locks"]:
            return
        try:
            if fault is not None:
                _clear(fault)
                _create()
            _install(kind)
            _finish(kind)
        except OSError as error:
            raise Trouble(f"Cannot make the environment: {error}") from error


def variables() -> dict[str, str]:
    """Return this process's environment, turned towards ``.venv`` and away from any other."""
    strangers = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    kept = {name: value for name, value in os.environ.items() if name not in strangers}
    path = os.pathsep.join([str(BIN), kept.get("PATH", os.defpath)])
    return kept | {"VIRTUAL_ENV": str(HOME), "PATH": path}


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the lock beside ``.venv`` while it is looked at or made."""
    try:
        import fcntl  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        yield
        return
    try:
        handle = (ROOT / ".venv.lock").open("w")
    except OSError as error:
        raise Trouble(f"Cannot write in {ROOT}: {error}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Waiting for another dev.py to finish making .venv ...", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _fault() -> str | None:
    """Return why the environment has to be made anew, or ``None`` when it is whole.

    The empty string means that there is none yet.
    """
    if not HOME.exists() and not HOME.is_symlink():
        return ""
    if not STAMP.is_file():
        return "Found a half-made .venv (an interrupted install?)"
    try:
        stamp = _stamp()
        return _outdated(stamp) or _damaged(set(stamp["entries"]))
    except (ValueError, KeyError, TypeError):
        return "Found a broken .venv (its stamp cannot be read)"


def _outdated(stamp: dict[str, Any]) -> str | None:
    """Return what has changed since the environment was made."""
    if stamp["python"] != sys.version:
        return f"The .venv was made by another Python than {sys.version.split()[0]}"
    if stamp["root"] != str(ROOT):
        return "The .venv was made in another folder"
    if any(_digest(LOCKS[kind]) != digest for kind, digest in stamp["locks"].items()):
        return "The locked requirements have changed"
    return None


def _damaged(entries: set[str]) -> str | None:
    """Return what is missing of what was installed."""
    if missing := entries - _entries():
        return f"Found a broken .venv ({min(missing)} is gone)"
    try:
        subprocess.run([PYTHON, "-c", ""], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "Found a broken .venv (its Python does not start)"
    return None


def _stamp() -> dict[str, Any]:
    return dict(json.loads(STAMP.read_text(encoding="utf-8")))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _entries() -> set[str]:
    """Return what is installed: packages, and the commands that came with them."""
    folders = [*HOME.glob("lib/python*/site-packages"), BIN]
    entries = [entry for folder in folders if folder.is_dir() for entry in folder.iterdir()]
    return {str(one.relative_to(HOME)) for one in entries if one.name != "__pycache__"}


def _clear(fault: str) -> None:
    """Make room. What we made is removed; a ``.venv`` made by somebody else is set aside."""
    if not fault:
        print("Making a Python environment in .venv; this happens once.", flush=True)
        return
    if (HOME / "pyvenv.cfg").exists() and not LOG.exists():
        aside = next(p for n in range(1, 1000) if not (p := ROOT / f".venv.aside-{n}").exists())
        HOME.rename(aside)
        print(f"Found a .venv that is not ours: moved to {aside.name}; making our own.", flush=True)
        return
    print(f"{fault}: making it anew.", flush=True)
    if HOME.is_dir() and not HOME.is_symlink():
        shutil.rmtree(HOME)
    else:
        HOME.unlink()


def _create() -> None:
    """Make an empty environment. The log marks it as ours from the first moment."""
    HOME.mkdir()
    LOG.touch()
    try:
        venv.EnvBuilder(symlinks=True, with_pip=pip_wheel.has("ensurepip")).create(HOME)
    except subprocess.CalledProcessError as error:
        raise Trouble(f"This Python cannot make an environment: {error}") from error


def _install(kind: str) -> None:
    """Fill the environment from a lock: each file is checked against its hash."""
    lock = LOCKS[kind]
    total = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    with LOG.open("a", encoding="utf-8") as log, contextlib.ExitStack() as stack:
        command = [*pip_wheel.command(PYTHON, stack), "install", "--no-input"]
        command += ["--disable-pip-version-check", "--retries", "2", "--require-hashes"]
        command += ["--only-binary", ":all:", "--progress-bar", "off", "-r", str(lock)]
        with subprocess.Popen(
            command, env=variables(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as pip:
            output = _follow(pip, log, total)
    if pip.returncode:
        raise Trouble(_explain(output))


def _follow(pip: "subprocess.Popen[str]", log: Any, total: int) -> list[str]:
    """Write down what pip says and show how far it is; return its lines."""
    lines, fetched = [], 0
    terminal = sys.stdout.isatty()
    for line in pip.stdout or ():
        lines.append(line)
        log.write(line)
        if line.startswith("Ignoring "):
            total -= 1
        elif line.startswith(("Collecting ", "Processing ")):
            fetched += 1
            name = re.split(r"==|-\d", Path(line.split()[1]).name)[0]
            if terminal:
                print(f"\r\033[K  fetching {fetched} of {total}: {name}", end="", flush=True)
            elif fetched % 10 == 1:
                print(f"  fetching {fetched} of {total}: {name}", flush=True)
        elif line.startswith("Installing collected packages"):
            print("\r\033[K" * terminal + f"  unpacking {fetched} packages ...", flush=True)
    return lines


def _explain(output: list[str]) -> str:
    """Return one line for what stopped pip."""
    text = "".join(output)
    if any(sign in text for sign in NO_NETWORK_SIGNS):
        return NO_NETWORK
    errors = [line.strip() for line in output if line.startswith("ERROR")]
    reason = errors[-1].removeprefix("ERROR: ") if errors else "pip stopped without saying why"
    return f"The install failed: {reason} (all of it is in {LOG.relative_to(ROOT)})"


def _finish(kind: str) -> None:
    """Make our own packages and the ``loyalty`` command reachable, then write the stamp."""
    folder = next(HOME.glob("lib/python*/site-packages"))
    (folder / "palier.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    command = BIN / "loyalty"
    command.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m admin.cli "$@"\n')
    command.chmod(0o755)
    kinds = ("runtime", "test") if kind == "test" else ("runtime",)
    stamp = {
        "python": sys.version,
        "root": str(ROOT),
        "locks": {name: _digest(LOCKS[name]) for name in kinds},
        "entries": sorted(_entries()),
    }
    unfinished = STAMP.with_suffix(".part")
    unfinished.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    unfinished.replace(STAMP)
    print("The environment is ready.", flush=True)
