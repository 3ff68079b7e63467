"""A saga's definition in Amazon States Language, generated from its table and the policies."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from sagakit.errors import AlreadyConfirmed, CompensationIncomplete, NotCancelling, SagaCancelled, UnknownSaga
from sagakit.event import ID
from sagakit.saga import Saga
from sagakit.step import Compensation, Effect, Forward
from statemachine.budget import budget
from statemachine.policies import COMPENSATION, DECISION, DUPLICATE_AT_WORK, FORWARD, OWN, PASSING, Policy, Retry
from statemachine.sound import require_sound

type State = dict[str, Any]

SAGA_ID = f"{{% $states.context.Execution.Input.{ID} %}}"
ERROR = "{% $states.errorOutput %}"
INCOMPLETE = CompensationIncomplete.__name__
DUPLICATE = "IdempotencyAlreadyInProgressError"


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
    confirm, cancel, fail = map(saga.name_for, ("Confirm{}", "Cancel{}", "Fail{}"))
    confirmed, failed = map(saga.name_for, ("{}Confirmed", "{}Failed"))
    for (step, compensation), following in zip(saga.steps, [*_names(saga.forward[1:]), confirm], strict=True):
        yield step.state, _step(step, compensation, following, cancel)
    yield confirm, _confirm(confirm, confirmed, cancel)
    yield confirmed, {"Type": "Succeed", "Output": {ID: SAGA_ID, "status": "CONFIRMED"}}
    way_back = [cancel, *_names(saga.compensations), fail]
    yield cancel, _cancel(saga, cancel, confirmed, following=way_back[1])
    for compensation, (_, following) in zip(saga.compensations, list(pairwise(way_back))[1:], strict=True):
        yield compensation.state, _compensation(compensation, following)
    yield fail, _fail(saga, fail, failed)
    yield failed, {"Type": "Fail", "Error": "{% $states.input.reason %}", "Cause": "{% $states.input.cause %}"}
    cause = "{% $states.input.Error & ': ' & $states.input.Cause %}"
    yield INCOMPLETE, {"Type": "Fail", "Error": INCOMPLETE, "Cause": cause}


def _step(step: Forward, compensation: Compensation, following: str, cancel: str) -> State:
    refusals = [error.__name__ for error in step.refusals]
    comment, retries = f"Undone by {compensation.state}", list[State]()
    if isinstance(step, Effect):
        comment += ". The first Retry waits until a concurrent duplicate has ended, within the function's timeout"
        retries.append(_retry([DUPLICATE], DUPLICATE_AT_WORK))
    never = [*refusals, SagaCancelled.__name__, UnknownSaga.__name__]
    caught = [_catch([error], cancel, Assign={"error": ERROR}) for error in [*refusals, "States.ALL"]]
    return _task(step.state, comment, never, FORWARD, retries) | {"Catch": caught, "Next": following}


def _confirm(confirm: str, confirmed: str, cancel: str) -> State:
    never = [SagaCancelled.__name__, UnknownSaga.__name__]
    task = _task(confirm, "The pivot: nothing is undone after it", never, DECISION)
    return task | {"Catch": [_catch(["States.ALL"], cancel, Assign={"error": ERROR})], "Next": confirmed}


def _cancel(saga: Saga, cancel: str, confirmed: str, following: str) -> State:
    comment = f"Decides to undo. A confirmed {saga.name} stays confirmed"
    never = [AlreadyConfirmed.__name__, UnknownSaga.__name__]
    caught = [_catch(never[:1], confirmed), _catch(["States.ALL"], INCOMPLETE, Output=ERROR)]
    task = _task(cancel, comment, never, DECISION, error="{% $error %}")
    return task | {"Assign": {"failures": {}}, "Catch": caught, "Next": following}


def _compensation(compensation: Compensation, following: str) -> State:
    name = compensation.state
    comment = f"Undoes {compensation.undoes.state}. If the retries run out, the next compensation still runs"
    failures = f"{{% $merge([$failures, {{'{name}': $states.errorOutput.Error}}]) %}}"
    caught = [_catch(["States.ALL"], following, Assign={"failures": failures})]
    task = _task(name, comment, [NotCancelling.__name__, UnknownSaga.__name__], COMPENSATION)
    return task | {"Catch": caught, "Next": following}


def _fail(saga: Saga, fail: str, failed: str) -> State:
    comment = f"Ends the {saga.name} if everything is undone; otherwise parks it"
    never = [INCOMPLETE, NotCancelling.__name__, UnknownSaga.__name__]
    caught = [_catch([error], INCOMPLETE, Output=ERROR) for error in (INCOMPLETE, "States.ALL")]
    task = _task(fail, comment, never, DECISION, failures="{% $failures %}")
    return task | {"Catch": caught, "Next": failed}


def _task(
    name: str, comment: str, never: Sequence[str], usual: Policy, retries: Iterable[State] = (), **payload: str
) -> State:
    policy = OWN.get(name, usual)
    return {
        "Type": "Task",
        "Comment": comment,
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": f"${{{name}Function}}", "Payload": {ID: SAGA_ID, **payload}},
        "TimeoutSeconds": policy.timeout,
        "Retry": [
            {"ErrorEquals": list(never), "MaxAttempts": 0},
            *retries,
            _retry(PASSING, policy.passing),
            _retry(["States.ALL"], policy.other),
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
