"""``python -m bench NAME`` runs one benchmark; without a name it lists them."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(
    path.stem for path in Path(__file__).parent.glob("*.py") if "\ndef main(" in path.read_text()
)


def run() -> None:
    """Run the benchmark that is named, with the rest of the line as its arguments."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        print("Benchmarks:")
        for name in NAMES:
            about = (import_module(f"bench.{name}").__doc__ or "").partition("\n")[0]
            print(f"  {name:<12} {about}")
        sys.exit(0 if len(sys.argv) < 2 else 2)
    import_module(f"bench.{sys.argv[1]}").main(sys.argv[2:])


run()
