"""ProcessPayment, action by action."""

from verification.model import answers
from verification.model.answers import Answer, again, done, fails, then
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
    PENDING,
    PROCESSING,
    REFUNDED,
    REFUSED,
    VOIDED,
    World,
)

EVENTS = {CHARGED: PAYMENT_CHARGED, DECLINED: PAYMENT_DECLINED}


def read_history(world: World, _saw: str, _rules: Rules) -> Answer:
    """Read the events: what was answered before is answered again."""
    return answered(world) or then(world, look)


def answered(world: World, *, rule: str = "") -> Answer | None:
    """The answer on record; None when there is none."""
    if PAYMENT_CHARGED in world.events:
        return done(world, rule=rule)
    return fails(world, answers.DECLINED, rule=rule) if PAYMENT_DECLINED in world.events else None


def look(world: World, _saw: str, rules: Rules) -> Answer:
    """Read the order, then the payment row: an intent on record is no leave to charge for a cancelled order."""
    if world.order != PENDING and rules.charge_looks_first:
        return fails(world, answers.ORDER_CANCELLED, rule="charge_looks_first")
    return then(world, create_intent) if world.payment == NONE else then(world, confirm_intent, str(world.recorded))


def create_intent(world: World, _saw: str, rules: Rules) -> Answer:
    """Gateway: create the intent. Idempotent by the order's key; no money moves."""
    if world.intents and (rules.create_keyed or len(world.intents) > 1):
        return then(world, record_intent, "0", rule="create_keyed")
    created = world._replace(intents=(*world.intents, CREATED))
    return then(created, record_intent, str(len(world.intents)))


def record_intent(world: World, saw: str, rules: Rules) -> Answer:
    """One transaction: put the payment row and PaymentIntentRecorded if absent, the door."""
    if world.payment != NONE:
        recorded = str(world.recorded) if rules.confirm_recorded else saw
        return then(world, confirm_intent, recorded, rule="confirm_recorded")
    if rules.intent_door and world.order != PENDING:
        return fails(world, answers.ORDER_CANCELLED, rule="intent_door")
    recorded_now = world._replace(payment=INTENT, recorded=int(saw)).put(PAYMENT_INTENT_RECORDED)
    return then(recorded_now, confirm_intent, saw)


def confirm_intent(world: World, saw: str, rules: Rules) -> Answer:
    """Gateway: confirm. The key is the order's, so that a decline is final; canceled is never confirmed."""
    status = world.intents[int(saw)]
    if status == CREATED or (status == REFUSED and not rules.confirm_keyed):
        return then(world.at_gateway(int(saw), PROCESSING), hear_gateway, saw)
    return then(world, hear_gateway, saw, rule="confirm_keyed" if status == REFUSED else "")


def hear_gateway(world: World, saw: str, rules: Rules) -> Answer:
    """The gateway's answer to confirm: it is what has become of the intent by now."""
    status = world.intents[int(saw)]
    if status == PROCESSING and not rules.timeout_is_unknown:
        return then(world, record_answer, CHARGED)
    if status == PROCESSING:
        return again(world, rule="timeout_is_unknown")
    if status == CANCELED:
        return fails(world, answers.ORDER_CANCELLED)
    return then(world, record_answer, DECLINED if status == REFUSED else CHARGED)


def record_answer(world: World, saw: str, rules: Rules) -> Answer:
    """One transaction: put the event if absent, payment row INTENT -> CHARGED | DECLINED. No door: it has happened."""
    if EVENTS[saw] not in world.events and (world.payment == INTENT or not rules.charge_from_intent):
        world = world._replace(payment=saw).put(EVENTS[saw])
    elif world.payment in (VOIDED, REFUNDED):
        return fails(world, answers.ORDER_CANCELLED, rule="charge_from_intent")
    return answered(world) or again(world)
