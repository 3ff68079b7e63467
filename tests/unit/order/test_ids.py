"""The ids of orders: derived from keys, with a secret that only the stack has."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from order import ids
from order.ids import derived
from sagakit import dynamodb, tables
from sagakit.dynamodb import Item
from tests.support import http, meanwhile, world

pytestmark = pytest.mark.usefixtures("world")

KEY = "a-key"
NEW_SECRET = "order ids have a new secret"


def order_id(customer_id: str, key: str) -> str:
    return derived(customer_id, "POST /orders", key)


def begin_without_secret() -> None:
    """Remove the secret, as if the stack had just been created."""
    world.remove("SAGAS", orderId=ids.ROW)
    another_process()


def stored() -> Item | None:
    return dynamodb.get(tables.sagas(), {"orderId": ids.ROW})


def another_process() -> None:
    ids.secret.cache_clear()


def test_the_same_key_has_the_same_id_in_every_process() -> None:
    first = order_id("customer-1", KEY)
    another_process()
    assert order_id("customer-1", KEY) == first


def test_an_id_looks_like_a_random_uuid() -> None:
    found = {order_id("customer-1", str(n)) for n in range(200)}
    assert len(found) == 200
    for each in found:
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", each)


def test_customer_and_key_cannot_be_confused() -> None:
    assert order_id("a", "b c") != order_id("a b", "c")
    assert order_id('a", "b', "c") != order_id("a", 'b", "c')


def test_with_another_secret_the_same_key_has_another_id() -> None:
    first = order_id("customer-1", KEY)
    world.put("SAGAS", {**world.SECRET, "secret": "5f" * ids.BYTES})
    another_process()
    assert order_id("customer-1", KEY) != first


def test_a_restored_secret_leads_a_key_to_its_order() -> None:
    first = http.post(key=KEY).body["orderId"]
    orders = world.rows("SAGAS")
    world.begin()  # an empty stack
    for row in [world.SECRET, *orders]:
        world.put("SAGAS", row)
    assert http.post(key=KEY).body["orderId"] == first


def test_a_new_stack_creates_a_secret_once_and_lists_it_nowhere() -> None:
    begin_without_secret()
    http.post(key=KEY)
    secret = stored()
    assert secret
    assert set(secret) == {"orderId", "secret"}  # no key of an index
    assert len(bytes.fromhex(secret["secret"])) == 32
    another_process()
    http.post(key="another")
    assert stored() == secret


def test_a_new_secret_is_a_warning_in_the_log_that_does_not_show_it(log: io.StringIO) -> None:
    http.post(key=KEY)
    assert NEW_SECRET not in log.getvalue()
    begin_without_secret()
    http.post(key="a new one")
    (line,) = (json.loads(line) for line in log.getvalue().splitlines() if NEW_SECRET in line)
    assert line["level"] == "WARNING"
    assert (stored() or pytest.fail("no secret"))["secret"] not in log.getvalue()
    another_process()
    http.post(key="another")
    assert log.getvalue().count(NEW_SECRET) == 1


def test_two_new_stacks_have_different_secrets() -> None:
    begin_without_secret()
    first = ids.secret()
    begin_without_secret()
    assert ids.secret() != first


def test_two_instances_that_create_the_secret_at_once_use_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    begin_without_secret()
    meanwhile.before(monkeypatch, "put_item", lambda: world.put("SAGAS", world.SECRET))
    assert ids.secret() == bytes.fromhex(world.SECRET["secret"])


def test_the_first_order_of_a_stack_creates_the_secret_even_without_a_key() -> None:
    begin_without_secret()
    assert http.post().status == 202
    assert stored() is not None


@pytest.mark.parametrize("operation", ["get_item", "put_item"])
def test_a_secret_is_not_used_before_it_is_known_to_be_stored(monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    begin_without_secret()
    response: Any = {"Error": {"Code": "InternalServerError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}

    def failing(**_: object) -> None:
        raise dynamodb.client.exceptions.InternalServerError(response, operation)

    with monkeypatch.context() as patch:
        patch.setattr(dynamodb.client, operation, failing)
        answer = http.post(key=KEY)
    assert (answer.status, answer.headers["Retry-After"], world.rows("SAGAS")) == (503, "1", [])
    placed = http.post(key=KEY).body["orderId"]
    another_process()
    assert order_id("customer-1", KEY) == placed


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: {**row, "secret": ""},
        lambda row: {**row, "secret": "5e" * 31},
        lambda row: {**row, "secret": "not hexadecimal"},
        lambda row: {"orderId": row["orderId"]},
    ],
    ids=["empty", "short", "not hexadecimal", "none"],
)
def test_a_secret_that_somebody_has_spoilt_is_not_used(spoil: Callable[[Item], Item]) -> None:
    world.put("SAGAS", spoil(world.SECRET))
    assert http.post(key=KEY).status == 500
    assert world.rows("SAGAS") == []


def test_the_secret_is_no_order() -> None:
    for answer in (http.get(f"/orders/{ids.ROW}"), http.get(f"/orders/{ids.ROW}/events"), http.cancel(ids.ROW)):
        assert answer.status == 404
        assert world.SECRET["secret"] not in answer.text
