"""The port between the pages and what they show: a live stack or an exported file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Concatenate, Protocol

from saga.failures import Failure
from saga.http import Json
from saga.orders.listing import Filter
from saga.orders.record import Record
from saga.stack.stack import Stack

type Operation[**P, T] = Callable[Concatenate[Stack, P], T]


class NotSupported(Failure):
    """The source can't do this: a file has no inventory, and a read-only stack takes no orders."""


class Kind(StrEnum):
    """The kind of a source, in the word that the pages show."""

    ENGINE = "ENGINE"
    AWS = "AWS"
    FILE = "FILE"


@dataclass(frozen=True)
class Environment:
    """What is known of a source without a request.

    `place` describes it, `api_url` is empty while it is unknown, and `flags` make a `saga` command use the same stack.
    """

    kind: Kind
    place: str
    stack: str = ""
    api_url: str = ""
    flags: str = ""
    writable: bool = False


class Source(Protocol):
    """Every method but `environment` may be slow.

    Raises:
        Unreachable: nothing answers.
        NoSuchOrder: there is no such order.
        NotSupported: the source can't do this.
        Failure: the stack refuses.
    """

    def environment(self) -> Environment:
        """Return what the source is."""

    def orders(self, wanted: Filter, /) -> Sequence[Json]:
        """Return orders as the API shows them, newest first."""

    def record(self, order_id: str) -> Record:
        """Return everything on record about an order."""

    def read[**P, T](self, query: Operation[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query on the stack."""

    def act[**P, T](self, action: Operation[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an action on the stack."""
