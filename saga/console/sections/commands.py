"""What this page shows and does, as commands to copy. Secrets are no part of them."""

import json
import shlex

from saga.console.html import Html, tag
from saga.console.source import Environment, Kind
from saga.orders.record import Record


def commands(record: Record, environment: Environment) -> Html:
    """The commands, each with a button that copies it."""
    given = _of_file(environment) if environment.kind is Kind.FILE else _of_stack(record, environment)
    rows = [_row(number, title, command) for number, (title, command) in enumerate(given.items())]
    return tag("div", *rows, class_="commands")


def _of_stack(record: Record, environment: Environment) -> dict[str, str]:
    order, flags = shlex.quote(record.order_id), environment.flags
    return {
        "This order as saga command": f"saga order show {order}{flags}",
        "Its logs as saga command": f"saga order logs {order}{flags}",
        "Export as saga command": f"saga order export {order}{flags} > order.json",
        "Graph as saga command": f"saga graph {order}{flags}",
        **(_acting(record, flags)),
        **(_curls(record, environment.api_url) if environment.api_url else {}),
    }


def _acting(record: Record, flags: str) -> dict[str, str]:
    order = shlex.quote(record.order_id)
    match record.status:
        case "PARKED":
            return {"Resume as saga command": f"saga order resume {order}{flags} --reason 'it works again'"}
        case "PENDING":
            return {"Cancel as saga command": f"saga order cancel {order}{flags} --reason 'no longer wanted'"}
        case _:
            return {}


def _curls(record: Record, api_url: str) -> dict[str, str]:
    wanted = {"customerId": record.order["customerId"], "items": record.order["items"]}
    headers = "-H 'content-type: application/json' -H 'x-idempotency-key: another-order'"
    place = f"curl -sX POST {api_url}/orders {headers} -d {shlex.quote(json.dumps(wanted))}"
    return {
        "This order as curl": f"curl -s {api_url}/orders/{record.order_id}",
        "Its events as curl": f"curl -s {api_url}/orders/{record.order_id}/events",
        "Another one like it as curl": place,
    }


def _of_file(environment: Environment) -> dict[str, str]:
    name = shlex.quote(environment.place.partition(",")[0])
    return {"This page as saga command": f"saga console --file {name}"}


def _row(number: int, title: str, command: str) -> Html:
    key = f"command-{number}"
    copy = tag("button", "Copy", class_="button small", data_copy=key, aria_label=f"Copy: {title}")
    return tag("div", tag("h3", title), copy, tag("pre", command, id=key, tabindex=0), class_="command")
