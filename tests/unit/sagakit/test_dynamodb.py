"""Conversion of items to DynamoDB's wire format and back, and how they are read."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagakit import dynamodb, eventlog, guard, tables
from sagakit.event import Event, to_row
from sagakit.relay import outbox
from tests.support import world

SCALARS = st.none() | st.booleans() | st.integers(min_value=-(10**18), max_value=10**18) | st.text(max_size=20)
ITEMS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)),
    max_size=5,
)


@settings(deadline=None, max_examples=30)
@given(item=ITEMS)
def test_an_item_survives_the_round_trip(item: dict[str, object]) -> None:
    assert dynamodb.from_wire(dynamodb.to_wire(item)) == item


def test_a_number_comes_back_as_an_integer_at_any_depth() -> None:
    item = dynamodb.from_wire({"detail": {"M": {"items": {"L": [{"M": {"quantity": {"N": "2"}}}]}}}})
    assert type(item["detail"]["items"][0]["quantity"]) is int


def test_a_fraction_that_somebody_wrote_into_a_row_is_not_rounded() -> None:
    assert dynamodb.from_wire({"price": {"N": "349.99"}, "stocked": {"N": "20.0"}}) == {
        "price": Decimal("349.99"),
        "stocked": 20,
    }


# --- Reading -------------------------------------------------------------------------------------------------------

KEY = {"orderId": "o", "eventType": "Large#0"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, world: None) -> list[tuple[str, object]]:  # noqa: ARG001
    """Note each call and whether it asks for a consistent read."""
    calls: list[tuple[str, object]] = []
    make_call = dynamodb.client._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def noted(api: str, request: dict[str, object]) -> object:
        calls.append((api, request.get("ConsistentRead")))
        return make_call(api, request)

    monkeypatch.setattr(dynamodb.client, "_make_api_call", noted)
    return calls


@pytest.mark.parametrize(
    ("read", "calls"),
    [
        (lambda _: dynamodb.get(tables.events(), KEY), ["GetItem"]),
        (guard.read, ["GetItem"]),
        (lambda _: outbox.if_set_aside(KEY), ["GetItem"]),
        (lambda _: eventlog.history("o"), ["Query"] * 3),
    ],
    ids=["a row", "a saga's row", "an event that is set aside", "each page of a history"],
)
def test_what_decides_is_read_consistently(
    asked: list[tuple[str, object]], read: Callable[[str], object], calls: list[str]
) -> None:
    order_id = world.placed()
    for n in range(25):  # three pages of a megabyte
        world.put("EVENTS", to_row(Event("o", f"Large#{n}", n, {"text": "x" * 100_000})))
    asked.clear()
    read(order_id)
    assert asked == [(call, True) for call in calls]
