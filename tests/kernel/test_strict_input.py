from __future__ import annotations

import pytest

# --- hostile documents ----------------------------------------------------------------------

HOSTILE = [
    '{"count": NaN}', '{"count": Infinity}', '{"count": -Infinity}', '{"count": 1e400}',
    '{"count": 1, "count": 2}', '{"name": "\\u0000"}', '{"name": "\\ud800"}',
    '{"count": ' + "9" * 5000 + "}", "[" * 5000 + "]" * 5000, '{"name": "a\nb"}', "\x00", "",
    "null", "[]", '"text"', "1", "{'count': 1}", '{"count": 01}', '{"count": 1,}',
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_document_is_refused_and_never_a_crash(client, text):
    answer = client.post("/api/v1/things", data=text.encode("utf-8", "surrogatepass"),
                         content_type="application/json")  # fmt: skip
    assert 400 <= answer.status_code < 500
    assert answer.content_type == "application/problem+json"


def test_a_body_that_is_not_utf_8_is_refused(client):
    answer = client.post(
        "/api/v1/things", data=b'{"name": "\xff"}', content_type="application/json"
    )
    assert answer.status_code == 400


REFUSED = {
    "count": [1.0, 1.9, "1", "1_0", "١٢", True, None, [], {}, 0, 101, 10**17, -1],
    "quantity": [0, -1, 1.5, "1,5", "1.2345", "1e3", "", "-1", "0", "0.000", 10_000, "10000", True],
    "name": ["", "  ", "a" * 21, 5, "a\u202eb", "a\u200bb", "a\tb", None],
    "code": ["", "Lyon", "a b", "-a", "a-", "é", "a" * 41, 5, "a/b", "../x"],
    "day": ["2026-02-30", "2026-2-3", "20260203", "x", 5, "2026-02-03T00:00", None],
    "at": ["2026-02-03T00:00:00", "2026-02-03", "x", 5, None, "0001-01-01T00:00:00+14:00"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field in REFUSED for value in REFUSED[field]]
)
def test_a_field_names_itself_when_it_is_refused(client, field, value):
    answer = client.post("/api/v1/things", json={field: value})
    assert answer.status_code == 422
    assert list(answer.get_json(force=True)["errors"]) == [field]


def test_good_fields_come_back_as_they_are_meant(client):
    sent = {
        "count": 7, "quantity": "0.75", "name": " Zoé ", "code": "lyon-2", "day": "2024-02-29",
        "at": "2026-03-06T17:40:00+01:00",
    }  # fmt: skip
    answer = client.post("/api/v1/things", json=sent).get_json()
    assert answer == {
        "count": 7, "quantity": "0.750", "name": "Zoé", "code": "lyon-2", "day": "2024-02-29",
        "at": "2026-03-06T16:40:00Z",
    }  # fmt: skip
    assert client.post("/api/v1/things", json={"quantity": 3}).get_json() == {"quantity": 3}
