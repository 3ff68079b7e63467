"""Watching an order until nothing of it is under way any more."""

import time
from collections.abc import Iterable, Iterator

from botocore.exceptions import ClientError

from saga.failure import TimedOut
from saga.orders.attempts import Attempt, attempts
from saga.orders.reading import read, read_again
from saga.orders.record import Record
from saga.stack import Stack

_POLL, _LONGEST_POLL = 0.5, 10.0  # seconds
_GRACE = 5.0  # seconds after the order's end in which its execution ends, too
_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def watch(stack: Stack, order_id: str, timeout: float | None = None) -> Iterator[Record]:
    """The record of the order again and again, until the order is over. `timeout` in seconds.

    Raises NoSuchOrder, and TimedOut when the order is not over in time.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    record = read(stack, order_id)
    over_since, pause = None, _POLL
    while True:
        yield record
        over_since = over_since or (time.monotonic() if record.is_over else None)
        if record.is_settled or (over_since and time.monotonic() - over_since > _GRACE):
            return
        if deadline is not None and time.monotonic() + pause > deadline and not record.is_over:
            raise TimedOut(f"order {order_id} is still {record.status} after {timeout:g} s")
        time.sleep(pause)
        record, pause = _read_patiently(stack, record, pause)


def _read_patiently(stack: Stack, record: Record, pause: float) -> tuple[Record, float]:
    """The record as it is now, and how long to wait then: longer where AWS asks for patience."""
    try:
        return read_again(stack, record), _POLL
    except ClientError as error:
        if error.response["Error"]["Code"] not in _THROTTLED:
            raise
        return record, min(2 * pause, _LONGEST_POLL)


def changes(records: Iterable[Record]) -> Iterator[tuple[Record, list[Attempt], str | None]]:
    """With each record the attempts that began or ended since the one before, and the status if it is another."""
    known: list[Attempt] = []
    status = None
    for record in records:
        made = attempts(record)
        yield record, [attempt for attempt in made if attempt not in known], _other(record.status, status)
        known, status = made, record.status


def _other(now: str, before: str | None) -> str | None:
    return None if now == before else now
