"""ConfirmOrder, CancelOrder and FailOrder, action by action."""

from verification.model.results import NOT_CANCELLING, NOT_PROVEN, ORDER_CANCELLED, Result, done, ended, fails, then
from verification.model.rules import Rules
from verification.model.state import (
    CANCELLING,
    CONFIRMED,
    FAILED,
    INVENTORY_RELEASED,
    INVENTORY_RESERVED,
    ORDER_CANCELLING,
    ORDER_CONFIRMED,
    ORDER_FAILED,
    ORDER_PARKED,
    PAYMENT_CHARGED,
    PAYMENT_REFUNDED,
    PENDING,
    World,
)


def confirm(world: World, _memory: str, rules: Rules) -> Result:
    """One transaction: PENDING -> CONFIRMED, exists(InventoryReserved), exists(PaymentCharged), OrderConfirmed."""
    if world.order == CONFIRMED:
        return done(world)
    if rules.confirm_guard and world.order != PENDING:
        return fails(world, ORDER_CANCELLED, rule="confirm_guard")
    if rules.confirm_checks_reserved and INVENTORY_RESERVED not in world.events:
        return fails(world, NOT_PROVEN, rule="confirm_checks_reserved")
    if rules.confirm_checks_charged and PAYMENT_CHARGED not in world.events:
        return fails(world, NOT_PROVEN, rule="confirm_checks_charged")
    return done(world._replace(order=CONFIRMED).put(ORDER_CONFIRMED))


def cancel(world: World, _memory: str, rules: Rules) -> Result:
    """One transaction: PENDING -> CANCELLING, OrderCancelling. Cancelled before: go on. CONFIRMED: end execution."""
    if world.order in (CANCELLING, FAILED):
        return done(world)
    if rules.cancel_guard and world.order == CONFIRMED:
        return ended(world, rule="cancel_guard")
    return done(world._replace(order=CANCELLING).put(ORDER_CANCELLING))


def fail(world: World, _memory: str, rules: Rules) -> Result:
    """One transaction: CANCELLING -> FAILED, exists(PaymentRefunded), exists(InventoryReleased), OrderFailed."""
    if world.order == FAILED:
        return done(world)
    if world.order != CANCELLING:
        return fails(world, NOT_CANCELLING)
    if rules.fail_checks_refunded and PAYMENT_REFUNDED not in world.events:
        return then(world, park, rule="fail_checks_refunded")
    if rules.fail_checks_released and INVENTORY_RELEASED not in world.events:
        return then(world, park, rule="fail_checks_released")
    return done(world._replace(order=FAILED, parked=world.parked and not rules.failed_unparks).put(ORDER_FAILED))


def park(world: World, _memory: str, rules: Rules) -> Result:
    """One transaction: order CANCELLING, parked on the order row, OrderParked#n."""
    if world.order != CANCELLING or world.parked:
        return done(world)
    return done(parked(world, rules))


def parked(world: World, rules: Rules) -> World:
    """Return the rows of the parked order; parking is numbered, because it can recur."""
    if rules.parks_numbered:
        return world._replace(parked=True)
    return world if ORDER_PARKED in world.events else world._replace(parked=True).put(ORDER_PARKED)
