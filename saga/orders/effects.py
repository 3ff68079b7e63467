"""The effect of each event, in words, money and stock.

In its detail, `amount` is money and `items` are pieces of products. An unknown event is described by its own fields.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from saga.http import Json
from saga.orders.from_events import compensations, states
from saga.orders.model import Event
from saga.orders.pause import ended_by
from saga.orders.record import Record
from saga.stack.kinds import RETURN
from saga.stack.tables import missing
from saga.text.money import Minor, amount, minor
from saga.text.safe import clean, error_text, item_list, reason_text


@dataclass(frozen=True)
class Effect:
    """An event and its effect. `at` is ms since the epoch; `money` is + if charged, - if refunded.

    `stock` is by product, - reserved, + released. `states` are the states of the definition that the event is of;
    none if the API, recovery or an operator recorded it.
    """

    at: int
    event: str
    text: str
    money: Minor
    stock: dict[str, int]
    states: tuple[str, ...]


def effects(record: Record) -> list[Effect]:
    """Return the effect of each event, oldest first."""
    return [_effect(event, record) for event in record.events]


def to_undo(record: Record) -> dict[str, str]:
    """Return the compensations that have yet to run, in order, with what each would do; empty for nothing."""
    undone = {event.state for event in record.events if event.outcome == "undone"}
    steps = {name: step for name, step in compensations(record.definition).items() if name not in undone}
    events = {name: _events_of_step(record, step) for name, step in steps.items()}
    return {name: _undo_text(done[-1]) if done else "" for name, done in events.items()}


def _effect(event: Event, record: Record) -> Effect:
    money, payment = _taken(event), ""
    if event.outcome == "undone":
        money, payment = _given_back(event, record)
    made_by = tuple(states(event, record.definition))
    return Effect(event.at, event.type, _text(event, payment), money, _stock(event), made_by)


def _stock(event: Event) -> dict[str, int]:
    sign = {"done": 1 if event.saga == RETURN else -1, "undone": 1}.get(event.outcome, 0)
    stock = Counter[str]()
    for item in event.detail.get("items", ()) if sign else ():
        stock[item["productId"]] += sign * item["quantity"]
    return dict(stock)


def _given_back(event: Event, record: Record) -> tuple[Minor, str]:
    """Return the money that a compensation moved, and the same in words.

    Undoing a charge that was never recorded moves nothing on balance. Old rows without an amount gave back all that
    the step intended to take.
    """
    outcome = event.detail.get("outcome", "")
    step = compensations(record.definition).get(event.state, "")
    steps = _events_of_step(record, step)
    intended = _amount(steps[-1]) if steps else Minor(0)
    charged = sum(_taken(each) for each in record.events if each.state == step)
    refunded = intended if outcome == "refunded" and "amount" not in event.detail else _amount(event)
    if refunded:
        unanswered = "" if charged else ", which the gateway had charged without answering"
        return Minor(-min(charged, refunded)), f"refunded {amount(refunded)}{unanswered}"
    if outcome == "voided" and intended:
        return Minor(0), f"voided the intent to charge {amount(intended)}: no money moved"
    return Minor(0), clean(outcome)


def _events_of_step(record: Record, step: str) -> list[Event]:
    return [each for each in record.events if each.state == step and each.outcome in ("intended", "done")]


def _taken(event: Event) -> Minor:
    """Return what a step took, or as a return gave back: a refusal of a wrong charge tells of it apart."""
    amounts = {"done": event.detail.get("amount"), "refused": event.detail.get("charged")}
    taken = minor(amounts.get(event.outcome) or 0)
    return Minor(-taken) if event.saga == RETURN else taken


def _amount(event: Event) -> Minor:
    return minor(event.detail.get("amount") or 0)


def _text(event: Event, payment: str) -> str:
    """Return what the event did; `payment` is what a compensation did to the payment, in words."""
    text = (_TEXTS_OF_RETURNS if event.saga == RETURN else {}).get(event.outcome) or _TEXTS.get(event.outcome)
    return (text(event.detail, payment) if text else "") or _fields(event)


def _undo_text(event: Event) -> str:
    """Return what a compensation would do about this event of its step."""
    known = _moved(event.detail, "release {}", "void or refund the payment of {}")
    return known or f"undo {clean(event.type)} ({_fields(event)})"


def _started(detail: Json) -> str:
    total = detail.get("totalAmount", detail.get("refundAmount"))
    price = "" if total is None else f" for {amount(minor(total))}"
    return f"{item_list(detail['items'])}{price}" if "items" in detail else ""


def _moved(detail: Json, stock: str, money: str) -> str:
    items, value = detail.get("items"), minor(detail.get("amount") or 0)
    return _joined(stock.format(item_list(items)) if items else "", money.format(amount(value)) if value else "")


def _refused(detail: Json) -> str:
    if detail.get("charged"):
        return f"charged {amount(minor(detail['charged']))} instead of {amount(minor(detail.get('amount') or 0))}"
    return "nothing charged" if "amount" in detail else "nothing done"


def _undone(detail: Json, payment: str) -> str:
    stock = f"released {item_list(detail['items'])}" if detail.get("items") else "nothing was reserved"
    return _joined(stock if "items" in detail else "", payment)


def _parked(detail: Json) -> str:
    errors = [f"{clean(step)} failed ({clean(error)})" for step, error in detail.get("failures", {}).items()]
    words, events = missing(detail)
    return _joined(*errors, f"{words}: {', '.join(map(clean, events))}")


def _fields(event: Event) -> str:
    return _joined(*(f"{clean(name)}: {clean(value)}" for name, value in event.detail.items())) or clean(event.outcome)


def _resumed(detail: Json) -> str:
    by, attempt = clean(detail.get("by", "recovery")), ended_by(detail)
    if by == "recovery" and attempt:
        return f"{attempt} failed: {reason_text(detail)}; tried again"
    return _joined(f"resumed by {by}: {reason_text(detail)}", attempt and f"after {attempt} had failed")


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


# By outcome, and only the event's own is called: a step may give other fields of its detail any shape.
_TEXTS: dict[str, Callable[[Json, str], str]] = {
    "started": lambda detail, _: _started(detail),
    "intended": lambda detail, _: _moved(detail, "about to reserve {}", "about to charge {}: no money has moved yet"),
    "done": lambda detail, _: _moved(detail, "reserved {}", "charged {}"),
    "refused": lambda detail, _: error_text(_refused(detail), detail.get("cause")),
    "confirmed": lambda _detail, _: "final: the order can no longer be cancelled",
    "cancelling": lambda detail, _: f"cancelled: {reason_text(detail)}",
    "undone": _undone,
    "failed": lambda _detail, _: "everything is undone",
    "parked": lambda detail, _: _parked(detail),
    "resumed": lambda detail, _: _resumed(detail),
    "returning": lambda detail, _: f"accepted the return of {_started(detail)}: {clean(detail.get('returnId'))}",
}
_TEXTS_OF_RETURNS: dict[str, Callable[[Json, str], str]] = {
    "intended": lambda detail, _: _moved(detail, "about to restock {}", "about to refund {}: no money has moved yet"),
    "done": lambda detail, _: _moved(detail, "restocked {}", "refunded {}"),
    "confirmed": lambda _detail, _: "the return is complete",
}
