"""Orders on a terminal: tables for `rich`, in which nothing that came with an order can move the cursor."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from saga.clock import local, now
from saga.orders import cells, words
from saga.orders.api_view import milliseconds, minor
from saga.orders.attempts import Attempt, attempts
from saga.orders.cells import clock, status, table
from saga.orders.effects import Effect, effects
from saga.orders.links import links
from saga.orders.record import Record
from saga.orders.states import source
from saga.orders.view import outcome, why

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.table import Table

    from saga.orders.facts import Json
    from saga.orders.logs import LogLine


def head(record: Record) -> "Table":
    """What the order is and what became of it."""
    order, current = record.order, now()
    facts = [
        ("order", order["orderId"]),
        ("status", status(record.status)),
        ("outcome", outcome(record)),
        ("customer", order["customerId"]),
        ("items", words.lines(order["items"])),
        ("total", words.amount(minor(order["totalAmount"]))),
        ("placed", local(milliseconds(order["createdAt"]), current)),
        ("changed", local(milliseconds(order["updatedAt"]), current)),
        ("payment", _payment(record.payment)),
        *((f"execution {number}", f"{each.name}: {each.status}") for number, each in enumerate(record.executions, 1)),
        ("stack", f"{record.stack['name']}, {record.stack['place']}"),
        ("states by", source(record)),
        *links(record).items(),
    ]
    return table((), facts)


def tries(record: Record) -> "RenderableType":
    """Every attempt, and how long it took."""
    found = attempts(record)
    rows = [_attempt(attempt) for attempt in found]
    return table(("state", "attempt", "outcome", "started", "took", "error"), rows) if rows else "not started yet"


def watched(record: Record) -> "Group":
    """The order while it runs."""
    from rich.console import Group  # noqa: PLC0415 - keeps the command's help fast
    from rich.text import Text  # noqa: PLC0415

    title = Text.assemble(f"{record.order_id}  ", status(record.status), f"  {outcome(record)}")
    return Group(title, tries(record))


def listed(orders: Sequence["Json"]) -> "RenderableType":
    """A row for each order."""
    current = now()
    rows = [
        (
            each["orderId"],
            status("PARKED" if "parked" in each else each["status"]),
            words.amount(minor(each["totalAmount"])),
            local(milliseconds(each["createdAt"]), current),
            each["customerId"],
            words.lines(each["items"]),
            why(each),
        )
        for each in orders
    ]
    return table(("order", "status", "total", "placed", "customer", "items", "why"), rows) if rows else "no such order"


def happened(record: Record) -> "Table":
    """What each event did."""
    rows = [_effect(effect) for effect in effects(record)]
    return table(("at", "event", "what", "money", "stock", "by"), rows)


def logged(lines: Iterable["LogLine"]) -> "RenderableType":
    """A row for each line of the logs."""
    rows = [
        (clock(each.at), each.function, each.level, _first_line(each.message or each.text), _first_line(each.more))
        for each in lines
    ]
    return table(("at", "function", "level", "message", "more"), rows) if rows else "nothing is logged"


def _first_line(text: str) -> str:
    """A traceback is for `--json`."""
    first, _, more = text.strip().partition("\n")
    return f"{first} …" if more else first


def compared(difference: "Json") -> "Group":
    """Two runs side by side."""
    from rich.console import Group  # noqa: PLC0415

    a, b = difference["orders"]
    rows = [(name, a[name], b[name]) for name in ("orderId", "stack", "status", "outcome", "placed")]
    took = [words.duration(each["milliseconds"]) if each["milliseconds"] is not None else "" for each in (a, b)]
    revisions = difference["definition"]["revisions"]
    facts = [*rows, ("took", *took), ("definition", *revisions)]
    states = [
        ("≠" if each["differs"] else "=", each["state"], _run(each["a"]), _run(each["b"]))
        for each in difference["states"]
    ]
    return Group(table(("", "a", "b"), facts), "", table(("", "state", "a", "b"), states))


def would(told: "Json") -> str:
    """What an action would do."""
    return "\n".join([told["words"], *(f"  {step}" for step in told["steps"])])


def change(attempt: Attempt) -> str:
    """An attempt in one line."""
    state, number, result, started, took, error = _attempt(attempt)
    return "  ".join(filter(None, (str(started), str(result), f"{state} {number}".strip(), str(took), str(error))))


def _attempt(attempt: Attempt) -> Sequence[object]:
    took = words.duration((now() if attempt.ended is None else attempt.ended) - attempt.started)
    return (
        attempt.state,
        f"#{attempt.number}" if attempt.number > 1 else "",
        cells.outcome(attempt.outcome),
        clock(attempt.started),
        took,
        words.told(attempt.error, attempt.cause),
    )


def _effect(effect: Effect) -> Sequence[object]:
    money = f"{'+' if effect.money > 0 else ''}{words.amount(effect.money)}" if effect.money else ""
    stock = ", ".join(f"{pieces:+} {words.clean(product)}" for product, pieces in effect.stock.items())
    return clock(effect.at), effect.event, effect.words, money, stock, ", ".join(effect.states)


def _payment(payment: "Json | None") -> str:
    if payment is None:
        return "none on record"
    told = f"{payment['status']}, {words.amount(minor(payment['amount']))}, {payment['intentId']}"
    if "intent" not in payment:
        return told
    moved = {name: words.amount(minor(payment["intent"][name])) for name in ("taken", "refunded")}
    return (
        f"{told}; at the gateway {payment['intent']['status']}, {moved['taken']} taken, {moved['refunded']} given back"
    )


def _run(run: "Json | None") -> str:
    if run is None:
        return "not reached"
    counts = [f"{run[what]} {what}" for what, usual in (("visits", 1), ("retries", 0)) if run[what] != usual]
    errors = [f"{count} {words.clean(error)}" for error, count in Counter(run["errors"]).items()]
    return ", ".join([f"{run['outcome']} in {words.duration(run['milliseconds'])}", *counts, *errors])
