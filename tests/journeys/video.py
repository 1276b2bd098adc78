"""A film for Chromium's fake camera: a code held still in front of it, as raw Y4M."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from loyalty.queries import card_png

WIDTH, HEIGHT, FRAMES = 640, 480, 10
SURROUND = 96
"""The grey of what stands around the card."""


def film(path: Path, code: str, *, blank: int = 0) -> Path:
    """Write a film of the drawn ``code``, after ``blank`` frames without it; return its path.

    Source: YUV4MPEG2: a header line, then FRAME and the planes Y, U and V of each picture.
    """
    symbol = Image.open(BytesIO(card_png(code, scale=8))).convert("L")
    empty = Image.new("L", (WIDTH, HEIGHT), SURROUND)
    shown = empty.copy()
    shown.paste(symbol, ((WIDTH - symbol.width) // 2, (HEIGHT - symbol.height) // 2))
    colourless = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for picture in [empty] * blank + [shown] * FRAMES:
            out.write(b"FRAME\n" + picture.tobytes() + colourless)
    return path
