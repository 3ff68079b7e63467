"""ReserveInventory and ReleaseInventory, action by action."""

from verification.model.results import (
    INSUFFICIENT_STOCK,
    NOT_CANCELLING,
    ORDER_CANCELLED,
    Result,
    done,
    fails,
    retry,
    then,
)
from verification.model.rules import Rules
from verification.model.state import (
    CANCELLING,
    INVENTORY_REJECTED,
    INVENTORY_RELEASED,
    INVENTORY_RESERVED,
    PENDING,
    QUANTITY,
    World,
)


def reserve(world: World, _memory: str, rules: Rules) -> Result:
    """Read the history; one transaction: the lock, the guard, put InventoryReserved if absent, stock -= quantity."""
    repeated = rules.reserve_fence and INVENTORY_RESERVED in world.events
    if repeated and (rules.own_row_first or world.stock >= QUANTITY):
        return done(world, rule="own_row_first" if world.stock < QUANTITY else "reserve_fence")
    if rules.reserve_fence and INVENTORY_REJECTED in world.events:
        return fails(world, INSUFFICIENT_STOCK, rule="reserve_fence")
    if rules.reserve_guard and world.order != PENDING:
        return fails(world, ORDER_CANCELLED, rule="reserve_guard")
    if world.stock < QUANTITY:
        return then(world, reject)
    return done(world._replace(stock=world.stock - QUANTITY).put(INVENTORY_RESERVED))


def reject(world: World, _memory: str, rules: Rules) -> Result:
    """One transaction: the lock, the guard, put InventoryRejected if absent. Overtaken, it finds what is on record."""
    if rules.refusal_locked and INVENTORY_RESERVED in world.events:
        return done(world, rule="refusal_locked")
    if rules.reserve_guard and world.order != PENDING:
        return fails(world, ORDER_CANCELLED, rule="reserve_guard")
    return fails(world.put(INVENTORY_REJECTED), INSUFFICIENT_STOCK)


def read_reserved(world: World, _memory: str, _rules: Rules) -> Result:
    """Read InventoryReserved, to see whether there is anything to release."""
    return then(world, release, "reserved" if INVENTORY_RESERVED in world.events else "nothing")


def release(world: World, memory: str, rules: Rules) -> Result:
    """One transaction: the lock, order CANCELLING, put InventoryReleased if absent, stock += quantity."""
    if rules.release_fence and INVENTORY_RELEASED in world.events:
        return done(world, rule="release_fence")
    if rules.release_checks_cancelling and world.order != CANCELLING:
        return fails(world, NOT_CANCELLING, rule="release_checks_cancelling")
    reserved = "reserved" if INVENTORY_RESERVED in world.events else "nothing"
    if rules.release_locked and reserved != memory:
        return retry(world, rule="release_locked")
    released = QUANTITY if memory == "reserved" else 0
    return done(world._replace(stock=world.stock + released).put(INVENTORY_RELEASED))
