"""RefundPayment, action by action."""

from verification.model.results import ALREADY_REFUNDED, NOT_CANCELLING, Result, done, fails, retry, then
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


def read_charge(world: World, _memory: str, _rules: Rules) -> Result:
    """Read the history, even before the order: the last transaction checks that it is unchanged."""
    return done(world) if PAYMENT_REFUNDED in world.events else then(world, read_decision, world.payment)


def read_decision(world: World, memory: str, rules: Rules) -> Result:
    """Read the order, which must be CANCELLING. Without a recorded intent nothing was charged, nor can be."""
    if rules.refund_checks_cancelling and world.order != CANCELLING:
        return fails(world, NOT_CANCELLING, rule="refund_checks_cancelling")
    if memory == NONE:
        return then(world, record_refund, NOTHING)
    if memory == DECLINED and not rules.cancel_after_decline:
        return then(world, record_refund, VOIDED)
    return then(world, cancel_intent if rules.cancel_decides else get_intent)


def cancel_intent(world: World, _memory: str, rules: Rules) -> Result:
    """Gateway: cancel, even after a decline. Refused if the intent has succeeded or is processing."""
    status = world.intents[world.recorded]
    if status in (SUCCEEDED, REPAID):
        return then(world, refund_intent, rule="cancel_decides")
    if status == PROCESSING and rules.processing_is_transient:
        return retry(world, rule="processing_is_transient")
    if status == PROCESSING:
        return then(world, record_refund, VOIDED)
    canceled = world.at_gateway(world.recorded, CANCELED)
    return then(canceled, record_refund, VOIDED, rule="cancel_after_decline" if status == REFUSED else "")


def refund_intent(world: World, _memory: str, rules: Rules) -> Result:
    """Gateway: refund. It pays back once; "already refunded" counts as success."""
    if world.intents[world.recorded] == SUCCEEDED:
        return then(world.at_gateway(world.recorded, REPAID), record_refund, REFUNDED)
    if rules.already_refunded_is_done:
        return then(world, record_refund, REFUNDED, rule="already_refunded_is_done")
    return fails(world, ALREADY_REFUNDED)


def record_refund(world: World, memory: str, rules: Rules) -> Result:
    """One transaction: the lock, order CANCELLING, put PaymentRefunded, which tells how the payment was undone."""
    if PAYMENT_REFUNDED in world.events:
        return done(world)
    if rules.refund_checks_cancelling and world.order != CANCELLING:
        return fails(world, NOT_CANCELLING, rule="refund_checks_cancelling")
    if memory == NOTHING and world.payment != NONE and rules.refund_locked:
        return retry(world, rule="refund_locked")
    return done(world._replace(payment=world.payment if memory == NOTHING else memory).put(PAYMENT_REFUNDED))


def get_intent(world: World, _memory: str, _rules: Rules) -> Result:
    """Only without cancel_decides: read the intent at the gateway first."""
    status = world.intents[world.recorded]
    if status == SUCCEEDED:
        return then(world, refund_intent)
    if status == PROCESSING:
        return retry(world)
    return then(world, cancel_carelessly, REFUNDED if status == REPAID else VOIDED)


def cancel_carelessly(world: World, memory: str, _rules: Rules) -> Result:
    """Only without cancel_decides: treat a refused cancel as "nothing to do"."""
    cancelable = world.intents[world.recorded] in (CREATED, REFUSED, CANCELED)
    after = world.at_gateway(world.recorded, CANCELED) if cancelable else world
    return then(after, record_refund, memory)
