"""A code as a picture: read back by an independent decoder."""

from __future__ import annotations

import io
import re

import zxingcpp
from PIL import Image

from loyalty.cards import CodeKind, make_code
from loyalty.qr import BORDER_MODULES, code_matrix, code_png, code_svg, link_png, link_svg

CODE = make_code(CodeKind.CARD, b"0123456789").letters
LINK = "https://palier.example/app/join?store=lyon-1"


def decode(png: bytes) -> zxingcpp.Barcode:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("L"))
    assert len(found) == 1
    return found[0]


def modules_of(svg: str) -> set[tuple[int, int]]:
    """The dark modules that the path of an SVG paints."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg)
    return {(int(x) + dx, int(y)) for x, y, width in runs for dx in range(int(width))}


def test_a_card_reads_as_its_letters_at_level_q():
    found = decode(code_png(CODE))

    assert found.text == CODE
    assert found.ec_level == "Q"


def test_a_card_is_as_small_as_its_letters_allow():
    """25 modules and the border: 23 letters in alphanumeric mode at level Q are version 2."""
    assert len(code_matrix(CODE)) == 25 + 2 * BORDER_MODULES


def test_the_svg_paints_exactly_the_symbol_on_a_white_plate():
    svg, matrix = code_svg(CODE), code_matrix(CODE)
    dark = {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}

    assert modules_of(svg) == dark
    assert f'<rect width="{len(matrix)}" height="{len(matrix)}" fill="#fff"/>' in svg
    assert f'aria-label="{CODE}"' in svg
    assert "style" not in svg


def test_the_border_is_four_white_modules():
    matrix = code_matrix(CODE)
    edge = range(BORDER_MODULES)

    assert not any(any(matrix[y]) or any(matrix[-1 - y]) for y in edge)
    assert not any(row[x] or row[-1 - x] for row in matrix for x in edge)


def test_a_poster_reads_as_its_link_and_escapes_it():
    assert decode(link_png(LINK)).text == LINK
    assert 'aria-label="https://x/?a=1&amp;b=&quot;&lt;' in link_svg('https://x/?a=1&b="<')


def test_a_receipt_and_a_rotating_code_are_drawn_too():
    letters = make_code(CodeKind.ROTATING, bytes(16)).letters

    assert decode(code_png(letters, scale=5)).text == letters
