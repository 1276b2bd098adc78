"""Pictures made smaller, and three of them put on the stairs."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

COLOURS = 200
DAY, TREAD, STEP = "#f6f3f5", "#a9c95a", "#e7dae3"
SHADOW = (53, 19, 45, 90)
_EDGE, _GAP, _RISE, _CORNER, _BLUR = 72, 56, 64, 18, 22


def save_small(picture: Image.Image, path: Path) -> int:
    """Write a picture with a palette of its own and return its size in bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    flat = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    flat.save(path, optimize=True)
    return path.stat().st_size


def on_stairs(faces: list[Image.Image], *, width: int) -> Image.Image:
    """Return the faces side by side, each a step higher than the one before."""
    tall = max(face.height for face in faces)
    whole = sum(face.width for face in faces) + _GAP * (len(faces) - 1) + 2 * _EDGE
    height = tall + _RISE * (len(faces) - 1) + 2 * _EDGE
    canvas = Image.new("RGB", (whole, height), DAY)
    left = _EDGE
    for number, face in enumerate(faces):
        top = _EDGE + _RISE * (len(faces) - 1 - number)
        last = number == len(faces) - 1
        start = 0 if number == 0 else left - _GAP // 2
        end = whole if last else left + face.width + _GAP // 2
        _step(canvas, (start, top + face.height + _EDGE // 2, end, height), tread=last)
        _stand(canvas, face.convert("RGB"), left, top)
        left += face.width + _GAP
    return canvas.resize((width, height * width // whole), Image.Resampling.LANCZOS)


def _step(canvas: Image.Image, box: tuple[int, int, int, int], *, tread: bool) -> None:
    """Draw the step on which a face stands, with the tread of the one that was reached."""
    draw = ImageDraw.Draw(canvas)
    draw.rectangle(box, fill=STEP)
    if tread:
        draw.rectangle((*box[:3], box[1] + 10), fill=TREAD)


def _stand(canvas: Image.Image, face: Image.Image, left: int, top: int) -> None:
    """Put a face with round corners and a shadow in its place."""
    mask = Image.new("L", face.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *face.size), _CORNER, fill=255)
    shade = Image.new("RGBA", canvas.size, (0, 0, 0, 0))
    shape = (left, top + _BLUR // 2, left + face.width, top + face.height + _BLUR // 2)
    ImageDraw.Draw(shade).rounded_rectangle(shape, _CORNER, fill=SHADOW)
    shade = shade.filter(ImageFilter.GaussianBlur(_BLUR))
    canvas.paste(shade, (0, 0), shade)
    canvas.paste(face, (left, top), mask)
