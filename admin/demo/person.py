"""Somebody with a browser, as far as HTTP goes: cookies, forms, and the token in each page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from admin.demo.forms import forms_of

_TOKEN = re.compile(r'name="csrf-token" content="([0-9a-f]+)"')
SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, final address, text and, for machines, the document."""

    status: int
    url: str
    text: str

    @property
    def json(self) -> Any:
        """Return the JSON document."""
        return json.loads(self.text)

    @property
    def plain(self) -> str:
        """Return the page as a person reads it: no tags, entities decoded, spaces folded."""
        without = re.sub(r"<(script|style|head)\b.*?</\1>", " ", self.text, flags=re.DOTALL)
        return folded(unescape(re.sub(r"<[^>]+>", " ", without)))


def folded(text: str) -> str:
    """Return a text with single, ordinary spaces: the eye does not tell the others from them."""
    return " ".join(text.split())


class Person:
    """A browser of its own: what it signs in to, others are not signed in to."""

    def __init__(self, base: str, *, language: str = "fr") -> None:
        """Point the browser at ``base`` (``http://127.0.0.1:8080``)."""
        if not base.startswith("http://"):
            raise ValueError(base)
        self.base = base
        self.language = language
        self._token = ""
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def see(self, path: str) -> Answer:
        """Open a page, following where it leads."""
        return self._remember(self._send(self._request(path, None, "GET")))

    def fill(self, page: Answer, action: str, /, **fields: str | list[str]) -> Answer:
        """Fill in the form of ``page`` whose address ends in ``action``, and send it.

        Raises:
            LookupError: the page has no such form.
        """
        for form in forms_of(page.text):
            address = urljoin(page.url, form.action)
            if address.partition("?")[0].endswith(action):
                body = urlencode(form.filled(**fields)).encode()
                return self._remember(self._send(self._request(address, body, "POST")))
        raise LookupError(f"{page.url} has no form for {action}")

    def call(self, method: str, path: str, document: Any = None, **headers: str) -> Answer:
        """Call the API as a script of our pages does."""
        body = None if document is None else json.dumps(document).encode()
        request = self._request(path, body, method)
        request.add_header("Accept", "application/json")
        request.add_header("X-CSRF-Token", self._token)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        return self._send(request)

    def _remember(self, answer: Answer) -> Answer:
        """Keep the token of the page in hand."""
        found = _TOKEN.search(answer.text)
        if found:
            self._token = found[1]
        return answer

    def _request(self, path: str, body: bytes | None, method: str) -> Request:
        address = path if path.startswith("http://") else f"{self.base}{path}"
        request = Request(address, data=body, method=method)  # noqa: S310 - http only, see __init__
        request.add_header("Accept-Language", self.language)
        return request

    def _send(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=SECONDS) as response:
                return Answer(response.status, response.url, response.read().decode())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.url or "", error.read().decode())
