"""Orders on a terminal."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from saga.cli.render.columns import facts, outcome_cell, status_cell, table, when
from saga.http import Json
from saga.orders.attempts import Attempt, attempts
from saga.orders.effects import Effect, effects
from saga.orders.links import links
from saga.orders.logs import LogLine
from saga.orders.pause import next_attempt, tries, waiting
from saga.orders.record import Record
from saga.orders.states import source
from saga.orders.view import outcome, why
from saga.stack.kinds import RETURN, kind_of
from saga.stack.tables import status_of
from saga.text.durations import duration
from saga.text.money import Minor, amount, minor, signed_amount
from saga.text.safe import clean, error_text, item_list
from saga.text.times import clock, milliseconds, now


def order_facts(record: Record) -> Table:
    """Return a table of what the order is and how it ended."""
    order, is_return = record.order, record.kind == RETURN
    rows = [
        (record.kind, order["orderId"]),
        ("status", status_cell(record.status)),
        ("outcome", outcome(record)),
        ("return of", order["returnOf"]) if is_return else ("customer", order["customerId"]),
        ("items", item_list(order["items"])),
        ("refund", _refund(order)) if is_return else ("total", _money(order)),
        *([("reason", order["text"])] if "text" in order else []),
        ("placed", when(milliseconds(order["createdAt"]))),
        ("changed", when(milliseconds(order["updatedAt"]))),
        ("payment", _payment(record.payment)),
        *([("attempts", tries(order["paused"], now()))] if "paused" in order else []),
        *((f"execution {number}", f"{each.name}: {each.result}") for number, each in enumerate(record.executions, 1)),
        ("stack", f"{record.stack['name']}, {record.stack['place']}"),
        ("states by", source(record)),
        *links(record).items(),
    ]
    return facts(rows)


def return_table(returns: Sequence[Json]) -> RenderableType:
    """Return a table of an order's returns."""
    headers = ("return", "status", "refund", "accepted", "items", "")
    return table(headers, map(_return, returns), "")


def attempt_table(record: Record) -> RenderableType:
    """Return a table of the attempts."""
    headers = ("state", "attempt", "outcome", "started", "took", "error")
    return table(headers, map(_attempt, attempts(record)), "Not started yet.")


def live_view(record: Record) -> Group:
    """Return the order as it runs, for an updating display."""
    title = Text.assemble(f"{record.order_id}  ", status_cell(record.status), f"  {progress(record)}")
    return Group(title, attempt_table(record))


def progress(record: Record) -> str:
    """Return what became of the order, or what it waits for and when it is tried again."""
    paused = record.order.get("paused")
    return f"{outcome(record)}; {next_attempt(paused, now())}" if paused else outcome(record)


def order_table(orders: Sequence[Json]) -> RenderableType:
    """Return a table of orders, transactions and returns."""
    headers = ("order", "kind", "status", "total", "placed", "customer", "items", "reason")
    return table(headers, map(_order, orders), "No such order.")


def event_table(record: Record) -> Table:
    """Return a table of events with their effects."""
    return facts(map(_effect, effects(record)), ("at", "event", "what", "money", "stock", "by"))


def log_table(lines: Iterable[LogLine]) -> RenderableType:
    """Return a table of log lines."""
    rows = [
        (clock(each.at), each.function, each.level, _first_line(each.message or each.text), _first_line(each.more))
        for each in lines
    ]
    return table(("at", "function", "level", "message", "more"), rows, "No log lines.")


def comparison_tables(difference: Json) -> Group:
    """Return the tables of a comparison: the orders, then their states."""
    a, b = difference["orders"]
    rows = [(name, a[name], b[name]) for name in ("orderId", "stack", "status", "outcome", "placed")]
    took = [duration(each["milliseconds"]) if each["milliseconds"] is not None else "" for each in (a, b)]
    rows += [("took", took[0], took[1]), ("definition", *difference["definition"]["revisions"])]
    states = [
        ("≠" if each["differs"] else "=", each["state"], _run(each["a"]), _run(each["b"]))
        for each in difference["states"]
    ]
    return Group(facts(rows, ("", "a", "b")), "", facts(states, ("", "state", "a", "b")))


def attempt_line(attempt: Attempt) -> str:
    """Return an attempt as one line."""
    state, number, result, started, took, error = _attempt(attempt)
    return "  ".join(filter(None, (str(started), str(result), f"{state} {number}".strip(), str(took), str(error))))


def _return(back: Json) -> Sequence[object]:
    accepted = when(milliseconds(back["createdAt"]))
    status, items = status_cell(status_of(back)), item_list(back["items"])
    return back["orderId"], status, _refund(back), accepted, items, _waits(back)


def _order(order: Json) -> Sequence[object]:
    kind, placed = kind_of(order), when(milliseconds(order["createdAt"]))
    of = f"return of {order['returnOf']}" if kind == RETURN else why(order)
    who = order.get("customerId", ""), item_list(order["items"]), "; ".join(filter(None, (of, _waits(order))))
    return order["orderId"], kind, status_cell(status_of(order)), _money(order), placed, *who


def _money(order: Json) -> str:
    """Return what an order costs, or what a return refunds, as a negative amount."""
    is_return = kind_of(order) == RETURN
    return amount(Minor(-minor(order["refundAmount"])) if is_return else minor(order["totalAmount"]))


def _refund(back: Json) -> str:
    return amount(minor(back["refundAmount"]))


def _waits(order: Json) -> str:
    """Return what a paused order waits for, or what a parked return lacks; empty for any other."""
    if paused := order.get("paused"):
        return f"{waiting(paused)}, {next_attempt(paused, now())}"
    if kind_of(order) != RETURN or "parked" not in order:
        return ""
    errors = [error_text(*failure) for failure in order["parked"]["failures"].items()]
    return ", ".join([*errors, f"not done: {', '.join(order['parked']['notDone'])}"])


def _first_line(text: str) -> str:
    """Return the first line; --json has the rest, such as a traceback."""
    first, _, more = text.strip().partition("\n")
    return f"{first} …" if more else first


def _attempt(attempt: Attempt) -> Sequence[object]:
    return (
        attempt.state,
        f"#{attempt.number}" if attempt.number > 1 else "",
        outcome_cell(attempt.outcome),
        clock(attempt.started),
        duration((now() if attempt.ended is None else attempt.ended) - attempt.started),
        error_text(attempt.error, attempt.cause),
    )


def _effect(effect: Effect) -> Sequence[object]:
    money = signed_amount(effect.money) if effect.money else ""
    stock = ", ".join(f"{pieces:+} {clean(product)}" for product, pieces in effect.stock.items())
    return clock(effect.at), effect.event, effect.text, money, stock, ", ".join(effect.states)


def _payment(payment: Json | None) -> str:
    if payment is None:
        return "none on record"
    text = f"{payment['status']}, {amount(minor(payment['amount']))}, {payment['intentId'] or 'no intent'}"
    if "intent" not in payment:
        return text
    intent = payment["intent"]
    taken, refunded = (amount(minor(intent[name])) for name in ("taken", "refunded"))
    return f"{text}; the gateway says {intent['status']}, {taken} charged, {refunded} refunded"


def _run(run: Json | None) -> str:
    if run is None:
        return "not reached"
    counts = [f"{run[what]} {what}" for what, usual in (("visits", 1), ("retries", 0)) if run[what] != usual]
    errors = [f"{count} {clean(error)}" for error, count in Counter(run["errors"]).items()]
    return ", ".join([f"{run['outcome']} in {duration(run['milliseconds'])}", *counts, *errors])
