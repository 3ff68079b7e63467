"""The time budget of a saga: an execution ends in time even if it uses every attempt and every delay is longest."""

from sagakit.saga import Saga
from sagakit.step import Forward
from statemachine.policies import OWN, USUAL, waits

# In seconds. tests/template/test_time_budget.py compares them with the template.
GATEWAY_CALL, FUNCTION = 1.5, 4


def budget(saga: Saga) -> str:
    """Return the sums for the definition's Comment.

    Raises:
        ValueError: the longest path does not fit into an execution; the message suggests what to shorten.
    """
    confirm, pause, cancel, fail = map(saga.name_for, ("Confirm{}", "Pause{}", "Cancel{}", "Fail{}"))
    forward = {each.state: _longest(each.state, each) for each in saga.forward} | {confirm: _longest(confirm)}
    back = {each.state: _longest(each.state, each.undoes) for each in saga.compensations}
    back = {cancel: _longest(cancel), **back, fail: _longest(fail)} if back else {}
    back[pause] = _longest(pause)
    path = sum(forward.values()) + sum(back.values())
    if path >= saga.execution_seconds:
        raise ValueError(_too_long(saga, forward | back, path))
    sums = [" + ".join(map(str, half.values())) for half in (forward, back)]
    return (
        "Time budget in seconds, every attempt taken and every delay at its longest: "
        f"gateway call {GATEWAY_CALL} < function {FUNCTION} < task {USUAL.timeout}; "
        f"forward {sums[0]}, compensation and pause {sums[1]}, path {path} < execution {saga.execution_seconds} "
        f"(as long as EXPRESS lasts) < {saga.name} deadline {saga.deadline_seconds}."
    )


def _longest(state: str, step: Forward | None = None) -> int:
    """Return the most seconds a task can take: each retrier counts its own attempts, so all may be used up."""
    policy = OWN.get(state, USUAL)
    retries = [policy.retry, *waits(step).values()]
    attempts = 1 + sum(each.attempts for each in retries)
    return attempts * policy.timeout + sum(each.delays for each in retries)


def _too_long(saga: Saga, tasks: dict[str, int], path: int) -> str:
    worst = sorted(tasks, key=lambda state: -tasks[state])
    longest = ", ".join(f"{state} {tasks[state]}" for state in worst)
    return (
        f"{saga.name}: the longest path takes {path} s, but an execution ends after {saga.execution_seconds} s. "
        "Shorten a retry in statemachine/policies.py. "
        f"Seconds by state: {longest}"
    )
