"""What the sweepers need here: one thread, because greenlets must not meet others, and few shards."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Self
from unittest.mock import patch

SHARDS = 2  # of the sparse indexes: sixteen, most of them empty, cost a third of the time and show nothing more
SHARD_KEYS = tuple(f"u#{n}" for n in range(SHARDS))


class OneByOne:
    """Stands in for ThreadPoolExecutor: it reads all items first, as that does, then works off one after the other."""

    def __init__(self, _workers: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map[T, R](self, act: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Yield the result of each item."""
        return map(act, list(items))


@contextmanager
def few_shards() -> Iterator[None]:
    """Let the functions use fewer shards of the sparse indexes."""
    with ExitStack() as patches:
        patches.enter_context(patch("sagakit.event.SHARDS", SHARDS))
        for module in ("sagakit.event", "sagakit.sweeping"):
            patches.enter_context(patch(f"{module}.SHARD_KEYS", SHARD_KEYS))
        yield
