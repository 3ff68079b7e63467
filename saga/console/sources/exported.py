"""An exported order as a source, viewable without the stack it came from."""

from dataclasses import dataclass
from typing import NoReturn

from saga.console.sources.source import Environment, Kind, NotSupported
from saga.failures import NoSuchOrder
from saga.http import Json
from saga.orders.listing import Filter
from saga.orders.record import Record


@dataclass(frozen=True)
class FileSource:
    """The order that `saga order export` wrote to the file `name`."""

    exported: Record
    name: str

    def environment(self) -> Environment:
        """Return the file, and where the order was exported from."""
        stack = self.exported.stack
        return Environment(Kind.FILE, f"{self.name}, exported from {stack['place']}", stack["name"])

    def orders(self, _: Filter) -> list[Json]:
        """Return the one order."""
        return [self.exported.order]

    def record(self, order_id: str) -> Record:
        """Return the order.

        Raises:
            NoSuchOrder: it has another ID.
        """
        if order_id != self.exported.order_id:
            raise NoSuchOrder(f"{self.name} holds only the order {self.exported.order_id}")
        return self.exported

    def read(self, *_: object, **__: object) -> NoReturn:
        """Raise NotSupported."""
        raise NotSupported(f"{self.name} holds one exported order, and no stack is connected")

    act = read
