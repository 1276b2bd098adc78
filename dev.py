#!/usr/bin/env python3
"""The front door of Palier: one command for everything, with nothing to install first.

It keeps a private Python environment in ``.venv``, filled from the locked requirements, and runs
the rest inside it. It uses the standard library only. ``python3 dev.py --help`` lists what it does.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - they are who it is for
    sys.exit(
        "Palier needs Python 3.11 or newer; this is Python %d.%d at %s. "  # noqa: UP031 - old Pythons read this
        "Run dev.py with a newer one, for example: python3.12 dev.py demo"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

import argparse
import errno
import functools
import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / ".ci"))

# The rest of the front door lies beside it.
import environment  # noqa: E402 - found through the line above
from trouble import Trouble  # noqa: E402 - likewise

DEMO_PORT = 8000
WORKERS_AT_MOST = "8"
TESTS_FAILED = 1  # what pytest exits with when tests ran and some failed
JOURNEYS_MADE_AGAIN = 3
SOAKED = {
    "walks": ["tests/loyalty/test_journal_walk.py", "tests/loyalty/test_ledger_walk.py"],
    "sales": ["tests/loyalty/test_buying_and_returning.py"],
    "races": ["tests/loyalty/test_races.py", "tests/loyalty/test_spending_races.py"],
    "kills": ["tests/reliability/test_kills.py"],
}
"""The parts of a long run, and where they are; the part ``pages`` is everything else."""
DEVELOPER_TOOLS = ("coverage", "lint-imports", "mypy", "playwright", "pytest", "ruff", "uv")


def demo(options: argparse.Namespace, rest: list[str]) -> NoReturn:
    """Make a believable shop on SQLite, tell its story, then serve it until stopped.

    The first start seeds the shop, with progress shown; later starts reuse it.
    """
    port = options.port if options.port is not None else 0 if options.exit else DEMO_PORT
    _refuse_taken_port(port)
    environment.ensure("runtime")
    flags = [name for name in ("--exit", "--fresh") if getattr(options, name[2:])]
    _become([environment.PYTHON, "-m", "admin.cli", "demo", "--port", str(port), *flags, *rest])


def test(options: argparse.Namespace, rest: list[str]) -> NoReturn:
    """Run the whole suite on SQLite, a real PostgreSQL and a real Redis.

    Servers found on this machine are used; otherwise those that come with the test requirements.
    They are started for the run and stopped after it. Arguments go to pytest:
    ``dev.py test -x tests/loyalty``. A browser shares the machine with the other tests: up to
    three journeys that failed in a whole run are made once more, alone, and named whatever they do.
    """
    del options
    environment.ensure("test")
    if rest:
        _become([*_pytest(), *rest])
    status = subprocess.run(_pytest(), check=False, cwd=ROOT, env=environment.variables())
    sys.exit(status.returncode if status.returncode != TESTS_FAILED else _second_look())


def soak(options: argparse.Namespace, rest: list[str]) -> NoReturn:
    """Take long walks, race, sell and kill: what proves more than ``dev.py test`` has time for.

    Parts, with minutes on two quiet cores: ``walks`` 2,000,000 steps through the ledger beside a
    reference (15), ``sales`` 100,000 purchases that come back in pieces (60), ``races`` 300 rounds
    of 16 connections each (30), ``kills`` 200 kill -9 on SQLite and 100 on PostgreSQL during sales
    (25), ``pages`` every page in the browser and all the rest (10). Without a part, all of them.

    Walks and sales go by seeds. A seed that is done is kept in ``.soak`` and left out from then on,
    so that a run can be stopped and gone on with; ``--seeds 0-9`` keeps it to some, ``--fresh``
    forgets what was done. Other arguments go to pytest: ``dev.py soak kills -k postgresql``.
    """
    environment.ensure("test")
    done = ROOT / ".soak"
    if options.fresh:
        done.unlink(missing_ok=True)
    os.environ["PALIER_SOAK_DONE"] = str(done)
    if options.seeds:
        os.environ["PALIER_SEEDS"] = options.seeds
    named = SOAKED.get(options.part, [])
    if options.part == "pages":
        named = [f"--ignore={path}" for paths in SOAKED.values() for path in paths]
    _become([environment.PYTHON, "-m", "pytest", "-m", "soak", *named, *rest])


def check(options: argparse.Namespace, rest: list[str]) -> NoReturn:
    """Check format, lint, types, import contracts and house rules, then run the tests.

    Every step runs even if one before it failed. ``--fast`` leaves out the tests but keeps the
    house rules; ``--no-tests`` leaves out both.
    """
    environment.ensure("test")
    module = [environment.PYTHON, "-m"]
    steps = {
        "format": [*module, "ruff", "format", "--check", "."],
        "lint": [*module, "ruff", "check", "."],
        "types": [*module, "mypy"],
        "import contracts": [str(environment.BIN / "lint-imports")],
    }
    if not options.no_tests:
        steps["house rules" if options.fast else "tests"] = [
            *_pytest(),
            *(["tests/house"] if options.fast else []),
            *rest,
        ]
    failed = [name for name, command in steps.items() if not _step(name, command)]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}.")
    print(f"All good: {', '.join(steps)}.")
    sys.exit(0)


def run(options: argparse.Namespace, rest: list[str]) -> NoReturn:
    """Run any command inside the environment, in the folder you are in.

    For example ``dev.py run loyalty verify``, ``dev.py run pytest -x tests/offers`` or
    ``dev.py run gunicorn admin.wsgi:app``.
    """
    if not rest:
        sys.exit("Say what to run, for example: python3 dev.py run loyalty --help")
    del options
    environment.ensure("test" if rest[0] in DEVELOPER_TOOLS else "runtime")
    _become(rest, folder=Path.cwd())


def bench(options: argparse.Namespace, rest: list[str]) -> NoReturn:
    """Measure. Without a name, list what can be measured; figures are kept in bench/README.md."""
    del options
    environment.ensure("test")
    _become([environment.PYTHON, "-m", "bench", *rest])


def shots(options: argparse.Namespace, rest: list[str]) -> NoReturn:
    """Take the screenshots of the documentation with a Chromium found on this machine."""
    del options
    environment.ensure("test")
    _become([environment.PYTHON, "-m", "tests.shots", *rest])


def lock(options: argparse.Namespace, rest: list[str]) -> None:
    """Turn requirements*.in into requirements*.lock: every version and hash, for all platforms.

    Versions already locked stay where the .in files allow; ``--upgrade`` takes the newest.
    """
    environment.ensure("test")
    for source in sorted(ROOT.glob("requirements*.in")):
        target = source.with_suffix(".lock")
        command = [environment.PYTHON, "-m", "uv", "pip", "compile", "--quiet", "--no-config"]
        command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header"]
        command += ["--upgrade"] if options.upgrade else []
        subprocess.run([*command, source.name, "-o", target.name, *rest], check=True, cwd=ROOT)
        if "://" in target.read_text():
            sys.exit(f"{target.name} names an address: compile it without extra indexes.")
        print(f"Wrote {target.name}.")


def _pytest() -> list[str]:
    """Return the pytest command: two workers or more, shared out as they become free."""
    parallel = ["-n", "auto", "--maxprocesses", WORKERS_AT_MOST, "--dist", "worksteal"]
    return [environment.PYTHON, "-m", "pytest", *parallel]


def _second_look() -> int:
    """Make the few browser journeys that failed once more, alone; return the exit status.

    Nothing is looked at twice when more than a few tests failed, or one that drives no browser.
    """
    noted = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    failed = sorted(json.loads(noted.read_text())) if noted.exists() else []
    if not 0 < len(failed) <= JOURNEYS_MADE_AGAIN:
        return TESTS_FAILED
    alone = [environment.PYTHON, "-m", "pytest", "-m", "browser and not soak", *failed]
    seen = subprocess.run(
        [*alone, "--collect-only", "-q"],
        check=False,
        cwd=ROOT,
        env=environment.variables(),
        capture_output=True,
        text=True,
    )
    if not all(name in seen.stdout.splitlines() for name in failed):
        return TESTS_FAILED
    print("\nThese failed beside the others and are made once more, alone:", *failed, sep="\n  ")
    status = subprocess.run(alone, check=False, cwd=ROOT, env=environment.variables()).returncode
    if status == 0:
        print("They passed alone. A test that needs a quiet machine wants mending:", *failed)
    return status


def _step(name: str, command: list[str]) -> bool:
    """Run one step of a check and say how it went."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    done = subprocess.run(command, check=False, cwd=ROOT, env=environment.variables())
    passed = done.returncode == 0
    verdict = "passed" if passed else "FAILED"
    print(f"== {name} {verdict} in {time.monotonic() - started:.1f} s", flush=True)
    return passed


