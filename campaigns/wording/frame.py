"""What surrounds every e-mail: the brand's band, the white card, and the foot with the way out.

Mail programs read no style sheets and few know flex boxes: tables and style attributes are what
every one of them draws alike.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

from campaigns.values import Lane
from campaigns.wording.markup import Styles
from campaigns.wording.placeholders import Piece, Pieces, Slot
from campaigns.wording.spelling import Language
from campaigns.wording.vocabulary import Kind

_FONT = "font-family:'Avenir Next',Avenir,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
_INK, _SOFT, _BRAND, _DEEP, _STEP = "#251a24", "#5f525d", "#6b1f53", "#35132d", "#a9c95a"

BODY_STYLES = Styles(
    heading=f"margin:0 0 16px;{_FONT};font-size:26px;line-height:32px;color:{_DEEP};"
    "font-weight:700",
    paragraph=f"margin:0 0 16px;{_FONT};font-size:16px;line-height:25px;color:{_INK}",
    listing="margin:0 0 16px;padding:0 0 0 22px",
    item=f"margin:0 0 6px;{_FONT};font-size:16px;line-height:25px;color:{_INK}",
    link=f"color:{_BRAND};font-weight:600",
    button_box="margin:8px 0 24px",
    button_cell=f"background:{_BRAND};border-radius:8px",
    button=f"display:inline-block;padding:14px 26px;{_FONT};font-size:16px;line-height:20px;"
    "font-weight:700;color:#ffffff;text-decoration:none",
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same in every message of an installation, lane by lane.

    ``sms_stop`` is how a marketing SMS says that one may stop it, e.g. ``STOP 36180``.
    """

    lane: Lane
    brand: str
    sms_stop: str = ""


def framed_html(body: Pieces, preheader: Pieces, language: Language, frame: Frame) -> Pieces:
    """Return the HTML document around a body."""
    return (*_head(preheader, language, frame), *body, *_foot(language, frame))


def framed_text(body: Pieces, language: Language, frame: Frame) -> Pieces:
    """Return the text part around a body."""
    return (f"{frame.brand}\n\n", *body, *_text_foot(language, frame))


_WHY = {
    "fr": "Vous recevez cet e-mail parce que vous avez accepté les nouvelles de {brand}.",
    "en": "You receive this e-mail because you agreed to hear from {brand}.",
}
_WHY_SERVICE = {
    "fr": "Message de service lié à votre carte {brand}.",
    "en": "A service message about your {brand} card.",
}
_LEAVE = {"fr": "Me désinscrire", "en": "Unsubscribe"}
_CHOOSE = {"fr": "Mes préférences", "en": "My preferences"}
_UNSUBSCRIBE = Slot("unsubscribe_link", Kind.LINK)
_PREFERENCES = Slot("preferences_link", Kind.LINK)


def _head(preheader: Pieces, language: Language, frame: Frame) -> Pieces:
    brand = html.escape(frame.brand)
    hidden = (
        '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">',
        *(html.escape(piece) if isinstance(piece, str) else piece for piece in preheader),
        "</div>",
    )
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light">\n'
        f"<title>{brand}</title>\n</head>\n"
        '<body style="margin:0;padding:0;background:#f6f3f5">\n',
        *(hidden if preheader else ()),
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        'style="background:#f6f3f5"><tr><td align="center" style="padding:24px 12px">\n'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        'style="max-width:600px">\n'
        f'<tr><td style="background:{_DEEP};border-radius:12px 12px 0 0;padding:20px 28px;{_FONT};'
        'font-size:20px;line-height:24px;font-weight:700;color:#fbf1f7;letter-spacing:.2px">'
        f"{brand}</td></tr>\n"
        f'<tr><td style="background:{_STEP};height:6px;line-height:6px;font-size:0">&nbsp;</td>'
        "</tr>\n"
        '<tr><td style="background:#ffffff;border-radius:0 0 12px 12px;padding:32px 28px 20px">\n',
    )


def _foot(language: Language, frame: Frame) -> Pieces:
    brand = html.escape(frame.brand)
    style = f"{_FONT};font-size:13px;line-height:20px;color:{_SOFT}"
    link = f'style="color:{_SOFT};text-decoration:underline"'
    why = (_WHY if frame.lane is Lane.MARKETING else _WHY_SERVICE)[language].format(brand=brand)
    out: list[Piece] = [
        f'\n</td></tr>\n<tr><td style="padding:20px 28px;{style}" align="center">{why}'
    ]
    if frame.lane is Lane.MARKETING:
        out += ['<br>\n<a href="', _UNSUBSCRIBE, f'" {link}>{_LEAVE[language]}</a> &middot; ']
        out += ['<a href="', _PREFERENCES, f'" {link}>{_CHOOSE[language]}</a>']
    out.append("</td></tr>\n</table>\n</td></tr></table>\n</body>\n</html>\n")
    return tuple(out)


def _text_foot(language: Language, frame: Frame) -> Pieces:
    why = _WHY if frame.lane is Lane.MARKETING else _WHY_SERVICE
    out: list[Piece] = [f"\n\n-- \n{why[language].format(brand=frame.brand)}\n"]
    if frame.lane is Lane.MARKETING:
        out += [f"{_LEAVE[language]}: ", _UNSUBSCRIBE, "\n"]
        out += [f"{_CHOOSE[language]}: ", _PREFERENCES, "\n"]
    return tuple(out)
