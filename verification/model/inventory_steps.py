"""ReserveInventory and ReleaseInventory, action by action."""

from verification.model.answers import (
    INSUFFICIENT_STOCK,
    NOT_CANCELLING,
    ORDER_CANCELLED,
    Answer,
    again,
    done,
    fails,
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


def reserve(world: World, _saw: str, rules: Rules) -> Answer:
    """One transaction: put InventoryReserved if absent, the door, stock -= quantity."""
    own = rules.reserve_fence and INVENTORY_RESERVED in world.events
    if own and (rules.own_row_first or world.stock >= QUANTITY):
        return done(world, rule="own_row_first" if world.stock < QUANTITY else "reserve_fence")
    if rules.refusal_fence and INVENTORY_REJECTED in world.events:
        return fails(world, INSUFFICIENT_STOCK, rule="refusal_fence")
    if rules.reserve_door and world.order != PENDING:
        return fails(world, ORDER_CANCELLED, rule="reserve_door")
    if world.stock < QUANTITY:
        return then(world, reject)
    return done(world._replace(stock=world.stock - QUANTITY).put(INVENTORY_RESERVED))


def reject(world: World, _saw: str, rules: Rules) -> Answer:
    """One transaction: put InventoryRejected if absent, no InventoryReserved, the door."""
    if rules.refusal_fence and INVENTORY_RESERVED in world.events:
        return done(world, rule="refusal_fence")
    if rules.reserve_door and world.order != PENDING:
        return fails(world, ORDER_CANCELLED, rule="reserve_door")
    return fails(world.put(INVENTORY_REJECTED), INSUFFICIENT_STOCK)


def read_reserved(world: World, _saw: str, _rules: Rules) -> Answer:
    """Read InventoryReserved: is there anything to give back?"""
    return then(world, release, "reserved" if INVENTORY_RESERVED in world.events else "nothing")


def release(world: World, saw: str, rules: Rules) -> Answer:
    """One transaction: put InventoryReleased if absent, order CANCELLING, as read, stock += quantity."""
    if rules.release_fence and INVENTORY_RELEASED in world.events:
        return done(world, rule="release_fence")
    if rules.release_checks_cancelling and world.order != CANCELLING:
        return fails(world, NOT_CANCELLING, rule="release_checks_cancelling")
    reserved = "reserved" if INVENTORY_RESERVED in world.events else "nothing"
    if rules.release_as_read and reserved != saw:
        return again(world, rule="release_as_read")
    back = QUANTITY if saw == "reserved" else 0
    return done(world._replace(stock=world.stock + back).put(INVENTORY_RELEASED))
