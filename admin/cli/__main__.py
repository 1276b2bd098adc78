"""``python -m admin.cli`` is the ``loyalty`` command."""

from __future__ import annotations

from admin.cli import main

if __name__ == "__main__":
    main()
