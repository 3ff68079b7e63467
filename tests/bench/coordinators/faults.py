"""The faults that both coordinators meet, and what becomes of the order."""

from collections.abc import Callable

from sagakit import decision, guard
from sagakit.reason import BY_CUSTOMER, Reason
from tests.bench.coordinators.coordinator import Coordinator, Fault
from tests.bench.coordinators.prices import INVOCATIONS
from tests.bench.coordinators.worlds import fresh
from tests.support import world
from tests.support.stopped_clock import MINUTE


def refusal(coordinator: Coordinator) -> str:
    saga_id = coordinator.place(quantity=world.STOCK + 1)
    coordinator.end(saga_id)
    return saga_id


def gateway_down(coordinator: Coordinator) -> str:
    restored = coordinator.still.now + MINUTE

    def answer(_state: str) -> None:
        coordinator.patch.setenv("GATEWAY_DOWN", "yes" if coordinator.still.now < restored else "")

    return _ended(coordinator, before=answer)


def defect(coordinator: Coordinator) -> str:
    def fail(state: str) -> None:
        if state == "ReserveInventory":
            raise RuntimeError("a defect")

    return _ended(coordinator, before=fail)


def cancellation(coordinator: Coordinator) -> str:
    saga_id = coordinator.place()
    coordinator.before = _once(
        lambda state: state.startswith("Confirm"),
        lambda: decision.cancel(saga_id, Reason(BY_CUSTOMER), starts_saga=True),
    )
    coordinator.end(saga_id)
    return saga_id


def death(coordinator: Coordinator) -> str:
    def die() -> None:
        raise RuntimeError("the process ended")

    return _ended(coordinator, after=_once(lambda state: state == "ProcessPayment", die))


def loss(coordinator: Coordinator) -> str:
    saga_id = coordinator.place()
    coordinator.lose(saga_id)
    coordinator.end(saga_id)
    return saga_id


FAULTS: dict[str, Callable[[Coordinator], str]] = {
    "too little stock": refusal,
    "the gateway is down for a minute": gateway_down,
    "ReserveInventory fails every time": defect,
    "the customer cancels before the confirmation": cancellation,
    "ProcessPayment dies after it has charged": death,
    "the execution is aborted, the message lost": loss,
}


def outcome(kind: type[Coordinator], fault: str) -> str:
    """Return what becomes of an order, in words: its end, after how long, and what that took."""
    with fresh(kind) as coordinator:
        row = guard.read(FAULTS[fault](coordinator))
        reason = f" ({row['reason']['reason']})" if "reason" in row else ""
        when = f"after {coordinator.seconds} s" if coordinator.seconds else "at once"
        status = "parked" if "parked" in row else row["status"]
        return f"{status}{reason} {when}; {_money()}; {coordinator.taken[INVOCATIONS]} invocations"


def _ended(coordinator: Coordinator, before: Fault | None = None, after: Fault | None = None) -> str:
    coordinator.before, coordinator.after = before or coordinator.before, after or coordinator.after
    saga_id = coordinator.place()
    coordinator.end(saga_id)
    return saga_id


def _once(where: Callable[[str], bool], happens: Callable[[], object]) -> Fault:
    left = [happens]

    def fault(state: str) -> None:
        if left and where(state):
            left.pop()()

    return fault


def _money() -> str:
    moved = [(row["taken"], row["refunded"]) for row in world.intents() if row["taken"]]
    if not moved:
        return "never charged"
    return "charged and refunded" if all(taken == refunded for taken, refunded in moved) else "charged once"
