"""Short ways to call the till API and to read its refusals."""

from loyalty.kernel.access.terminals import renew_invitation, terminals
from tests.pos_adapter.shop import PIN

API = "/api/v1/till"


def problem(response):
    """Return status and slug of a refusal, which must be complete and speak."""
    body = response.get_json()
    assert response.content_type == "application/problem+json", response.get_data(as_text=True)
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    return response.status_code, body["type"].removeprefix("/problems/")


def browser_till(shop, *, pin=True):
    """Return a client with the cookie of an enrolled browser till, and its form token."""
    client = shop.app.test_client()
    with shop.database.begin(actor="test") as tx:
        [t2] = [row for row in terminals(tx) if row.till == "t2"]
        code = renew_invitation(tx, terminal_id=t2.terminal_id).code
    token = form_token(client.get("/till/enrol"))
    assert client.post("/till/enrol", data={"csrf_token": token, "code": code}).status_code == 302
    if pin:
        data = {"csrf_token": token, "cashier": shop.cleo, "pin": PIN}
        assert client.post("/till/sign-in", data=data).status_code == 302
    return client, token


def form_token(response):
    text = response.get_data(as_text=True)
    return text.partition('name="csrf-token" content="')[2].partition('"')[0]
