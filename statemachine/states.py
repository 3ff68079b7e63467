"""A saga's definition in Amazon States Language, generated from its table and the policies."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sagakit.errors import (
    AlreadyConfirmed,
    CompensationIncomplete,
    NotCancelling,
    SagaCancelled,
    SagaPaused,
    StepIncomplete,
    UnknownSaga,
)
from sagakit.event import ID
from sagakit.saga import Saga, Status
from sagakit.step import Compensation, Forward
from statemachine.budget import budget
from statemachine.policies import OWN, USUAL, Retry, waits
from statemachine.sound import require_sound

type State = dict[str, Any]

SAGA_ID = f"{{% $states.context.Execution.Input.{ID} %}}"
ERROR = "{% $states.errorOutput %}"
INCOMPLETE = CompensationIncomplete.__name__
AFTER_PIVOT = "Never undone: it is tried again until it succeeds or an operator decides"


def definition(saga: Saga) -> State:
    """Generate the definition.

    Raises:
        ValueError: the table is invalid, or an execution that uses every attempt would exceed its time limit.
    """
    require_sound(saga)
    return {
        "Comment": f"{saga.name.capitalize()} saga. {budget(saga)}",
        "QueryLanguage": "JSONata",
        "StartAt": saga.forward[0].state,
        "TimeoutSeconds": saga.execution_seconds,
        "States": dict(_states(saga)),
    }


def _states(saga: Saga) -> Iterator[tuple[str, State]]:
    confirm, pause, cancel = map(saga.name_for, ("Confirm{}", "Pause{}", "Cancel{}"))
    paused, failed = map(saga.name_for, ("{}Paused", "{}Failed"))
    late = confirm if saga.retriable else cancel  # for what finds that the saga is no longer PENDING
    undo = {step: f"Undone by {compensation.state}" for step, compensation in saga.steps}
    for step, following in zip(saga.forward, [*_names(saga.forward[1:]), confirm], strict=True):
        yield step.state, _step(step, undo.get(step, AFTER_PIVOT), following, late, pause)
    yield confirm, _confirm(saga, confirm, cancel, pause)
    yield pause, _pause(saga, pause, paused, failed)
    yield paused, {"Type": "Succeed", "Output": {ID: SAGA_ID, "status": "PAUSED"}}
    yield from _back(saga) if saga.steps else ()
    yield failed, {"Type": "Fail", "Error": "{% $states.input.reason %}", "Cause": "{% $states.input.message %}"}
    parked, cause = INCOMPLETE, "It could not be undone, and is parked for an operator."
    if saga.retriable:
        parked, cause = StepIncomplete.__name__, "A step failed for good, and the saga is parked for an operator."
    yield parked, {"Type": "Fail", "Error": parked, "Cause": cause}


def _back(saga: Saga) -> Iterator[tuple[str, State]]:
    """Yield the decision to undo the saga, and its compensations."""
    confirm, pause, cancel, fail = map(saga.name_for, ("Confirm{}", "Pause{}", "Cancel{}", "Fail{}"))
    way_back = [cancel, *_names(saga.compensations), fail]
    yield cancel, _cancel(saga, cancel, confirm, pause, following=way_back[1])
    for compensation, (_, following) in zip(saga.compensations, list(pairwise(way_back))[1:], strict=True):
        yield compensation.state, _compensation(compensation, following)
    yield fail, _fail(saga, fail, pause)


def _step(step: Forward, comment: str, following: str, late: str, pause: str) -> State:
    refusals = [*(error.__name__ for error in step.refusals), SagaCancelled.__name__]
    final = [error.__name__ for error in step.final]
    task = _task(step.state, comment, [*refusals, *final, UnknownSaga.__name__], step)
    caught = [_catch([error], late, Assign={"error": ERROR}) for error in refusals]
    return task | {"Catch": [*caught, _to_pause(step.state, pause)], "Next": following}


def _confirm(saga: Saga, confirm: str, cancel: str, pause: str) -> State:
    comment, cancelled = (
        "The pivot: nothing is undone after it. Confirming again changes nothing",
        SagaCancelled.__name__,
    )
    task = _task(confirm, comment, [cancelled, UnknownSaga.__name__])
    caught = [_catch([cancelled], cancel, Assign={"error": ERROR})] if saga.steps else []
    output = {ID: SAGA_ID, "status": Status.CONFIRMED}
    return task | {"Catch": [*caught, _to_pause(confirm, pause)], "Output": output, "End": True}


def _pause(saga: Saga, pause: str, paused: str, failed: str) -> State:
    comment = "Records what waits, until recovery resumes it. If that fails, recovery comes a few minutes later"
    unknown = {"reason": UnknownSaga.__name__, "message": "Nothing has this id."}
    parks = [StepIncomplete.__name__] if saga.retriable else []
    caught = [_catch([UnknownSaga.__name__], failed, Output=unknown), *(_catch([each], each) for each in parks)]
    caught.append(_catch(["States.ALL"], paused))
    task = _task(pause, comment, [UnknownSaga.__name__, *parks], state="{% $waiting %}", error="{% $error %}")
    return task | {"Catch": caught, "Next": paused}


def _cancel(saga: Saga, cancel: str, confirm: str, pause: str, following: str) -> State:
    comment = f"Decides to undo. A confirmed {saga.name} stays confirmed"
    never = [AlreadyConfirmed.__name__, UnknownSaga.__name__]
    caught = [_catch(never[:1], confirm), _to_pause(cancel, pause)]
    task = _task(cancel, comment, never, error="{% $error %}")
    return task | {"Assign": {"failures": {}}, "Catch": caught, "Next": following}


def _compensation(compensation: Compensation, following: str) -> State:
    name = compensation.state
    comment = f"Undoes {compensation.undoes.state}. If the retries run out, the next compensation still runs"
    failures = f"{{% $merge([$failures, {{'{name}': $states.errorOutput}}]) %}}"
    never = [*(error.__name__ for error in compensation.final), NotCancelling.__name__, UnknownSaga.__name__]
    task = _task(name, comment, never, compensation.undoes)
    return task | {"Catch": [_catch(["States.ALL"], following, Assign={"failures": failures})], "Next": following}


def _fail(saga: Saga, fail: str, pause: str) -> State:
    comment = f"Ends the {saga.name} if everything is undone; otherwise pauses or parks it"
    failed, paused = map(saga.name_for, ("{}Failed", "{}Paused"))
    never = [INCOMPLETE, SagaPaused.__name__, NotCancelling.__name__, UnknownSaga.__name__]
    caught = [_catch([SagaPaused.__name__], paused), _catch([INCOMPLETE], INCOMPLETE)]
    task = _task(fail, comment, never, failures="{% $failures %}")
    return task | {"Catch": [*caught, _to_pause(fail, pause)], "Next": failed}


def _to_pause(state: str, pause: str) -> State:
    return _catch(["States.ALL"], pause, Assign={"error": ERROR, "waiting": state})


def _task(name: str, comment: str, never: Sequence[str], effect_of: Forward | None = None, **payload: str) -> State:
    policy, waiting = OWN.get(name, USUAL), waits(effect_of)
    return {
        "Type": "Task",
        "Comment": comment,
        "Resource": "arn:${Partition}:states:::lambda:invoke",
        "Arguments": {"FunctionName": f"${{{name}Function}}", "Payload": {ID: SAGA_ID, **payload}},
        "TimeoutSeconds": policy.timeout,
        "Retry": [
            {"ErrorEquals": list(never), "MaxAttempts": 0},
            *(_retry([error], retry) for error, retry in waiting.items()),
            _retry(["States.ALL"], policy.retry),
        ],
        "Output": "{% $states.result.Payload %}",
    }


def _retry(errors: Sequence[str], retry: Retry) -> State:
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": retry.interval,
        "BackoffRate": retry.backoff,
        **({"MaxDelaySeconds": retry.longest} if retry.longest else {}),
        "MaxAttempts": retry.attempts,
        **({"JitterStrategy": "FULL"} if retry.jitter else {}),
    }


def _catch(errors: Sequence[str], following: str, **fields: Any) -> State:  # noqa: ANN401  of a Catch
    return {"ErrorEquals": list(errors), **fields, "Next": following}


def _names(states: Sequence[Forward] | Sequence[Compensation]) -> list[str]:
    return [each.state for each in states]
