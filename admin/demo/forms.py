"""The forms of a page, as a browser would send them if nobody touched them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_UNSENT = frozenset({"submit", "button", "image", "reset", "file"})


@dataclass(slots=True)
class Form:
    """A form: where it goes and what it would send, field by field, in the order of the page."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, **changes: str | list[str]) -> list[tuple[str, str]]:
        """Return what is sent once some fields are filled in; a list ticks several boxes."""
        kept = [(name, value) for name, value in self.fields if name not in changes]
        for name, value in changes.items():
            values = [value] if isinstance(value, str) else value
            kept.extend((name, one) for one in values)
        return kept


def forms_of(page: str) -> list[Form]:
    """Return the forms of a page, in its order."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


class _Reader(HTMLParser):
    """Collects the successful controls of each form. Source: HTML, form submission."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._choice: str | None = None
        self._text: str | None = None
        self._written = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""))
            self.forms.append(self._open)
        if self._open is None:
            return
        if tag == "input" and given.get("name"):
            self._input(given, self._open)
        elif tag == "select":
            self._choice = given.get("name")
        elif tag == "option" and self._choice and "selected" in given:
            self._open.fields.append((self._choice, given.get("value", "")))
        elif tag == "textarea":
            self._text, self._written = given.get("name"), ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self._written += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._choice = None
        elif tag == "textarea" and self._text and self._open:
            self._open.fields.append((self._text, self._written.strip()))
            self._text = None

    @staticmethod
    def _input(given: dict[str, str], form: Form) -> None:
        kind = given.get("type", "text")
        if kind in _UNSENT or (kind in {"checkbox", "radio"} and "checked" not in given):
            return
        form.fields.append((given["name"], given.get("value", "")))
