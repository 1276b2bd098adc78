"""Take the screenshots of the documentation: ``dev.py shots``, or ``python -m tests.shots``.

The shop is seeded for a fixed morning and kept in ``var/shots``, so that a second run is quick
and shows the same. Ids and codes are drawn anew with each seeding; everything else stays.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.services import chromium
from tests.shots.camera import Camera
from tests.shots.pictures import on_stairs, save_small
from tests.shots.scene import on_stage, seeded_file

KEPT = Path("var/shots")
FACES_WIDTH = 1800


def main() -> None:
    """Take every picture and say where it lies."""
    options = _options()
    found = chromium.find_chromium()
    if found is None:
        sys.exit("No Chromium was found: install one, or name it in CHROMIUM.")
    seeded = seeded_file(KEPT, fresh=options.fresh)
    with (
        tempfile.TemporaryDirectory() as folder,
        on_stage(seeded, Path(folder), language=options.language) as scene,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=list(chromium.FLAGS))
        camera = Camera(browser, scene, language=options.language)
        total = 0
        for shot in camera.album():
            total += _keep(shot.picture, options.out / f"{shot.name}.png")
        total += _keep(on_stairs(camera.faces(), width=FACES_WIDTH), options.out / "faces.png")
        browser.close()
    sys.stdout.write(f"{total // 1024} kB in all.\n")


def _keep(picture, path: Path) -> int:
    size = save_small(picture, path)
    sys.stdout.write(f"{path}  {picture.width} x {picture.height}  {size // 1024} kB\n")
    return size


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py shots", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/images"), help="where they go")
    parser.add_argument("--language", choices=("en", "fr"), default="en", help="of the pages")
    parser.add_argument("--fresh", action="store_true", help="seed the shop again")
    return parser.parse_args()


main()
