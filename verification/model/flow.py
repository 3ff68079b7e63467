"""The state machine: which step follows which, and where errors are caught."""

from verification.model import inventory_steps as inventory
from verification.model import order_steps as order
from verification.model import payment_steps as payment
from verification.model import refund_steps as refund
from verification.model.results import Action, Result
from verification.model.rules import Rules
from verification.model.state import Invocation, World

STEPS: dict[str, tuple[Action, ...]] = {
    "ReserveInventory": (inventory.reserve, inventory.reject),
    "ProcessPayment": (
        payment.read_history,
        payment.check_status,
        payment.create_intent,
        payment.record_intent,
        payment.confirm_intent,
        payment.read_gateway,
        payment.record_result,
    ),
    "ConfirmOrder": (order.confirm,),
    "CancelOrder": (order.cancel,),
    "RefundPayment": (
        refund.read_charge,
        refund.read_decision,
        refund.cancel_intent,
        refund.refund_intent,
        refund.record_refund,
        refund.get_intent,
        refund.cancel_carelessly,
    ),
    "ReleaseInventory": (inventory.read_reserved, inventory.release),
    "FailOrder": (order.fail, order.park),
}
FOLLOWED_BY = {
    "ReserveInventory": "ProcessPayment",
    "ProcessPayment": "ConfirmOrder",
    "CancelOrder": "RefundPayment",
    "RefundPayment": "ReleaseInventory",
    "ReleaseInventory": "FailOrder",
}
CATCH = {
    "ReserveInventory": "CancelOrder",
    "ProcessPayment": "CancelOrder",
    "ConfirmOrder": "CancelOrder",
    "RefundPayment": "ReleaseInventory",  # a failed compensation does not block the next one
    "ReleaseInventory": "FailOrder",
}
ACTIONS = {action.__name__: action for actions in STEPS.values() for action in actions}
FIRST = {step: Invocation(step, actions[0].__name__) for step, actions in STEPS.items()}
START = FIRST["ReserveInventory"]


def act(world: World, invocation: Invocation, rules: Rules) -> Result:
    """Return the result of an invocation's next atomic action."""
    return ACTIONS[invocation.action](world, invocation.memory, rules)


def follow(step: str, edges: dict[str, str]) -> Invocation | None:
    """Return the first action of the step that an edge leads to; None if the execution ends."""
    return FIRST[edges[step]] if step in edges else None
