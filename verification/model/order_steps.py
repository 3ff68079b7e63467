"""ConfirmOrder, CancelOrder, FailOrder and PauseOrder, action by action."""

from verification.model.results import (
    ALREADY_CONFIRMED,
    NOT_CANCELLING,
    NOT_PROVEN,
    ORDER_CANCELLED,
    Result,
    done,
    fails,
    then,
)
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
    TERMINAL,
    World,
)


def confirm(world: World, _memory: str, rules: Rules) -> Result:
    """Read the history: InventoryReserved, PaymentCharged; one transaction: the lock, PENDING -> CONFIRMED."""
    if world.order == CONFIRMED:
        return done(world)
    if rules.confirm_guard and world.order != PENDING:
        return fails(world, ORDER_CANCELLED, rule="confirm_guard")
    if rules.confirm_checks_reserved and INVENTORY_RESERVED not in world.events:
        return fails(world, NOT_PROVEN, rule="confirm_checks_reserved")
    if rules.confirm_checks_charged and PAYMENT_CHARGED not in world.events:
        return fails(world, NOT_PROVEN, rule="confirm_checks_charged")
    return done(unpaused(world, rules)._replace(order=CONFIRMED).put(ORDER_CONFIRMED))


def cancel(world: World, _memory: str, rules: Rules) -> Result:
    """One transaction: the lock, PENDING -> CANCELLING. Cancelled before: go on. CONFIRMED: ConfirmOrder ends it."""
    if world.order in (CANCELLING, FAILED):
        return done(world)
    if rules.cancel_guard and world.order == CONFIRMED:
        return fails(world, ALREADY_CONFIRMED, rule="cancel_guard")
    return done(cancelling(world))


def cancelling(world: World) -> World:
    """Return the rows of the cancelled order."""
    return world._replace(order=CANCELLING, paused=False).put(ORDER_CANCELLING)


def fail(world: World, _memory: str, rules: Rules) -> Result:
    """Read the history: PaymentRefunded, InventoryReleased; one transaction: the lock, CANCELLING -> FAILED.

    If a compensation is missing, it parks the order; effects.possible adds that it pauses instead.
    """
    if world.order == FAILED:
        return done(world)
    if world.order != CANCELLING:
        return fails(world, NOT_CANCELLING)
    if rules.fail_checks_refunded and PAYMENT_REFUNDED not in world.events:
        return then(world, park, rule="fail_checks_refunded")
    if rules.fail_checks_released and INVENTORY_RELEASED not in world.events:
        return then(world, park, rule="fail_checks_released")
    parked = world.parked and not rules.failed_unparks
    return done(unpaused(world, rules)._replace(order=FAILED, parked=parked).put(ORDER_FAILED))


def unpaused(world: World, rules: Rules) -> World:
    """Return the rows of an order that is about to end: it no longer waits."""
    return world._replace(paused=world.paused and not rules.ending_unpauses)


def park(world: World, _memory: str, rules: Rules) -> Result:
    """One transaction: order CANCELLING, parked on the order row, OrderParked#n."""
    if world.order != CANCELLING or world.parked:
        return done(world)
    return done(parked(world, rules))


def parked(world: World, rules: Rules) -> World:
    """Return the rows of the parked order; parking is numbered, because it can recur."""
    after = world._replace(parked=True, paused=world.paused and not rules.parking_unpauses)
    if rules.parks_numbered:
        return after
    return world if ORDER_PARKED in world.events else after.put(ORDER_PARKED)


def pause(world: World, _memory: str, rules: Rules) -> Result:
    """One update: paused on the order row, if the order is PENDING or CANCELLING and not parked."""
    if rules.pause_checks_open and world.order in TERMINAL:
        return done(world, rule="pause_checks_open")
    if rules.pause_checks_parked and world.parked:
        return done(world, rule="pause_checks_parked")
    return done(world._replace(paused=True))
