"""A deployed stack as a source, looked up at the first request and again after it failed to answer."""

import shlex
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from saga.console.sources.source import Environment, Kind, NotSupported, Operation
from saga.failures import Failure, Unreachable
from saga.http import Json
from saga.orders import listing, reader
from saga.orders.record import Record
from saga.stack.stack import Stack
from saga.stack.target import Target


@dataclass
class LiveSource:
    """The stack that the command's flags name. On AWS it is read-only unless `write` is set.

    Each thread has its own stack, because boto3 sessions are not thread-safe.
    """

    target: Target
    write: bool = False
    _threads: threading.local = field(default_factory=threading.local, init=False, repr=False)
    _last: Stack | None = field(default=None, init=False, repr=False)

    def environment(self) -> Environment:
        """Return what the stack was when it last answered."""
        if (stack := self._last) is None:
            kind = Kind.AWS if self.target.config_env or self.target.profile else Kind.ENGINE
            return Environment(kind, "not connected yet", writable=self.write or kind is Kind.ENGINE)
        kind = Kind.ENGINE if stack.on_engine else Kind.AWS
        flags = "".join(f" {shlex.quote(part)}" for part in self.target.flags)
        return Environment(kind, stack.place, stack.name, stack.api_url, flags, self._is_writable(stack))

    def orders(self, wanted: listing.Filter) -> Sequence[Json]:
        """Return orders as the API shows them, newest first."""
        return self.read(lambda stack: list(listing.find(stack, wanted)))

    def record(self, order_id: str) -> Record:
        """Return everything on record about an order."""
        return self.read(reader.read, order_id)

    def read[**P, T](self, query: Operation[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query on this thread's stack, and forget the stack if that fails: it may have moved.

        Raises:
            Unreachable: nothing answers.
            Failure: AWS refuses.
        """
        try:
            return query(self._stack(), *args, **kwargs)
        except (BotoCoreError, ClientError) as error:
            self._threads.stack = None
            raise (Failure if isinstance(error, ClientError) else Unreachable)(str(error)) from error
        except Unreachable:
            self._threads.stack = None
            raise

    def act[**P, T](self, action: Operation[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an action in the same way.

        Raises:
            NotSupported: the stack is read-only.
        """
        if not self.read(self._is_writable):
            raise NotSupported("this console is read-only. To act on a stack on AWS, start it with --write")
        return self.read(action, *args, **kwargs)

    def _is_writable(self, stack: Stack) -> bool:
        return stack.on_engine or self.write

    def _stack(self) -> Stack:
        known: Stack | None = getattr(self._threads, "stack", None)
        if known is None:
            known = self._threads.stack = self._last = self.target.load()
        return known
