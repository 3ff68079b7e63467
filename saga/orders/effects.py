"""What each event did to money and stock: in its detail, `amount` is money and `items` are pieces of products."""

from collections import Counter
from dataclasses import dataclass

from saga.orders import told, words
from saga.orders.api_view import minor
from saga.orders.definition import compensations
from saga.orders.facts import Event
from saga.orders.record import Record
from saga.orders.wording import wording, would_undo


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
    return [_effect(event, record) for event in record.events]


def to_undo(record: Record) -> dict[str, str]:
    """The compensations that have yet to run, in order, with what each would undo, in words; empty for nothing."""
    done = {event.state for event in record.events if event.outcome == "undone"}
    undoes = {name: step for name, step in compensations(record.definition).items() if name not in done}
    found = {name: _traces(record, step) for name, step in undoes.items()}
    return {name: would_undo(events[-1]) if events else "" for name, events in found.items()}


def _effect(event: Event, record: Record) -> Effect:
    money, told_of_it = _amount(event) if event.outcome == "done" else 0, ""
    if event.outcome == "undone":
        money, told_of_it = _given_back(event, record)
    states = tuple(told.states(event, record.definition))
    return Effect(event.at, event.type, wording(event, told_of_it), money, _stock(event), states)


def _stock(event: Event) -> dict[str, int]:
    sign = {"done": -1, "undone": 1}.get(event.outcome, 0)
    held = Counter[str]()
    for item in event.detail.get("items", ()) if sign else ():
        held[item["productId"]] += sign * item["quantity"]
    return dict(held)


def _given_back(event: Event, record: Record) -> tuple[int, str]:
    """What a compensation did to money, and in words. A charge that was never told did nothing on the whole.

    Rows that are older than the amount in them gave back all that the step wanted to take.
    """
    outcome = event.detail.get("outcome", "")
    steps = _traces(record, compensations(record.definition).get(event.state, ""))
    wanted = _amount(steps[-1]) if steps else 0
    taken = sum(_amount(each) for each in steps if each.outcome == "done")
    given = wanted if outcome == "refunded" and "amount" not in event.detail else _amount(event)
    if given:
        unheard = "" if taken else ": it was taken, and no answer had come"
        return -min(taken, given), f"{words.amount(given)} given back{unheard}"
    if outcome == "voided" and wanted:
        return 0, f"the intent to take {words.amount(wanted)} is void: no money moved"
    return 0, words.clean(outcome)


def _traces(record: Record, step: str) -> list[Event]:
    """The events by which a step did something."""
    return [each for each in record.events if each.state == step and each.outcome in ("intended", "done")]


def _amount(event: Event) -> int:
    return minor(event.detail.get("amount") or 0)
