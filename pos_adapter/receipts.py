"""The code on a receipt: the purchase's own number, in letters that any scanner types right."""

from __future__ import annotations

from loyalty.queries import CodeKind, Mistyped, NotACode, code_svg, make_code, read_code
from loyalty.values import PurchaseId

_PREFIX = "pur_"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS = str.maketrans(_CROCKFORD, "0123456789abcdefghijklmnopqrstuv")
_LETTERS, _BYTES = 26, 16


def receipt_code(purchase_id: PurchaseId) -> str:
    """Return the letters that stand on the receipt of a purchase, check letters included."""
    number = int(purchase_id.removeprefix(_PREFIX).translate(_DIGITS), 32)
    return make_code(CodeKind.RECEIPT, number.to_bytes(_BYTES, "big")).letters


def purchase_of_receipt(code: str) -> PurchaseId | None:
    """Return the purchase that a receipt's code names; ``None`` when it is not such a code."""
    try:
        found = read_code(code)
    except (NotACode, Mistyped):
        return None
    if found.kind is not CodeKind.RECEIPT:
        return None
    number, letters = int.from_bytes(found.payload, "big"), ""
    for _ in range(_LETTERS):
        number, value = divmod(number, 32)
        letters = _CROCKFORD[value] + letters
    return PurchaseId(_PREFIX + letters)


def receipt_svg(code: str) -> str:
    """Return the QR symbol of a receipt's code as an SVG element on a white plate."""
    return code_svg(code)
