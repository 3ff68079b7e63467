"""What each event did to money and stock."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from saga.orders import told, words
from saga.orders.api_view import minor
from saga.orders.facts import Event, Json
from saga.orders.record import Record


@dataclass(frozen=True)
class Effect:
    """`at` in milliseconds since the epoch; `money` in minor units, + taken from the customer, - given back.

    `stock` by product, - reserved, + released; `states` are the states of the saga that made the event, none where the
    API, recovery or an operator did.
    """

    at: int
    event: str
    words: str
    money: int
    stock: dict[str, int]
    states: tuple[str, ...]


def effects(record: Record) -> list[Effect]:
    """The effect of each event, oldest first."""
    charged = sum(minor(event.detail["amount"]) for event in record.events if event.kind == "PaymentCharged")
    return [
        Effect(event.at, event.type, _words(event, record), _money(event, charged), _stock(event), told.states(event))
        for event in record.events
    ]


def _money(event: Event, charged: int) -> int:
    """A charge that was never told and then given back did nothing on the whole."""
    if event.kind == "PaymentCharged":
        return charged
    return -charged if event.kind == "PaymentRefunded" and event.detail["outcome"] == "refunded" else 0


def _stock(event: Event) -> dict[str, int]:
    sign = {"InventoryReserved": -1, "InventoryReleased": 1}.get(event.kind)
    if sign is None:
        return {}
    held = Counter[str]()
    for item in event.detail["items"]:
        held[item["productId"]] += sign * item["quantity"]
    return dict(held)


def _words(event: Event, record: Record) -> str:
    tell = _WORDS.get(event.kind)
    return tell(event.detail, record) if tell else _unknown(event.detail)


def _placed(detail: Json, _: Record) -> str:
    return f"{words.lines(detail['items'])} for {_amount(detail['totalAmount'])}"


def _released(detail: Json, _: Record) -> str:
    return f"{words.lines(detail['items'])} back on the shelf" if detail["items"] else "nothing was held"


def _refunded(detail: Json, record: Record) -> str:
    paid = _amount((record.payment or {}).get("amount", 0))
    match detail["outcome"]:
        case "refunded" if any(event.kind == "PaymentCharged" for event in record.events):
            return f"{paid} given back"
        case "refunded":
            return f"{paid} given back: it was taken, and no answer had come"
        case "voided":
            return f"the intent to take {paid} is void: no money moved"
        case _:
            return words.clean(detail["outcome"])


def _parked(detail: Json, _: Record) -> str:
    given_up = (words.told(step, error) for step, error in detail["failures"].items())
    return f"not undone: {', '.join(map(words.clean, detail['notUndone']))} ({', '.join(given_up)})"


def _resumed(detail: Json, _: Record) -> str:
    return f"taken up again by {words.clean(detail.get('by', 'recovery'))}: {_reason(detail)}"


def _reason(detail: Json) -> str:
    return words.told(detail["reason"], detail.get("cause"))


def _amount(major: float) -> str:
    return words.amount(minor(major))


def _unknown(detail: Json) -> str:
    """An event of a step that this version does not know, in its own terms."""
    return ", ".join(f"{words.clean(name)} {words.clean(value)}" for name, value in detail.items())


_WORDS: dict[str, Callable[[Json, Record], str]] = {
    "OrderPlaced": _placed,
    "InventoryReserved": lambda detail, _: f"{words.lines(detail['items'])} held",
    "InventoryRejected": lambda detail, _: f"nothing held: {words.clean(detail['cause'])}",
    "PaymentIntentRecorded": lambda detail, _: f"intent to take {_amount(detail['amount'])}: no money moved yet",
    "PaymentCharged": lambda detail, _: f"{_amount(detail['amount'])} taken",
    "PaymentDeclined": lambda detail, _: f"nothing taken: {words.clean(detail['cause'])}",
    "OrderConfirmed": lambda _detail, _: "from here there is no way back",
    "OrderCancelling": lambda detail, _: f"to be undone: {_reason(detail)}",
    "PaymentRefunded": _refunded,
    "InventoryReleased": _released,
    "OrderFailed": lambda _detail, _: "all is undone",
    "OrderParked": _parked,
    "OrderResumed": _resumed,
}
