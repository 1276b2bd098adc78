"""What the house tests look at: the project's own files, as git would keep them."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("loyalty", "offers", "pos_adapter", "campaigns", "admin")
GENERATED_OR_FOREIGN = ("vendor", "LICENSE", "THIRD-PARTY", ".lock", "docs/reference/openapi")
"""Parts of a path that tell that we did not write the file by hand."""


def project_files(*suffixes: str) -> Iterator[Path]:
    """Yield the project's files that git knows or would add, ending in one of ``suffixes``."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if (ROOT / ".git").exists():
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        names = [name for name in listed.stdout.split("\0") if name]
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if _is_ours(path)]
    for name in sorted(set(names)):
        path = ROOT / name
        if name.endswith(suffixes or ("",)) and path.is_file():
            yield path


def by_hand(path: Path) -> bool:
    """Tell whether we wrote ``path`` ourselves, by hand."""
    name = str(path.relative_to(ROOT))
    return not any(part in name for part in GENERATED_OR_FOREIGN)


def import_everything() -> list[ModuleType]:
    """Import every module of the packages, except those that act when imported."""
    packages = [importlib.import_module(name) for name in PACKAGES]
    names = [
        info.name
        for package in packages
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not info.name.startswith(("admin.migrations.", "admin.wsgi"))
        and not info.name.endswith(".__main__")
    ]
    return packages + [importlib.import_module(name) for name in names]


def _is_ours(path: Path) -> bool:
    hidden = any(part.startswith(".venv") or part == "__pycache__" for part in path.parts)
    return path.is_file() and not hidden
