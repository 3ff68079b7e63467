"""RefundPayment, action by action."""

from verification.model.answers import ALREADY_REFUNDED, NOT_CANCELLING, Answer, again, done, fails, then
from verification.model.rules import Rules
from verification.model.state import (
    CANCELED,
    CANCELLING,
    CREATED,
    DECLINED,
    NONE,
    PAYMENT_REFUNDED,
    PROCESSING,
    REFUNDED,
    REFUSED,
    REPAID,
    SUCCEEDED,
    VOIDED,
    World,
)

NOTHING = "nothing"


def read_charge(world: World, _saw: str, _rules: Rules) -> Answer:
    """Read the payment row. It may be read before the order: the last transaction checks that it still holds."""
    return then(world, read_decision, world.payment)


def read_decision(world: World, saw: str, rules: Rules) -> Answer:
    """Read the order, which must be CANCELLING. No payment row: nothing was or can be charged."""
    if PAYMENT_REFUNDED in world.events:
        return done(world)
    if rules.refund_checks_cancelling and world.order != CANCELLING:
        return fails(world, NOT_CANCELLING, rule="refund_checks_cancelling")
    if saw == NONE:
        return then(world, record_refund, NOTHING)
    if saw == DECLINED and not rules.cancel_after_decline:
        return then(world, record_refund, VOIDED)
    return then(world, cancel_intent if rules.cancel_decides else get_intent)


def cancel_intent(world: World, _saw: str, rules: Rules) -> Answer:
    """Gateway: cancel, also after a decline. Refused when it succeeded, and while it is processing."""
    status = world.intents[world.recorded]
    if status in (SUCCEEDED, REPAID):
        return then(world, refund_intent, rule="cancel_decides")
    if status == PROCESSING and rules.processing_is_transient:
        return again(world, rule="processing_is_transient")
    if status == PROCESSING:
        return then(world, record_refund, VOIDED)
    canceled = world.at_gateway(world.recorded, CANCELED)
    return then(canceled, record_refund, VOIDED, rule="cancel_after_decline" if status == REFUSED else "")


def refund_intent(world: World, _saw: str, rules: Rules) -> Answer:
    """Gateway: refund. It pays back once; "already refunded" is as good."""
    if world.intents[world.recorded] == SUCCEEDED:
        return then(world.at_gateway(world.recorded, REPAID), record_refund, REFUNDED)
    if rules.already_refunded_is_done:
        return then(world, record_refund, REFUNDED, rule="already_refunded_is_done")
    return fails(world, ALREADY_REFUNDED)


def record_refund(world: World, saw: str, rules: Rules) -> Answer:
    """One transaction: order CANCELLING, payment row -> VOIDED | REFUNDED (or still none), PaymentRefunded."""
    if PAYMENT_REFUNDED in world.events:
        return done(world)
    if rules.refund_checks_cancelling and world.order != CANCELLING:
        return fails(world, NOT_CANCELLING, rule="refund_checks_cancelling")
    if saw == NOTHING and world.payment != NONE and rules.refund_as_read:
        return again(world, rule="refund_as_read")
    return done(world._replace(payment=world.payment if saw == NOTHING else saw).put(PAYMENT_REFUNDED))


def get_intent(world: World, _saw: str, _rules: Rules) -> Answer:
    """Only without cancel_decides: ask the gateway first."""
    status = world.intents[world.recorded]
    if status == SUCCEEDED:
        return then(world, refund_intent)
    if status == PROCESSING:
        return again(world)
    return then(world, cancel_carelessly, REFUNDED if status == REPAID else VOIDED)


def cancel_carelessly(world: World, saw: str, _rules: Rules) -> Answer:
    """Only without cancel_decides: a refused cancel is taken for "nothing to do"."""
    cancelable = world.intents[world.recorded] in (CREATED, REFUSED, CANCELED)
    after = world.at_gateway(world.recorded, CANCELED) if cancelable else world
    return then(after, record_refund, saw)
