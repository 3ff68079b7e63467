"""Whether what must work does."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from saga import clock
from saga.failure import Failure
from saga.http import call
from saga.operations.breaker import CLOSED, Breaker
from saga.stack import Stack

_NO_ORDER = "00000000-0000-0000-0000-000000000000"
_BEHIND = 180_000  # ms: the sweeper, once a minute, should have dispatched what is a minute old


@dataclass(frozen=True)
class Health:
    """One thing that must work, whether it does, and that in words."""

    name: str
    well: bool
    words: str


def healths(stack: Stack, oldest: int | None, *, dead_letters: int, gateway: Breaker) -> tuple[Health, ...]:
    """The API, the stack, the saga, what dispatches its events, and what is read elsewhere already.

    `oldest` is the time of the oldest undispatched event in ms since the epoch.
    """
    told = [_api(stack), *_deployed(stack), *_dispatching(stack)]
    return (*told, _outbox(oldest), _dead_letters(dead_letters), _breaker(gateway))


def _api(stack: Stack) -> Health:
    """Asks for an order that is not there; any answer but a server's fault is one."""
    started = time.monotonic()
    try:
        answered, _ = call(f"{stack.api_url}/orders/{_NO_ORDER}")
    except Failure as failure:
        return Health("api", well=False, words=str(failure))
    took = round((time.monotonic() - started) * 1000)
    return Health("api", answered < HTTPStatus.INTERNAL_SERVER_ERROR, f"answers {answered} in {took} ms")


def _deployed(stack: Stack) -> Iterator[Health]:
    described = stack.session.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"][0]
    settled = described["StackStatus"]
    yield Health("stack", settled.endswith("_COMPLETE") and not settled.startswith("DELETE"), settled)
    arn = stack.outputs["StateMachineArn"]
    machine = stack.session.client("stepfunctions").describe_state_machine(stateMachineArn=arn)["status"]
    yield Health("saga", machine == "ACTIVE", machine)


def _dispatching(stack: Stack) -> Iterator[Health]:
    """The relay is fed by the table's stream, the sweeper by a clock."""
    mappings = stack.session.client("lambda").list_event_source_mappings(FunctionName=f"{stack.name}-RelayOutbox")
    states = [each["State"] for each in mappings["EventSourceMappings"]]
    yield Health("relay", states == ["Enabled"], ", ".join(states) or "the stream does not feed it")
    rule = stack.function_name("SweepOrdersFunctionEveryMinute")
    sweeper = stack.session.client("events").describe_rule(Name=rule)["State"]
    yield Health("sweeper", sweeper == "ENABLED", sweeper)


def _outbox(oldest: int | None) -> Health:
    if oldest is None:
        return Health("outbox", well=True, words="all is dispatched")
    waiting = clock.now() - oldest
    return Health("outbox", waiting < _BEHIND, f"an event has waited for {clock.age(waiting)}")


def _dead_letters(depth: int) -> Health:
    return Health("dead letters", depth == 0, f"{depth} in the relay's failure queue")


def _breaker(gateway: Breaker) -> Health:
    return Health("payment gateway", gateway.state == CLOSED, f"its circuit is {gateway.state}")
