"""The form of each table's rows: the attributes that it must have, those that it may have, and their types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from saga.reconcile.snapshot import Item
from saga.stack.kinds import ORDER, RETURN, TRANSACTION
from saga.stack.tables import END_OF_TIME, SECRET, SET_ASIDE, SHARDS

_SECRET_BYTES = 32
_LARGEST = 2**53 - 1  # that JSON has exactly


@dataclass(frozen=True)
class Kind:
    """A type, in words and as a test of a value."""

    words: str
    fits: Callable[[Any], bool]


@dataclass(frozen=True)
class Form:
    """The attributes of a row: those of its key, which name it, those that it must have, and those that it may have."""

    key: tuple[str, ...]
    required: Mapping[str, Kind]
    optional: Mapping[str, Kind] = field(default_factory=dict)

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """All attributes with their kinds."""
        return {**self.required, **self.optional}

    def wrong(self, row: Item) -> list[str]:
        """Return the attributes of the row that are missing or not of their kind."""
        kinds = self.kinds
        found = [name for name in self.required if name not in row]
        return found + [name for name, value in row.items() if name in kinds and not kinds[name].fits(value)]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_whole(value: object, largest: int = _LARGEST) -> bool:
    return type(value) is int and 0 <= value <= largest  # not a bool, which is an int


def _is_secret(value: object) -> bool:
    try:
        return isinstance(value, str) and len(bytes.fromhex(value)) >= _SECRET_BYTES
    except ValueError:
        return False


def _are_lines(value: object, *numbers: str) -> bool:
    return isinstance(value, list) and all(
        isinstance(line, dict)
        and _is_text(line.get("productId"))
        and all(_is_whole(line.get(name)) for name in numbers)
        for line in value
    )


_TEXT = Kind("text", _is_text)
_WHOLE = Kind("a whole number", _is_whole)
_TIME = Kind("a time in milliseconds", lambda value: _is_whole(value, END_OF_TIME))
_FLAG = Kind("true or false", lambda value: isinstance(value, bool))
_SHARD = Kind("one of the index's shards", lambda value: isinstance(value, str) and value in SHARDS)
_OUTBOX = Kind("'set aside'", lambda value: value == SET_ASIDE or _SHARD.fits(value))  # which older versions wrote
_MAP = Kind("a map", lambda value: isinstance(value, dict))
_FILLED = Kind("a map with something in it", lambda value: isinstance(value, dict) and value != {})
_TEXTS = Kind("a list of text", lambda value: isinstance(value, list) and all(map(_is_text, value)))
_INTENT_ID = Kind("text, or nothing", lambda value: value is None or _is_text(value))
_LINES = Kind("a list of products with quantities", lambda value: _are_lines(value, "quantity"))
_PRICED = Kind(
    "a list of products with quantities and prices",
    lambda value: value != [] and _are_lines(value, "quantity", "unitPrice"),
)
_RETURNED = Kind("a list of products with quantities", lambda value: value != [] and _are_lines(value, "quantity"))
_PARTS = Kind(
    "a map of amounts",
    lambda value: isinstance(value, dict) and all(map(_is_text, value)) and all(map(_is_whole, value.values())),
)
_IN_DETAIL = {"items": _LINES, "amount": _WHOLE, "totalAmount": _WHOLE, "refundAmount": _WHOLE} | {
    "intentId": _INTENT_ID,
    "currency": _TEXT,
    "returnId": _TEXT,
    "failures": _MAP,
}
_DETAIL = Kind(
    f"a map, where {', '.join(_IN_DETAIL)} are what they are elsewhere",
    lambda value: (
        isinstance(value, dict) and all(_IN_DETAIL[each].fits(value[each]) for each in _IN_DETAIL.keys() & value)
    ),
)


def _one_of(*words: str) -> Kind:
    return Kind(f"one of {', '.join(words)}", lambda value: isinstance(value, str) and value in words)


def _has(name: str, kind: Kind) -> Kind:
    return Kind(f"a map with {name}", lambda value: isinstance(value, dict) and kind.fits(value.get(name)))


def _of_kind(kind: object) -> Form:
    return next((form for name, form in _OF_KIND if name == kind), _SAGA)  # the value may be unhashable


_INTENT_STATUS = _one_of("created", "processing", "succeeded", "declined", "canceled")
_OUTCOME = _one_of(
    *("started", "intended", "done", "refused", "undone", "confirmed"),
    *("cancelling", "failed", "parked", "resumed", "returning"),
)

_SAGA = Form(
    ("orderId",),
    {"orderId": _TEXT, "status": _TEXT, "createdAt": _TIME, "updatedAt": _TIME, "shard": _SHARD},
    {"byStatus": _TEXT, "saga": _TEXT, "open": _SHARD, "dueAt": _TIME, "deadlineAt": _TIME, "byReason": _TEXT}
    | {"reason": _has("reason", _TEXT), "parked": _has("at", _TIME), "paused": _FILLED, "started": _TEXT},
)
_ORDER = Form(
    _SAGA.key,
    {**_SAGA.required, "customerId": _TEXT, "items": _PRICED, "totalAmount": _WHOLE} | {"paymentToken": _TEXT},
    {**_SAGA.optional, "currency": _TEXT, "fingerprint": _TEXT},
)
_RETURN = Form(
    _SAGA.key,
    {**_SAGA.required, "returnOf": _TEXT, "items": _RETURNED, "refundAmount": _WHOLE},
    {**_SAGA.optional, "text": _TEXT},
)
_OF_KIND = ((ORDER, _ORDER), (TRANSACTION, _ORDER), (RETURN, _RETURN))
_ID_SECRET = Form(
    _SAGA.key,
    {"orderId": _TEXT, "secret": Kind(f"{_SECRET_BYTES} bytes or more in hexadecimal", _is_secret)},
)
_EVENT = Form(
    ("orderId", "eventType"),
    {"orderId": _TEXT, "eventType": _TEXT, "eventId": _TEXT, "at": _TIME, "startsSaga": _FLAG, "detail": _DETAIL},
    {
        "after": _TIME,
        "saga": _TEXT,
        "state": _TEXT,
        "outcome": _OUTCOME,
        "error": _TEXT,
        "restsOn": _TEXTS,
        "undispatched": _OUTBOX,
    },
)
_NEWER_EVENT = Form(_EVENT.key, {**_EVENT.required, "saga": _TEXT, "outcome": _OUTCOME}, _EVENT.optional)
_LINE = Form(("productId", "line"), {"productId": _TEXT, "line": _TEXT, "orderId": _TEXT})
_KEY = Form(("id",), {"id": _TEXT, "intentId": _TEXT})
_INTENT = Form(
    ("id",),
    {"id": _TEXT, "amount": _WHOLE, "taken": _WHOLE, "refunded": _WHOLE, "token": _TEXT, "status": _INTENT_STATUS},
    {"currency": _TEXT, "well": _FLAG, "confirms": _WHOLE, "refunds": _WHOLE, "confirmKey": _TEXT, "parts": _PARTS},
)
FORMS: dict[str, Callable[[Item], Form]] = {
    "SAGAS": lambda row: _ID_SECRET if row.get("orderId") == SECRET else _of_kind(row.get("saga", ORDER)),
    "EVENTS": lambda row: _NEWER_EVENT if "saga" in row or "outcome" in row else _EVENT,
    "ORDER_LINES": lambda _: _LINE,
    "GATEWAY_LEDGER": lambda row: _KEY if "intentId" in row or str(row.get("id")).startswith("key#") else _INTENT,
}
OTHER = Form(("orderId",), {}, {"orderId": _TEXT})  # of a table that we do not know
