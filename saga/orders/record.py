"""Everything on record about one order: what `saga order export` writes and what all views are made from."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Never

from pydantic import ValidationError

from saga.failures import UsageFailure
from saga.http import Json
from saga.orders.export_schema import DOCUMENT, FORMAT
from saga.orders.model import Event, Execution
from saga.stack.kinds import kind_of
from saga.stack.legacy import ATTRIBUTES, implied
from saga.stack.tables import is_over, status_of
from saga.text.safe import clean
from saga.text.times import iso, milliseconds, optional_iso

_SHARED = ("stack", "order", "events", "payment", "executions", "definition", "versions")  # in the export's order


@dataclass(frozen=True)
class Record:
    """One order.

    `stack`, `order`, `payment` and `versions` are as in the export: money in major units, no payment token. `payment`
    has the simulated gateway's `intent`, if any. `executions` are oldest first; there are none if AWS keeps none, as
    for EXPRESS workflows or after 90 days. `definition` is the one that the last execution ran with. An order has its
    `returns`, oldest first, each as `order` of its own record.
    """

    order_id: str
    stack: Json
    order: Json
    events: tuple[Event, ...]
    payment: Json | None
    executions: tuple[Execution, ...]
    definition: Json
    versions: Json
    returns: tuple[Json, ...] = ()

    @property
    def kind(self) -> str:
        """Whether this is an order, a transaction or a return. All of them are orders in a wider sense."""
        return kind_of(self.order)

    @property
    def status(self) -> str:
        """Status of the order, PARKED while it is parked."""
        return status_of(self.order)

    @property
    def is_over(self) -> bool:
        """Whether the order is CONFIRMED, FAILED or parked. Its execution may not have ended yet."""
        return is_over(self.order)

    @property
    def awaited(self) -> Event | None:
        """The newest event that starts an execution, if that has not begun.

        None if it is unknown: AWS describes no EXPRESS executions, and none after 90 days; queues have none.
        """
        stack, names = self.stack, {execution.name for execution in self.executions}
        described = stack["stateMachine"] and (stack["workflowType"] == "STANDARD" or stack["onEngine"])
        if not names and (self.is_over or not described):
            return None
        last = next((event for event in reversed(self.events) if event.starts_saga), None)
        return last if last and last.execution(self.order_id) not in names else None

    @property
    def is_settled(self) -> bool:
        """Whether the order is over and its executions have ended, the last one included: an export is final."""
        return self.is_over and self.awaited is None and all(each.stopped is not None for each in self.executions)


def to_json(record: Record) -> str:
    """Return the record as a JSON document in ASCII. The same record always gives the same document."""
    document = {
        "format": FORMAT,
        "orderId": record.order_id,
        **{name: getattr(record, name) for name in _SHARED},
        "events": [_event(event) for event in record.events],
        "executions": [_execution(execution) for execution in record.executions],
        **({"returns": list(record.returns)} if record.returns else {}),
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def of_json(text: str) -> Record:
    """Read a document that `to_json` wrote.

    Raises:
        UsageFailure: it is anything else. The error names the first field that is wrong.
    """
    try:
        document = json.loads(text, parse_constant=_refuse)
        DOCUMENT.validate_python(document)
        return _record(document)
    except RecursionError as error:
        raise UsageFailure("not an exported order: nested too deeply") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "the document"
        raise UsageFailure(f"not an exported order: {clean(f'{field}: {first["msg"]}')}") from error
    except (ValueError, OverflowError) as error:
        raise UsageFailure(f"not an exported order: {clean(error)}") from error


def _event(event: Event) -> Json:
    """Leave out attributes that the type implies, so that old events look as they did in exports of old versions."""
    values = {name: getattr(event, field) for name, field in ATTRIBUTES.items()}
    attributes = {name: list(value) if name == "restsOn" else value for name, value in values.items() if value}
    return {
        "type": event.type,
        "at": iso(event.at),
        "detail": event.detail,
        "startsSaga": event.starts_saga,
        **({} if attributes == implied(event.type, event.detail, starts_saga=event.starts_saga) else attributes),
    }


def _execution(execution: Execution) -> Json:
    return {
        **asdict(execution),
        "started": iso(execution.started),
        "stopped": optional_iso(execution.stopped),
        "history": [{**entry, "timestamp": iso(entry["timestamp"])} for entry in execution.history],
    }


def _record(document: Json) -> Record:
    values = {name: document[name] for name in _SHARED}
    if document["order"]["orderId"] != document["orderId"]:
        raise ValueError("it is about two orders")
    events = tuple(
        Event.of(event, event["type"], milliseconds(event["at"]), event["detail"]) for event in document["events"]
    )
    executions = tuple(map(_read_execution, document["executions"]))
    returns = tuple(document.get("returns", ()))
    return replace(Record(document["orderId"], **values), events=events, executions=executions, returns=returns)


def _read_execution(execution: Json) -> Execution:
    stopped, history = execution["stopped"], execution["history"]
    return replace(
        Execution(**{field.name: execution[field.name] for field in fields(Execution)}),
        started=milliseconds(execution["started"]),
        stopped=None if stopped is None else milliseconds(stopped),
        history=tuple({**entry, "timestamp": milliseconds(entry["timestamp"])} for entry in history),
    )


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is not a number")
