"""Watch an order until it is over."""

import time
from collections.abc import Iterable, Iterator

from botocore.exceptions import ClientError

from saga.failures import TimedOut
from saga.orders.attempts import Attempt, attempts
from saga.orders.reader import read, read_again
from saga.orders.record import Record
from saga.stack.stack import Stack
from saga.stack.tables import is_paused

_POLL, _LONGEST_POLL = 0.5, 10.0  # seconds
_GRACE = 5.0  # seconds for the execution to end after the order has
_THROTTLING = ("Throttling", "ProvisionedThroughputExceeded", "RequestLimitExceeded", "TooManyRequests")


def follow(stack: Stack, order_id: str, timeout: float | None = None) -> Iterator[Record]:
    """Yield the record of the order again and again, until the order is over. `timeout` is in seconds.

    Raises:
        NoSuchOrder: no order has this ID.
        TimedOut: the order is not over in time.
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
            paused = " and paused" if is_paused(record.order) else ""
            raise TimedOut(f"order {order_id} is still {record.status}{paused} after {timeout:g} s")
        time.sleep(pause)
        record, pause = _poll(stack, record, pause)


def _poll(stack: Stack, record: Record, pause: float) -> tuple[Record, float]:
    """Return the current record and the next pause, which grows while AWS throttles."""
    try:
        return read_again(stack, record), _POLL
    except ClientError as error:
        if not error.response["Error"]["Code"].startswith(_THROTTLING):
            raise
        return record, min(2 * pause, _LONGEST_POLL)


def changes(records: Iterable[Record]) -> Iterator[tuple[Record, list[Attempt], str | None]]:
    """Yield each record with the attempts that began or ended, and with its status if that or its pause has changed."""
    known: list[Attempt] = []
    last = None
    for record in records:
        current, now = attempts(record), (record.status, record.order.get("paused"))
        new = [attempt for attempt in current if attempt not in known]
        yield record, new, None if now == last else record.status
        known, last = current, now
