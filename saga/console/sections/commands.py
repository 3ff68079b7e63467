"""What the page shows and does, as commands to copy. They contain no secrets."""

import json
import shlex

from saga.console.html import Html, tag
from saga.console.sources.source import Environment, Kind
from saga.orders.record import Record
from saga.stack.kinds import RETURN, TRANSACTION


def commands(record: Record, environment: Environment) -> Html:
    """Return the commands, each with a button that copies it."""
    of_file = {"Open this page": f"saga console --file {shlex.quote(environment.place.partition(',')[0])}"}
    by_title = of_file if environment.kind is Kind.FILE else _of_stack(record, environment)
    rows = (_row(f"command-{number}", title, command) for number, (title, command) in enumerate(by_title.items()))
    return tag("div", *rows, class_="commands")


def _of_stack(record: Record, environment: Environment) -> dict[str, str]:
    order, flags = shlex.quote(record.order_id), environment.flags
    found = {
        f"Show this {record.kind}": f"saga order show {order}{flags}",
        "Show its logs": f"saga order logs {order}{flags}",
        "Export it": f"saga order export {order}{flags} > order.json",
        "Draw its graph": f"saga graph {order}{flags}",
    }
    if record.status == "PARKED" or "nextAttemptAt" in record.order.get("paused", {}):
        found["Resume it"] = f"saga order resume {order}{flags} --reason 'the gateway works again'"
    if record.status == "PENDING" and record.kind != RETURN:
        found["Cancel it"] = f"saga order cancel {order}{flags} --reason 'no longer wanted'"
    return found | (_requests(record, environment.api_url) if environment.api_url else {})


def _requests(record: Record, api_url: str) -> dict[str, str]:
    if record.kind == TRANSACTION:
        return {"Get this transaction from the API": f"curl -s {api_url}/transactions/{record.order_id}"}
    if record.kind == RETURN:
        return {"Get its order's returns from the API": f"curl -s {api_url}/orders/{record.order['returnOf']}/returns"}
    body = json.dumps({"customerId": record.order["customerId"], "items": record.order["items"]})
    headers = "-H 'content-type: application/json' -H 'x-idempotency-key: another-order'"
    return {
        "Get this order from the API": f"curl -s {api_url}/orders/{record.order_id}",
        "Get its events from the API": f"curl -s {api_url}/orders/{record.order_id}/events",
        "Place another order like it": f"curl -sX POST {api_url}/orders {headers} -d {shlex.quote(body)}",
    }


def _row(name: str, title: str, command: str) -> Html:
    copy = tag("button", "Copy", class_="button small", data_copy=name, aria_label=f"Copy: {title}")
    return tag("div", tag("h3", title), copy, tag("pre", command, id=name, tabindex=0), class_="command")
