"""A part of the tables that is judged at once, and the place where it begins."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from saga.failures import UsageFailure
from saga.http import Json
from saga.reconcile.snapshot import Item

BATCH = 100  # orders that are judged at once: for so many keys, DynamoDB can be asked at once

type Look = Callable[[], list[str]]  # returns what is wrong, in words
# Returns what is wrong with the orders of these IDs. Some of their events may have been read already, by order.
type Judge = Callable[[Sequence[str], Mapping[str, Sequence[Item]]], list[str]]


@dataclass(frozen=True)
class Place:
    """A table, and the key before the part in DynamoDB's format: None at the table's beginning."""

    table: str
    start: Json = None

    @property
    def text(self) -> str:
        """The place as one word, for the command line."""
        return base64.urlsafe_b64encode(json.dumps([self.table, self.start]).encode()).decode().rstrip("=")

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a place from its text.

        Raises:
            UsageFailure: it is no such text.
        """
        try:
            table, start = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, TypeError) as error:
            raise UsageFailure("--from takes what an interrupted check has printed") from error
        return cls(str(table), start)


@dataclass(frozen=True)
class Part:
    """`look` judges its rows as they were read on the way, `again` as they are now."""

    place: Place
    rows: int
    look: Look
    again: Look
