"""Codes as pictures: QR symbols on a white plate, as one SVG path or as PNG.

The plate is white and four modules wide on every theme: a dark or transparent surround stops
scanners. Codes are drawn in alphanumeric mode, posters with a link in byte mode.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import MODE_ALPHA_NUM, QRData

BORDER_MODULES = 4


def code_svg(letters: str) -> str:
    """Return the QR symbol of a card or voucher code as an SVG element.

    Error correction is level Q: as small as level M for these lengths, and it survives glare.
    """
    return _svg(code_matrix(letters), label=letters)


def code_png(letters: str, *, scale: int = 8) -> bytes:
    """Return the QR symbol of a code as a PNG, ``scale`` pixels a module."""
    return _png(code_matrix(letters), scale)


def link_svg(url: str) -> str:
    """Return the QR symbol of a link, for an enrolment poster; level M."""
    return _svg(link_matrix(url), label=url)


def link_png(url: str, *, scale: int = 8) -> bytes:
    """Return the QR symbol of a link as a PNG, ``scale`` pixels a module."""
    return _png(link_matrix(url), scale)


@lru_cache(maxsize=1024)
def code_matrix(letters: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a code's symbol, border included; true is dark."""
    data = QRData(letters.encode("ascii"), mode=MODE_ALPHA_NUM)
    return _matrix(data, ERROR_CORRECT_Q)


@lru_cache(maxsize=64)
def link_matrix(url: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a link's symbol, border included; true is dark."""
    return _matrix(QRData(url.encode()), ERROR_CORRECT_M)


def _matrix(data: QRData, level: int) -> tuple[tuple[bool, ...], ...]:
    symbol = qrcode.QRCode(error_correction=level, border=BORDER_MODULES)
    symbol.add_data(data, optimize=0)
    symbol.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in symbol.get_matrix())


def _svg(matrix: tuple[tuple[bool, ...], ...], *, label: str) -> str:
    """Draw each horizontal run of dark modules as a rectangle of one path."""
    size = len(matrix)
    runs = "".join(_runs(row, y) for y, row in enumerate(matrix))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'role="img" aria-label="{_escape(label)}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{runs}"/></svg>'
    )


def _runs(row: tuple[bool, ...], y: int) -> str:
    path, start = [], None
    for x, dark in enumerate((*row, False)):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            path.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(path)


def _png(matrix: tuple[tuple[bool, ...], ...], scale: int) -> bytes:
    """Paint the modules on white, one bit a pixel."""
    size = len(matrix)
    picture = Image.new("1", (size, size), 1)
    picture.putdata([not dark for row in matrix for dark in row])
    out = BytesIO()
    picture.resize((size * scale, size * scale)).save(out, "PNG")
    return out.getvalue()


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
