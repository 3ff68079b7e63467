"""Where the pages read from and write to: the port that a live stack and an exported file both fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from saga.failure import Failure
from saga.operations.breaker import Breaker
from saga.operations.outbox import OutboxEvent
from saga.operations.parked import ParkedOrder
from saga.operations.throughput import Throughput
from saga.orders.listing import Filter
from saga.orders.logs import LogLine
from saga.orders.record import Json, Record
from saga.products import Product


class NotOffered(Failure):
    """This source has no such thing: a file has no inventory, a stack that is only read takes no orders."""


class Kind(StrEnum):
    """What is looked at. The value is the word that is shown."""

    ENGINE = "ENGINE"
    AWS = "AWS"
    FILE = "FILE"


@dataclass(frozen=True)
class Environment:
    """What the pages say of where they read from, as far as it is known without asking.

    `place` in words; `api_url` is empty while it is not known; `flags` are those of the `saga` command that lead to the
    same stack; `writable`: whether anything can be done here.
    """

    kind: Kind
    place: str
    stack: str = ""
    api_url: str = ""
    flags: str = ""
    writable: bool = False


class Source(Protocol):
    """Everything but `environment` may take its time, and raises Failure: Unreachable when nothing answers,
    NoSuchOrder, and NotOffered.
    """

    def environment(self) -> Environment:
        """What is looked at."""

    def orders(self, wanted: Filter) -> Sequence[Json]:
        """Orders as the API shows them, newest first."""

    def record(self, order_id: str) -> Record:
        """All that is on record about an order."""

    def logs(self, order_id: str) -> Sequence[LogLine]:
        """What the functions logged about an order, oldest first."""

    def products(self) -> Sequence[Product]:
        """The stock."""

    def undispatched(self) -> Sequence[OutboxEvent]:
        """The outbox, oldest event first."""

    def parked(self) -> Sequence[ParkedOrder]:
        """The orders that wait for a person, longest first."""

    def breaker(self) -> Breaker:
        """The circuit breaker around the payment gateway."""

    def throughput(self, minutes: int) -> Throughput:
        """The last minutes."""

    def place(self, body: Json, key: str) -> Json:
        """Places an order and gives the API's answer."""

    def cancel(self, order_id: str, reason: str) -> None:
        """Decides the cancellation of an order."""

    def resume(self, order_id: str, reason: str) -> None:
        """Starts a parked order's compensations again."""

    def make_well(self, order_id: str) -> None:
        """Ends the simulated gateway's outage for the refund of an order."""

    def dispatch(self, order_id: str, event_type: str) -> None:
        """Has the relay dispatch an event now."""

    def reset_breaker(self) -> None:
        """Closes the circuit breaker."""
