"""Who may talk to the console, on a real socket."""

import httpx
import pytest

from saga.console.security import CSRF_HEADER
from tests.console.fake_source import AWS, FakeSource, record
from tests.console.serving import Served

FOREIGN_HOSTS = (
    "evil.example",
    "evil.example:80",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "[::1",
    "",
    "a@b",
)
FOREIGN_ORIGINS = ("http://evil.example", "null", "http://127.0.0.1", "http://localhost:3000", "https://{host}")
PATHS = (
    "/orders",
    "/health",
    "/orders/x/export.json",
    "/_nicegui_ws/socket.io/?EIO=4&transport=polling",
    "/no/such/page",
)
HANDSHAKE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}
WEBSOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
WRITES = (
    "/orders",
    "/orders/x/cancel",
    "/orders/x/resume",
    "/orders/x/restore-gateway",
    "/outbox/x/OrderPlaced",
    "/breaker/reset",
)
ORDER = {"customer": "c", "product": "monitor", "quantity": "2", "payment": "pm_ok", "key": "k"}


@pytest.fixture
def token(console: Served) -> dict[str, str]:
    return {CSRF_HEADER: console.token.value}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_gets_nothing(client: httpx.Client, path: str, host: str) -> None:
    assert client.get(path, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_foreign_origin_gets_nothing(client: httpx.Client, path: str, origin: str) -> None:
    refused = client.get(path, headers={"origin": origin.format(host=client.base_url.netloc.decode())})
    assert refused.status_code == 403
    assert "saga-token" not in refused.text


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "http://evil.example"}])
def test_a_websocket_from_a_foreign_page_is_refused(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.get(WEBSOCKET, headers={**HANDSHAKE, **headers}).status_code == 403


def test_a_websocket_from_its_own_pages_is_opened(client: httpx.Client) -> None:
    with client.stream("GET", WEBSOCKET, headers={**HANDSHAKE, "origin": str(client.base_url)}) as answer:
        assert answer.status_code == 101


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_it_answers_as_any_loopback_name(client: httpx.Client, name: str) -> None:
    host = f"{name}:{client.base_url.port}"
    assert client.get("/health", headers={"host": host, "origin": f"http://{host}"}).status_code == 200


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("headers", [{}, {CSRF_HEADER: ""}, {CSRF_HEADER: "guess"}, {CSRF_HEADER: "gue\u00dfs"}])
def test_a_write_without_the_token_is_refused(
    client: httpx.Client, source: FakeSource, path: str, headers: dict[str, str]
) -> None:
    refused = client.post(path, data={**ORDER, "reason": "why"}, headers=httpx.Headers(headers, "latin-1"))
    assert (refused.status_code, source.actions) == (403, [])


def test_a_write_with_the_token_from_a_foreign_page_is_refused(
    client: httpx.Client, source: FakeSource, token: dict[str, str]
) -> None:
    refused = client.post("/breaker/reset", headers={**token, "origin": "http://evil.example"})
    assert (refused.status_code, source.actions) == (403, [])


def test_a_write_with_the_token_is_done(client: httpx.Client, source: FakeSource, token: dict[str, str]) -> None:
    done = client.post("/breaker/reset", headers={**token, "origin": str(client.base_url)})
    assert (done.status_code, source.actions) == (200, [("reset",)])


@pytest.mark.parametrize("path", WRITES)
def test_a_read_only_source_takes_no_writes_even_with_the_token(
    client: httpx.Client, source: FakeSource, token: dict[str, str], path: str
) -> None:
    source.env = AWS
    refused = client.post(path, data={**ORDER, "reason": "why"}, headers=token)
    assert (refused.status_code, source.actions) == (403, [])
    assert "read-only" in refused.json()["detail"]


def test_pages_cannot_be_framed_or_load_anything_from_elsewhere(client: httpx.Client) -> None:
    policy = client.get("/orders").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_no_download_contains_the_token(client: httpx.Client, console: Served) -> None:
    order = record("declined").order_id
    for path in (f"/orders/{order}/export.json", f"/orders/{order}/graph.svg", "/health"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert console.token.value not in answer.text
