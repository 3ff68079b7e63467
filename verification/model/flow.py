"""The state machine: which step follows which, and where errors are caught."""

from verification.model import inventory_steps, order_steps, payment_steps, refund_steps
from verification.model.results import ALREADY_CONFIRMED, DECLINED, INSUFFICIENT_STOCK, ORDER_CANCELLED, Action, Result
from verification.model.rules import Rules
from verification.model.state import Invocation, World

STEPS: dict[str, tuple[Action, ...]] = {
    "ReserveInventory": (inventory_steps.reserve, inventory_steps.reject),
    "ProcessPayment": (
        payment_steps.read_history,
        payment_steps.check_status,
        payment_steps.create_intent,
        payment_steps.record_intent,
        payment_steps.confirm_intent,
        payment_steps.read_gateway,
        payment_steps.record_result,
    ),
    "ConfirmOrder": (order_steps.confirm,),
    "CancelOrder": (order_steps.cancel,),
    "RefundPayment": (
        refund_steps.read_charge,
        refund_steps.read_decision,
        refund_steps.cancel_intent,
        refund_steps.refund_intent,
        refund_steps.record_refund,
        refund_steps.get_intent,
        refund_steps.cancel_carelessly,
    ),
    "ReleaseInventory": (inventory_steps.read_reserved, inventory_steps.release),
    "FailOrder": (order_steps.fail, order_steps.park, order_steps.pause),
    "PauseOrder": (order_steps.pause,),
}
FOLLOWED_BY = {
    "ReserveInventory": "ProcessPayment",
    "ProcessPayment": "ConfirmOrder",
    "CancelOrder": "RefundPayment",
    "RefundPayment": "ReleaseInventory",
    "ReleaseInventory": "FailOrder",
}
# Only a refusal or a cancellation cancels the order. Any other error pauses it.
REFUSALS = frozenset({INSUFFICIENT_STOCK, DECLINED, ORDER_CANCELLED})
FORWARD = frozenset({"ReserveInventory", "ProcessPayment", "ConfirmOrder"})
CATCH = {
    "ReserveInventory": "PauseOrder",
    "ProcessPayment": "PauseOrder",
    "ConfirmOrder": "PauseOrder",
    "CancelOrder": "PauseOrder",
    "RefundPayment": "ReleaseInventory",  # a failed compensation does not block the next one
    "ReleaseInventory": "FailOrder",
    "FailOrder": "PauseOrder",
}
ACTIONS = {action.__name__: action for actions in STEPS.values() for action in actions}
FIRST = {step: Invocation(step, actions[0].__name__) for step, actions in STEPS.items()}
START = FIRST["ReserveInventory"]


def act(world: World, invocation: Invocation, rules: Rules) -> Result:
    """Return the result of an invocation's next atomic action."""
    return ACTIONS[invocation.action](world, invocation.memory, rules)


def caught(step: str, error: str, rules: Rules) -> Invocation | None:
    """Return the first action of the step that handles an error; None if the execution ends."""
    if step in FORWARD and (error in REFUSALS or not rules.outage_pauses):
        return FIRST["CancelOrder"]
    if error == ALREADY_CONFIRMED:
        return FIRST["ConfirmOrder"]  # which returns the event on record
    return follow(step, CATCH)


def follow(step: str, edges: dict[str, str]) -> Invocation | None:
    """Return the first action of the step that an edge leads to; None if the execution ends."""
    return FIRST[edges[step]] if step in edges else None
