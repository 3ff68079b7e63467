"""An exported order as a source: to be looked at anywhere, later, without the stack that it came from."""

from dataclasses import dataclass
from typing import NoReturn

from saga.console.source import Environment, Kind, NotOffered
from saga.failure import NoSuchOrder
from saga.orders.listing import Filter
from saga.orders.record import Json, Record


@dataclass(frozen=True)
class FileSource:
    """What `saga order export` wrote; `name` is the file's."""

    exported: Record
    name: str

    def environment(self) -> Environment:
        """The file, and where the order was exported from."""
        stack = self.exported.stack
        return Environment(Kind.FILE, f"{self.name}, exported from {stack['place']}", stack["name"])

    def orders(self, wanted: Filter) -> list[Json]:  # noqa: ARG002 - there is one, whatever is looked for
        """The order."""
        return [self.exported.order]

    def record(self, order_id: str) -> Record:
        """The order. Raises NoSuchOrder for any other."""
        if order_id != self.exported.order_id:
            raise NoSuchOrder(f"{self.name} has the order {self.exported.order_id} only")
        return self.exported

    def _none(self, *_: object) -> NoReturn:
        raise NotOffered(f"{self.name} has one order and nothing else: no stack is asked")

    logs = products = undispatched = parked = breaker = throughput = _none
    place = cancel = resume = make_well = dispatch = reset_breaker = _none
