"""A deployed stack as a source: found when it is first asked, and found anew after it did not answer."""

import shlex
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from saga.console.source import Environment, Kind, NotOffered
from saga.failure import Failure, Unreachable
from saga.operations import breaker, inventory, outbox, parked, throughput
from saga.orders import acting, listing, logs, reading
from saga.orders.record import Json, Record
from saga.products import Product
from saga.stack import Stack
from saga.target import Target

_READ_ONLY = "this console only reads; to act on a stack on AWS, start it with --write"


@dataclass
class LiveSource:
    """The stack that the flags of the command name. A stack on AWS is only read, unless `write` says otherwise.

    Every thread has a stack of its own: boto3's sessions are not made to be shared.
    """

    target: Target
    write: bool = False
    _threads: threading.local = field(default_factory=threading.local, init=False, repr=False)
    _last: Stack | None = field(default=None, init=False, repr=False)

    def environment(self) -> Environment:
        """As of the last time that the stack answered."""
        if self._last is not None:
            return _environment(self._last, self.target, writable=self._may_write(self._last))
        kind = Kind.AWS if self.target.config_env or self.target.profile else Kind.ENGINE
        return Environment(kind, "not reached yet", writable=self.write or kind is Kind.ENGINE)

    def orders(self, wanted: listing.Filter) -> Sequence[Json]:
        """Orders as the API shows them, newest first."""
        return self._ask(lambda stack: list(listing.find(stack, wanted)))

    def record(self, order_id: str) -> Record:
        """All that is on record about an order."""
        return self._ask(lambda stack: reading.read(stack, order_id))

    def logs(self, order_id: str) -> Sequence[logs.LogLine]:
        """What the functions logged about an order, oldest first."""
        return self._ask(lambda stack: logs.logs(stack, order_id))

    def products(self) -> Sequence[Product]:
        """The stock."""
        return self._ask(inventory.products)

    def undispatched(self) -> Sequence[outbox.OutboxEvent]:
        """The outbox, oldest event first."""
        return self._ask(outbox.undispatched)

    def parked(self) -> Sequence[parked.ParkedOrder]:
        """The orders that wait for a person, longest first."""
        return self._ask(parked.parked)

    def breaker(self) -> breaker.Breaker:
        """The circuit breaker around the payment gateway."""
        return self._ask(breaker.breaker)

    def throughput(self, minutes: int) -> throughput.Throughput:
        """The last minutes."""
        return self._ask(lambda stack: throughput.throughput(stack, minutes))

    def place(self, body: Json, key: str) -> Json:
        """Places an order and gives the API's answer."""
        return self._act(lambda stack: acting.place(stack, body, key))

    def cancel(self, order_id: str, reason: str) -> None:
        """Decides the cancellation of an order."""
        self._act(lambda stack: acting.cancel(stack, order_id, reason))

    def resume(self, order_id: str, reason: str) -> None:
        """Starts a parked order's compensations again."""
        self._act(lambda stack: acting.resume(stack, order_id, reason))
        self._act(parked.tidy)

    def make_well(self, order_id: str) -> None:
        """Ends the simulated gateway's outage for the refund of an order."""
        self._act(lambda stack: parked.make_well(stack, order_id))

    def dispatch(self, order_id: str, event_type: str) -> None:
        """Has the relay dispatch an event now."""
        self._act(lambda stack: outbox.dispatch(stack, order_id, event_type))

    def reset_breaker(self) -> None:
        """Closes the circuit breaker."""
        self._act(breaker.reset)

    def _act[T](self, act: Callable[[Stack], T]) -> T:
        def acting_on(stack: Stack) -> T:
            if not self._may_write(stack):
                raise NotOffered(_READ_ONLY)
            return act(stack)

        return self._ask(acting_on)

    def _may_write(self, stack: Stack) -> bool:
        return stack.on_engine or self.write

    def _ask[T](self, ask: Callable[[Stack], T]) -> T:
        """Asks the stack. Raises Unreachable where nothing answers, Failure where AWS refuses; it forgets the stack
        then, as it may have moved.
        """
        try:
            return ask(self._stack())
        except (BotoCoreError, ClientError) as error:
            self._threads.stack = None
            raise _as_failure(error) from error
        except Unreachable:
            self._threads.stack = None
            raise

    def _stack(self) -> Stack:
        known: Stack | None = getattr(self._threads, "stack", None)
        if known is None:
            known = self._threads.stack = self._last = self.target.load()
        return known


def _as_failure(error: BotoCoreError | ClientError) -> Failure:
    return Failure(str(error)) if isinstance(error, ClientError) else Unreachable(str(error))


def _environment(stack: Stack, target: Target, *, writable: bool) -> Environment:
    kind = Kind.ENGINE if stack.on_engine else Kind.AWS
    flags = "".join(f" {shlex.quote(part)}" for part in target.flags)
    return Environment(kind, stack.place, stack.name, stack.api_url, flags, writable)
