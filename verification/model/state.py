"""The stored rows and the running functions. Everything is immutable, so that a state is its own key."""

from typing import NamedTuple

# Order status.
PENDING, CONFIRMED, CANCELLING, FAILED = "PENDING", "CONFIRMED", "CANCELLING", "FAILED"
TERMINAL = frozenset({CONFIRMED, FAILED})

# What the newest event of the payment tells.
NONE, INTENT, CHARGED, DECLINED = "none", "INTENT", "CHARGED", "DECLINED"
VOIDED, REFUNDED = "VOIDED", "REFUNDED"

# An intent at the gateway: created -> processing -> succeeded | declined; succeeded -> refunded; else -> canceled.
CREATED, PROCESSING, SUCCEEDED = "created", "processing", "succeeded"
REFUSED, CANCELED, REPAID = "declined", "canceled", "refunded"

# Event rows.
ORDER_PLACED = "OrderPlaced"
INVENTORY_RESERVED, INVENTORY_REJECTED = "InventoryReserved", "InventoryRejected"
PAYMENT_INTENT_RECORDED = "PaymentIntentRecorded"
PAYMENT_CHARGED, PAYMENT_DECLINED = "PaymentCharged", "PaymentDeclined"
ORDER_CONFIRMED, ORDER_CANCELLING, ORDER_FAILED = "OrderConfirmed", "OrderCancelling", "OrderFailed"
PAYMENT_REFUNDED, INVENTORY_RELEASED = "PaymentRefunded", "InventoryReleased"
ORDER_PARKED = "OrderParked"

STOCKED = 2  # units of the one product
QUANTITY = 1


class World(NamedTuple):
    """The rows of one order, its product's stock, and the gateway."""

    order: str = PENDING
    paused: bool = False
    parked: bool = False
    asked: bool = False  # a customer, an operator, an abort or the deadline has cancelled the order
    resumed: bool = False  # an execution was started under a resume's name
    started: bool = False  # an execution was started
    events: frozenset[str] = frozenset({ORDER_PLACED})
    stock: int = STOCKED  # left by this order; effects.possible adds other orders
    payment: str = NONE  # the newest of its events, because a set has no order
    recorded: int = 0  # which of the intents PaymentIntentRecorded names
    intents: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the order has neither ended nor been parked."""
        return self.order not in TERMINAL and not self.parked

    @property
    def held(self) -> int:
        """The units that this order has really taken, whatever its rows say."""
        return STOCKED - self.stock

    def put(self, event: str) -> "World":
        """Return the world with one more event row."""
        return self._replace(events=self.events | {event})

    def at_gateway(self, number: int, status: str) -> "World":
        """Return the world with another status of an intent."""
        changed = (*self.intents[:number], status, *self.intents[number + 1 :])
        return self._replace(intents=changed)


class Invocation(NamedTuple):
    """A running function: its step, its next atomic action, and what it has read."""

    step: str
    action: str
    memory: str = ""


class State(NamedTuple):
    """The complete state. Executions are interchangeable, so their invocations are sorted."""

    world: World
    running: tuple[Invocation, ...] = ()  # one for each live execution
    late: tuple[Invocation, ...] = ()  # those that live on without an execution
