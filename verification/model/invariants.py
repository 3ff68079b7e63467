"""The invariants of every state and every result. Each returns its violation, or an empty string."""

from collections.abc import Callable

from verification.model import results, state
from verification.model.results import FAILS, Result
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
    """Check that an order is never both CONFIRMED and cancelled."""
    if {state.ORDER_CONFIRMED, state.ORDER_CANCELLING} <= world.events:
        return "the saga is both CONFIRMED and cancelled"
    if world.order == FAILED and state.ORDER_CONFIRMED in world.events:
        return "the saga is both CONFIRMED and FAILED"
    return ""


def parked_is_visible(world: World) -> str:
    """Check that only a CANCELLING order is parked."""
    return f"the order is {world.order} and parked" if world.parked and world.order != CANCELLING else ""


def paused_is_open(world: World) -> str:
    """Check that no order is paused that has ended or is parked."""
    if world.paused and not world.is_open:
        return f"the order is {world.order}{' and parked' if world.parked else ''}, and still paused"
    return ""


def patience(world: World) -> str:
    """Check that an order is cancelled only for a refusal on record, at its deadline, or because someone asked."""
    refused = world.events & {state.INVENTORY_REJECTED, state.PAYMENT_DECLINED}
    if state.ORDER_CANCELLING in world.events and not (world.asked or refused):
        return "the order was cancelled for a technical reason"
    return ""


def money(world: World) -> str:
    """Check that a CONFIRMED order is charged once, a FAILED one not at all, now or later, and no order twice."""
    charged = world.intents.count(SUCCEEDED)
    if charged > 1:
        return "charged twice"
    if world.order == CONFIRMED and charged != 1:
        return "CONFIRMED without a charge"
    if world.order == FAILED and charged:
        return "FAILED without a refund"
    if world.order == FAILED and PROCESSING in world.intents:
        return "FAILED while the gateway may still charge"
    return ""


def stock(world: World) -> str:
    """Check that stock is taken and released once, and held exactly while on record or while the saga is CONFIRMED."""
    if world.stock < 0 or not 0 <= world.held <= QUANTITY:
        return f"the order holds {world.held} units, {world.stock} are left"
    reserved, released = state.INVENTORY_RESERVED in world.events, state.INVENTORY_RELEASED in world.events
    if world.held and (released or world.order == FAILED):
        return "the order still holds stock that it no longer needs"
    if not world.held and ((reserved and not released) or world.order == CONFIRMED):
        return "the order does not hold the stock that it has on record"
    return ""


def history(world: World) -> str:
    """Check that the events are consistent with each other."""
    if {state.INVENTORY_RESERVED, state.INVENTORY_REJECTED} <= world.events:
        return "InventoryReserved and InventoryRejected are both on record"
    if {state.PAYMENT_CHARGED, state.PAYMENT_DECLINED} <= world.events:
        return "PaymentCharged and PaymentDeclined are both on record"
    if state.PAYMENT_REFUNDED in world.events and world.payment == CHARGED:
        return "PaymentRefunded is on record, but by its events the payment is CHARGED"
    return ""


INVARIANTS: tuple[Callable[[World], str], ...] = (
    one_outcome,
    parked_is_visible,
    paused_is_open,
    patience,
    money,
    stock,
    history,
)


def broken(world: World) -> str:
    """Return the first violated invariant, with an explanation; empty if all hold."""
    for invariant in INVARIANTS:
        if explanation := invariant(world):
            return f"{invariant.__name__}: {explanation}"
    return ""


def contradiction(invocation: Invocation, result: Result) -> str:
    """Return how a result contradicts the rows; empty if it does not."""
    world = result.world
    if invocation.action == "check_status" and result.detail == "confirm_intent" and world.order != PENDING:
        return f"decision: {invocation.step} is about to charge an order that is {world.order}"
    if result.kind != FAILS:
        return ""
    if result.detail == results.INSUFFICIENT_STOCK and state.INVENTORY_RESERVED in world.events:
        return "history: InsufficientStock for an order that holds its stock"
    if result.detail == results.ORDER_CANCELLED and world.order == PENDING:
        return "history: SagaCancelled for a saga that is PENDING"
    return ""
