"""All that is on record about one order: what `export` writes, what a file holds, what every view is made of."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Never

from saga.clock import iso
from saga.failure import UsageFailure
from saga.graph.asl import parse
from saga.legacy import ATTRIBUTES, implied
from saga.orders.api_view import milliseconds
from saga.orders.facts import Event, Execution, Json, details
from saga.orders.format import DOCUMENT, ENTRY, FORMAT
from saga.orders.shape import check

__all__ = ["Event", "Execution", "Json", "Record", "of_json", "to_json"]


@dataclass(frozen=True)
class Record:
    """One order.

    `stack` has name, region, place, onEngine, workflowType, stateMachine; `order` is as the API shows it; `payment` is
    the payment's row, with the simulated gateway's `intent` in it where there is one, money in major units, without
    the token; `executions` are oldest first, and none where AWS keeps none: EXPRESS, or after 90 days; `definition` is
    the one that the last execution ran with; `versions` has `saga` and `functions`.
    """

    order_id: str
    stack: Json
    order: Json
    events: tuple[Event, ...]
    payment: Json | None
    executions: tuple[Execution, ...]
    definition: Json
    versions: Json

    @property
    def status(self) -> str:
        """Status of the order, which is PARKED while it is parked."""
        return "PARKED" if "parked" in self.order else str(self.order["status"])

    @property
    def is_over(self) -> bool:
        """Whether the order is CONFIRMED, FAILED or parked; an execution may still be about to end."""
        return self.status in ("CONFIRMED", "FAILED", "PARKED")

    @property
    def is_settled(self) -> bool:
        """Whether it is over, and nothing of it is under way any more: what is exported now stays so."""
        under_way = [event for event in self.events if not event.dispatched]
        return self.is_over and not under_way and all(each.stopped is not None for each in self.executions)


def to_json(record: Record) -> str:
    """One document, the same for the same record, with a newline at its end. All of it is ASCII, times are ISO 8601."""
    document = {
        "format": FORMAT,
        "orderId": record.order_id,
        "stack": record.stack,
        "order": record.order,
        "events": [_event(event) for event in record.events],
        "payment": record.payment,
        "executions": [_execution(execution) for execution in record.executions],
        "definition": record.definition,
        "versions": record.versions,
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def of_json(text: str) -> Record:
    """Reads what `to_json` wrote. Raises UsageFailure for anything else."""
    try:
        document = json.loads(text, parse_constant=_refuse)
        check(document, DOCUMENT, "the document")
        return _record(document)
    except RecursionError as error:
        raise UsageFailure("this is no exported order: it is nested too deeply") from error
    except (ValueError, OverflowError) as error:  # what is no JSON, no time or no definition among them
        raise UsageFailure(f"this is no exported order: {error}") from error


def _event(event: Event) -> Json:
    """What goes without saying is left out, so that such events look in every version's exports as they always did."""
    attributes = {name: getattr(event, field) for name, field in ATTRIBUTES.items()}
    said = {name: list(value) if name == "restsOn" else value for name, value in attributes.items() if value}
    return {
        "type": event.type,
        "at": iso(event.at),
        "detail": event.detail,
        "startsSaga": event.starts_saga,
        "dispatched": event.dispatched,
        **({} if said == implied(event.type, event.detail, starts_saga=event.starts_saga) else said),
    }


def _execution(execution: Execution) -> Json:
    return {
        **asdict(execution),
        "started": iso(execution.started),
        "stopped": None if execution.stopped is None else iso(execution.stopped),
        "history": [{**entry, "timestamp": iso(entry["timestamp"])} for entry in execution.history],
    }


def _record(document: Json) -> Record:
    order = document["order"]
    if order["orderId"] != document["orderId"]:
        raise ValueError("it is about two orders")
    for time in (order["createdAt"], order["updatedAt"]):
        milliseconds(time)
    parse(document["definition"])
    return Record(
        document["orderId"],
        document["stack"],
        order,
        tuple(_read_event(event) for event in document["events"]),
        document["payment"],
        tuple(_read_execution(execution) for execution in document["executions"]),
        document["definition"],
        document["versions"],
    )


def _read_event(event: Json) -> Event:
    at = milliseconds(event["at"])
    return Event.of(event, event["type"], at, event["detail"], dispatched=event["dispatched"])


def _read_execution(execution: Json) -> Execution:
    stopped = execution["stopped"]
    return replace(
        Execution(**{name: execution[name] for name in Execution.__dataclass_fields__}),
        started=milliseconds(execution["started"]),
        stopped=None if stopped is None else milliseconds(stopped),
        history=tuple(_read_entry(entry) for entry in execution["history"]),
    )


def _read_entry(entry: Json) -> Json:
    check(details(entry), {**ENTRY, "name": str} if entry["type"].endswith("StateEntered") else ENTRY, entry["type"])
    return {**entry, "timestamp": milliseconds(entry["timestamp"])}


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is no number")
