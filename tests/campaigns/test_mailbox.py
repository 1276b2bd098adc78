"""The demo's mailbox and its SMS gateway; neither exists in production."""

from __future__ import annotations

from dataclasses import replace

import pytest

from admin.app import create_app
from campaigns.transports.chosen import mailbox_folder
from loyalty.kernel.settings import Mode
from tests.campaigns.world import enrol, mailbox, runtime_of, schedule, send, start

SMS = {"to": "+33612345678", "from": "PALIER", "text": "Bonjour <b>", "reference": "msg_1"}


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture
def client(runtime):
    return create_app(runtime).test_client()


@pytest.fixture
def sent(runtime):
    enrol(runtime, "Ada", phone="+33612345678")
    enrol(runtime, "Ben", language="en", phone="+33612345679")
    schedule(runtime, channels=["email", "sms"])
    start(runtime)
    send(runtime)
    return {path.name.partition(".")[0]: path for path in mailbox(runtime)}


def test_an_empty_mailbox_says_what_will_come(client):
    assert "No message yet" in client.get("/demo/mailbox?lang=en").text
    assert "Aucun message pour l’instant" in client.get("/demo/mailbox?lang=fr").text


def test_every_message_is_listed_once_and_can_be_read(client, sent):
    page = client.get("/demo/mailbox?lang=en").text
    assert len(sent) == 4
    assert page.count('class="letters__item"') == 4
    for message_id in sent:
        opened = client.get(f"/demo/mailbox?open={message_id}&lang=en")
        assert opened.status_code == 200
        assert "opened-subject" in opened.text or "phone__bubble" in opened.text
        assert " style=" not in opened.text


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=ada@example.org", 1), ("q=Ada", 2), ("q=+33612345679", 1), ("q=%2B33612345679", 1),
     ("channel=sms", 2), ("channel=email&q=points", 2), ("q=nothing-like-it", 0), ("channel=x", 4)],
)  # fmt: skip
def test_it_can_be_searched_by_member_word_and_channel(client, sent, query, found):
    page = client.get(f"/demo/mailbox?lang=en&{query}").text
    assert page.count('class="letters__item"') == found
    assert ("Nothing found" in page) == (found == 0)


@pytest.mark.parametrize(
    "name", ["nobody", "../../etc/passwd", "..%2f..", "msg_1.eml", "%00", "a" * 99]
)
def test_only_messages_can_be_opened(client, sent, name):
    answer = client.get("/demo/mailbox", query_string={"open": name, "lang": "en"})
    assert answer.status_code == 200
    assert "Open a message" in answer.text


def test_the_gateway_keeps_a_message_once_and_can_be_asked(client, runtime):
    for _ in range(3):
        answer = client.post("/demo/sms", json=SMS, headers={"Idempotency-Key": "msg_1"})
        assert (answer.status_code, answer.json) == (201, {"id": "demo-msg_1"})
    assert len(mailbox(runtime)) == 1
    assert client.get("/demo/sms/msg_1").status_code == 200
    assert client.get("/demo/sms/msg_2").status_code == 404
    shown = client.get("/demo/mailbox?open=msg_1").text
    assert "Bonjour &lt;b&gt;" in shown


@pytest.mark.parametrize(
    ("body", "key"),
    [({}, "msg_1"), ([], "msg_1"), ({**SMS, "text": ""}, "msg_1"), ({**SMS, "text": 5}, "msg_1"),
     ({**SMS, "to": "x" * 3000}, "msg_1"), (SMS, ""), (SMS, "../x"), (SMS, "é")],
)  # fmt: skip
def test_the_gateway_refuses_what_is_no_sms(client, runtime, body, key):
    headers = {"Accept": "application/json"}
    if key:
        headers["Idempotency-Key"] = key.encode().decode("latin-1")
    assert client.post("/demo/sms", json=body, headers=headers).status_code == 422
    assert mailbox(runtime) == []


def test_the_gateway_wants_its_token_when_there_is_one(runtime):
    guarded = runtime_of(runtime.database, runtime.settings, sms_token="secret")
    client = create_app(guarded).test_client()
    headers = {"Idempotency-Key": "msg_1", "Accept": "application/json"}
    for token in ("", "Bearer other", "Bearer secre", "Bearer secrété"):
        sent = {**headers, "Authorization": token.encode().decode("latin-1")}
        assert client.post("/demo/sms", json=SMS, headers=sent).status_code == 401
        assert client.get("/demo/sms/msg_1", headers=sent).status_code == 401
    assert mailbox(runtime) == []
    right = {**headers, "Authorization": "Bearer secret"}
    assert client.post("/demo/sms", json=SMS, headers=right).status_code == 201


def test_production_has_no_mailbox(runtime):
    settings = replace(
        runtime.settings,
        mode=Mode.PRODUCTION,
        secret_key="Zk3vQ9xLw2Rt7YbNc5Hs8JdMf4Gp6AeU",
        public_url="https://palier.example",
        cookie_secure=True,
    )
    client = create_app(runtime_of(runtime.database, settings)).test_client()
    for path in ("/demo/mailbox", "/demo/sms/msg_1"):
        assert client.get(path).status_code == 404
    assert client.post("/demo/sms", json=SMS).status_code == 404


def test_files_appear_whole_under_their_ids(runtime, sent):
    names = {path.name for path in mailbox_folder(runtime.settings).iterdir()}
    assert names == {path.name for path in sent.values()}
    assert not [name for name in names if name.startswith(".")]


def test_a_broken_file_does_not_break_the_list(client, runtime, sent):
    folder = mailbox_folder(runtime.settings)
    (folder / "msg_broken.sms.json").write_text("{")
    (folder / "msg_old.eml").write_bytes(b"\xff\xfe not a mail")
    page = client.get("/demo/mailbox?lang=en")
    assert page.status_code == 200
    assert page.text.count('class="letters__item"') >= 4
