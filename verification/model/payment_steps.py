"""ProcessPayment, action by action."""

from verification.model import results
from verification.model.results import Result, done, fails, retry, then
from verification.model.rules import Rules
from verification.model.state import (
    CANCELED,
    CHARGED,
    CREATED,
    DECLINED,
    INTENT,
    NONE,
    PAYMENT_CHARGED,
    PAYMENT_DECLINED,
    PAYMENT_INTENT_RECORDED,
    PAYMENT_REFUNDED,
    PENDING,
    PROCESSING,
    REFUSED,
    World,
)

EVENTS = {CHARGED: PAYMENT_CHARGED, DECLINED: PAYMENT_DECLINED}


def read_history(world: World, _memory: str, _rules: Rules) -> Result:
    """Read the events: a recorded result is returned again."""
    intended = "" if world.payment == NONE else str(world.recorded)
    return recorded_result(world) or then(world, check_status, intended)


def recorded_result(world: World, *, rule: str = "") -> Result | None:
    """Return the recorded result; None if there is none."""
    if PAYMENT_CHARGED in world.events:
        return done(world, rule=rule)
    return fails(world, results.DECLINED, rule=rule) if PAYMENT_DECLINED in world.events else None


def check_status(world: World, memory: str, rules: Rules) -> Result:
    """Read the order: an intent on record does not permit charging a cancelled one."""
    if world.order != PENDING and rules.charge_checks_first:
        return fails(world, results.ORDER_CANCELLED, rule="charge_checks_first")
    return then(world, confirm_intent, memory) if memory else then(world, create_intent)


def create_intent(world: World, _memory: str, rules: Rules) -> Result:
    """Gateway: create the intent, idempotent by the order's key. No money moves."""
    if world.intents and (rules.create_keyed or len(world.intents) > 1):
        return then(world, record_intent, "0", rule="create_keyed")
    created = world._replace(intents=(*world.intents, CREATED))
    return then(created, record_intent, str(len(world.intents)))


def record_intent(world: World, memory: str, rules: Rules) -> Result:
    """One transaction: the lock, the guard, put PaymentIntentRecorded if absent."""
    if world.payment != NONE:
        recorded = str(world.recorded) if rules.confirm_recorded else memory
        return then(world, confirm_intent, recorded, rule="confirm_recorded")
    if rules.intent_guard and world.order != PENDING:
        return fails(world, results.ORDER_CANCELLED, rule="intent_guard")
    intended = world._replace(payment=INTENT, recorded=int(memory)).put(PAYMENT_INTENT_RECORDED)
    return then(intended, confirm_intent, memory)


def confirm_intent(world: World, memory: str, rules: Rules) -> Result:
    """Gateway: confirm with the order's key, so that a decline is final. A canceled intent is never confirmed."""
    status = world.intents[int(memory)]
    if status == CREATED or (status == REFUSED and not rules.confirm_keyed):
        return then(world.at_gateway(int(memory), PROCESSING), read_gateway, memory)
    return then(world, read_gateway, memory, rule="confirm_keyed" if status == REFUSED else "")


def read_gateway(world: World, memory: str, rules: Rules) -> Result:
    """Read the gateway's response to confirm: the intent's current status."""
    status = world.intents[int(memory)]
    if status == PROCESSING and not rules.timeout_is_unknown:
        return then(world, record_result, CHARGED)
    if status == PROCESSING and not rules.processing_is_no_decline:
        return fails(world, results.DECLINED)
    if status == PROCESSING:
        return retry(world, rule="timeout_is_unknown")
    if status == CANCELED:
        return fails(world, results.ORDER_CANCELLED)
    return then(world, record_result, DECLINED if status == REFUSED else CHARGED)


def record_result(world: World, memory: str, rules: Rules) -> Result:
    """Read the history again; one transaction: the lock, put the event if absent. No guard: it has happened."""
    if recorded := recorded_result(world):
        return recorded
    if rules.undoing_is_final and PAYMENT_REFUNDED in world.events:
        return fails(world, results.ORDER_CANCELLED, rule="undoing_is_final")
    world = world._replace(payment=memory).put(EVENTS[memory])
    return recorded_result(world) or retry(world)
