"""What must hold in every state (DESIGN section 3), and of every answer."""

from collections.abc import Callable

from verification.model import answers, state
from verification.model.answers import FAILS, Answer
from verification.model.state import (
    CANCELLING,
    CHARGED,
    CONFIRMED,
    FAILED,
    PENDING,
    PROCESSING,
    QUANTITY,
    SUCCEEDED,
    Invocation,
    World,
)


def one_outcome(world: World) -> str:
    """CONFIRMED and cancelled exclude each other."""
    if {state.ORDER_CONFIRMED, state.ORDER_CANCELLING} <= world.events:
        return "the saga is CONFIRMED and cancelled, both on record"
    if world.order == FAILED and state.ORDER_CONFIRMED in world.events:
        return "the saga is CONFIRMED and FAILED, both on record"
    return ""


def parked_is_visible(world: World) -> str:
    """Only an order that still has to be undone is parked."""
    return f"the order is {world.order} and parked" if world.parked and world.order != CANCELLING else ""


def money(world: World) -> str:
    """CONFIRMED: charged once, kept. FAILED: nothing kept, and nothing more can come. Never charged twice."""
    charged = world.intents.count(SUCCEEDED)
    if charged > 1:
        return "charged twice"
    if world.order == CONFIRMED and charged != 1:
        return "CONFIRMED without the money"
    if world.order == FAILED and charged:
        return "FAILED with the money kept"
    if world.order == FAILED and PROCESSING in world.intents:
        return "FAILED while the gateway may still charge"
    return ""


def stock(world: World) -> str:
    """Taken once, given back once; held exactly while it is on record or the saga is CONFIRMED."""
    if world.stock < 0 or not 0 <= world.held <= QUANTITY:
        return f"the order holds {world.held} units, {world.stock} are left"
    reserved, released = state.INVENTORY_RESERVED in world.events, state.INVENTORY_RELEASED in world.events
    if world.held and (released or world.order == FAILED):
        return "stock leaked: the order is done with it, and still holds it"
    if not world.held and ((reserved and not released) or world.order == CONFIRMED):
        return "stock promised: on record as held, and it is not"
    return ""


def history(world: World) -> str:
    """The events agree with each other and with the payment row."""
    if {state.INVENTORY_RESERVED, state.INVENTORY_REJECTED} <= world.events:
        return "InventoryReserved and InventoryRejected are both on record"
    if {state.PAYMENT_CHARGED, state.PAYMENT_DECLINED} <= world.events:
        return "PaymentCharged and PaymentDeclined are both on record"
    if state.PAYMENT_REFUNDED in world.events and world.payment == CHARGED:
        return "PaymentRefunded is on record, and the payment row says CHARGED"
    return ""


INVARIANTS: tuple[Callable[[World], str], ...] = (one_outcome, parked_is_visible, money, stock, history)


def broken(world: World) -> str:
    """The first invariant that the rows break, in words; empty when all hold."""
    for invariant in INVARIANTS:
        if wrong := invariant(world):
            return f"{invariant.__name__}: {wrong}"
    return ""


def unexplained(invocation: Invocation, answer: Answer) -> str:
    """What an answer says that the rows do not; empty when they bear it out."""
    world = answer.world
    if invocation.action == "look" and answer.what == "confirm_intent" and world.order != PENDING:
        return f"decision: {invocation.step} sets out to charge when the order is {world.order}"
    if answer.kind != FAILS:
        return ""
    if answer.what == answers.INSUFFICIENT_STOCK and state.INVENTORY_RESERVED in world.events:
        return "history: InsufficientStock for an order that holds its stock"
    if answer.what == answers.ORDER_CANCELLED and world.order == PENDING:
        return "history: SagaCancelled, and the saga is PENDING"
    return ""
