"""The reconciliation, as a command."""

from saga.command.asked import Asked
from saga.failure import Failure
from saga.progress import step


def check(asked: Asked) -> None:
    """Reconcile orders, events, stock, payments and the gateway's ledger. Exit code 1 when something is wrong."""
    from saga import check as reconciliation  # noqa: PLC0415 - boto3 costs half a second

    stack = asked.stack
    with step("reconciliation"):
        wrong = reconciliation.check(stack)
    asked.answer({"violations": wrong}, "\n".join(wrong) or "nothing is wrong")
    if wrong:
        raise Failure(f"{len(wrong)} violations")