def _refuse_taken_port(port: int) -> None:
    """Stop now, with the way out, when something already listens on ``port``."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            reason = "is in use" if taken else f"cannot be used ({error})"
            sys.exit(f"Port {port} {reason}. Choose another: --port N, where 0 takes any free one.")


def _become(command: list[str], *, folder: Path = ROOT) -> NoReturn:
    """Replace this process by ``command``, so that signals and the exit status are its own."""
    variables = environment.variables()
    os.chdir(folder)
    if shutil.which(command[0], path=variables["PATH"]) is None:
        sys.exit(f"There is no command {command[0]!r}, in the environment or on the PATH.")
    sys.stdout.flush()
    os.execvpe(command[0], command, variables)


def _parser() -> argparse.ArgumentParser:
    """Describe every command by the docstring of its function."""
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description=f"{__doc__}".replace("``", ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for function in (demo, test, soak, check, run, bench, lock, shots):
        text = f"{function.__doc__}".replace("``", "")
        command = commands.add_parser(
            function.__name__,
            help=text.partition("\n")[0],
            description=text.replace("\n    ", "\n"),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.set_defaults(function=function)
        _add_options(command, function.__name__)
    return parser


def _add_options(command: argparse.ArgumentParser, name: str) -> None:
    """Give a command its options; what it does not know is passed on."""
    flag = functools.partial(command.add_argument, action="store_true")
    if name == "demo":
        flag("--exit", help="stop after the story; status 0 only if every step held")
        flag("--fresh", help="forget the shop of earlier starts and seed a new one")
        command.add_argument("--port", type=int, help=f"default {DEMO_PORT}; any with --exit")
    elif name == "check":
        flag("--fast", help="of the tests, only the house rules")
        flag("--no-tests", help="no tests at all")
    elif name == "soak":
        parts = [*SOAKED, "pages"]
        command.add_argument("part", nargs="?", choices=parts, help="one part; default: all")
        command.add_argument("--seeds", metavar="A-B", help="of walks and sales, only these")
        flag("--fresh", help="forget which seeds are done")
    elif name == "lock":
        flag("--upgrade", help="take the newest versions that the .in files allow")
    elif name == "run":
        command.add_argument("rest", nargs=argparse.REMAINDER, metavar="CMD ...")


def main() -> None:
    """Run one command of the front door."""
    options, rest = _parser().parse_known_args()
    try:
        options.function(options, getattr(options, "rest", []) + rest)
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same command again to go on.")
    except Trouble as trouble:
        sys.exit(str(trouble))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)


if __name__ == "__main__":
    main()
