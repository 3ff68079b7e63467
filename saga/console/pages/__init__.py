"""The pages, a module for each."""

from saga.console.frame import Console
from saga.console.pages import breaker, inventory, missing, order, orders, outbox, parked, placing, throughput


def add(console: Console) -> None:
    """Adds all of them; of two that fit a path, the first is taken."""
    for page in (orders, placing, order, parked, inventory, outbox, breaker, throughput, missing):
        page.add(console)
