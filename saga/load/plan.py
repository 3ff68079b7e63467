"""What a load is to place, what came of each request, and the run as a whole."""

from dataclasses import dataclass, field

from saga.load.cap import EngineUse
from saga.load.mix import PIECES, Body, Mix, bodies, spread, stock_up, transactions
from saga.stack.kinds import ORDER, TRANSACTION
from saga.stack.stack import Stack
from saga.stack.tables import Item, has_ended


@dataclass(frozen=True)
class Plan:
    """The number of orders, how many per second, and the maximum number of concurrent requests.

    `transactions` are placed in between, at the same rate, and `returns` are made of what is confirmed.
    """

    orders: int
    rate: float
    clients: int
    mix: Mix
    transactions: int = 0
    returns: int = 0

    @property
    def pieces(self) -> int:
        """The pieces of an order."""
        return PIECES if self.returns else 1

    @property
    def requests(self) -> list[tuple[str, Body]]:
        """The routes and bodies of all orders and transactions, interleaved."""
        bodies_of = {
            ORDER: iter(bodies(spread(self.mix, self.orders), self.pieces)),
            TRANSACTION: iter(transactions(spread(self.mix, self.transactions))),
        }
        wanted = {ORDER: self.orders, TRANSACTION: self.transactions}
        return [(kind, next(bodies_of[kind])) for kind in spread(wanted, sum(wanted.values()))]

    def stock_up(self, stack: Stack) -> None:
        """Add the pieces that all of them can take."""
        stock_up(stack, spread(self.mix, self.orders), self.pieces)
        stock_up(stack, spread(self.mix, self.transactions))


@dataclass(frozen=True)
class Placed:
    """A request and its answer: the ID of what it placed, or why it was refused (an HTTP status, or no answer).

    `answered` is in seconds since the run began. `took` is in milliseconds since the request was due, so it includes
    any wait for a free client.
    """

    order_id: str | None
    refused: str | None
    answered: float
    took: int
    kind: str = ORDER


@dataclass(frozen=True)
class Run:
    """The plan, when it began (ms since the epoch), the answers, the rows of the orders, and the engine's share."""

    plan: Plan
    began: int
    placed: tuple[Placed, ...]
    orders: dict[str, Item]
    engine: EngineUse = field(default_factory=EngineUse)

    @property
    def ended(self) -> list[Item]:
        """The rows of confirmed and failed orders."""
        return list(filter(has_ended, self.orders.values()))

    @property
    def accept_ms(self) -> list[int]:
        """For each accepted order, the milliseconds from when its request was due to the answer."""
        return [each.took for each in self.placed if each.order_id]

    @property
    def completion_ms(self) -> list[int]:
        """For each confirmed or failed order, the milliseconds from its acceptance to its end."""
        return [row["updatedAt"] - row["createdAt"] for row in self.ended]
