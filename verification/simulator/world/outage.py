"""An outage: something that the saga depends on is down for a while, or a function is deployed with a defect."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sagakit.saga import sagas
from tests.support.template import logical_ids, resources
from verification.simulator.names.saga_table import HAS_QUEUES, RETURN, states
from verification.simulator.world.scheduler import Call

MINUTE = 60_000  # milliseconds
DURATIONS = {"a minute": MINUTE, "an hour": 60 * MINUTE}
DEPLOYMENT = {"ten minutes": 10 * MINUTE}  # until a bad deployment is rolled back
GATEWAY, TABLE, FUNCTION, DEFECT = "payment gateway", "table", "function", "bad deployment"
UNREADABLE = "bad deployment that cannot read events"
SERVICES = {"event bus": "events", **({"queues": "sqs"} if HAS_QUEUES else {"Step Functions": "stepfunctions"})}
STATE_FUNCTIONS = {state for saga in sagas().values() for state in states(saga)}  # called by state machines
RETURN_FUNCTIONS = ("RequestReturn", "GetReturns", *states(RETURN))
ORDERS_ONLY = ("PlaceOrder", "GetOrder", "GetOrderEvents", "RecoverOrder", *RETURN_FUNCTIONS)


@dataclass(frozen=True)
class Outage:
    """What is down (`kind` and `subject`), and for how many milliseconds."""

    kind: str
    subject: str
    lasts: str
    milliseconds: int

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()

    def hits_call(self, call: Call) -> bool:
        """Return whether a call fails, because a table in it or the service is down."""
        if self.kind == TABLE:
            return os.environ[f"{self.subject}_TABLE"] in _tables(call.request)
        return SERVICES.get(self.kind) == call.service

    def hits_function(self, function: str) -> bool:
        """Return whether a function cannot be invoked, or has the defect."""
        return self.kind in (FUNCTION, DEFECT) and self.subject == function


def all_outages(*, of_returns: bool = False) -> Iterator[Outage]:
    """Yield every outage of each dependency, for each duration; those of returns matter only where there are any."""
    functions = [name for name in _functions() if of_returns or name not in RETURN_FUNCTIONS]
    for lasts, milliseconds in DURATIONS.items():
        down = partial(Outage, lasts=lasts, milliseconds=milliseconds)
        yield from (down(kind, "") for kind in (GATEWAY, *SERVICES))
        yield from (down(TABLE, table) for table in logical_ids())
        yield from (down(FUNCTION, function) for function in functions)
    for lasts, milliseconds in DEPLOYMENT.items():
        yield from (Outage(DEFECT, function, lasts, milliseconds) for function in functions)
        yield Outage(UNREADABLE, "", lasts, milliseconds)


def _functions() -> Iterator[str]:
    """Yield the functions that take part here."""
    others = {*STATE_FUNCTIONS, *ORDERS_ONLY} if HAS_QUEUES else set()
    for logical_id, function in resources("AWS::Serverless::Function").items():
        name = logical_id.removesuffix("Function")
        if (HAS_QUEUES or "Condition" not in function) and name not in others:
            yield name


def _tables(request: Any) -> Iterator[str]:
    """Yield the names of the tables in a request to DynamoDB, at any depth."""
    if isinstance(request, dict):
        if "TableName" in request:
            yield str(request["TableName"])
        yield from request.get("RequestItems", ())
        yield from (name for value in request.values() for name in _tables(value))
    elif isinstance(request, list):
        yield from (name for each in request for name in _tables(each))
