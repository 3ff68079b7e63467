"""The whole stack at a glance, with its health checks."""
# ruff: noqa: UP013 - the keys of a class would be in mixed case

import time
from collections.abc import Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import TypedDict

from saga.failures import Failure
from saga.http import Json, call
from saga.operations import outbox_events, parked_orders, paused_orders, queue
from saga.operations.circuit import CLOSED, Breaker
from saga.operations.overdue import Overdue, overdue
from saga.operations.switches import Switch, by_kind, switches
from saga.stack.stack import Stack
from saga.text.durations import MINUTE, age, duration
from saga.text.times import now, optional_iso

_QUEUES = ("RelayFailureQueue", "ParkedOrdersQueue", "TransactionDeadLetterQueue")  # the last may be absent
_DIGEST = 12  # characters that identify a build
_UNKNOWN_ORDER = "00000000-0000-0000-0000-000000000000"
_LONGEST_SET_ASIDE = 3 * MINUTE  # the sweeper tries it again once a minute

Check = TypedDict("Check", {"name": str, "well": bool, "words": str})
Queue = TypedDict("Queue", {"name": str, "url": str, "depth": int})  # `depth` is approximate
Status = TypedDict(
    "Status",
    {
        "stack": str,
        "place": str,
        "apiUrl": str,
        "workflowType": str,
        "tables": dict[str, str],  # names by logical ID
        "queues": list[Queue],
        "versions": dict[str, str],
        "well": bool,  # all health checks pass
        "health": list[Check],
        "oldestSetAsideAt": str | None,  # when the event was recorded
        "oldestOverdueAt": str | None,  # when the order was due
        "parked": int,
        "paused": list[Json],
        "breaker": Json,
    },
)


def read_status(stack: Stack, gateway: Breaker) -> Status:
    """Return the status of all services."""
    set_aside, due = outbox_events.oldest(stack), overdue(stack)
    queues: list[Queue] = [
        {"name": name, "url": stack.outputs[f"{name}Url"], "depth": queue.depth(stack, f"{name}Url")}
        for name in _QUEUES
        if f"{name}Url" in stack.outputs
    ]
    checks = health_checks(stack, set_aside, due, queues, gateway=gateway)
    return {
        "stack": stack.name,
        "place": stack.place,
        "apiUrl": stack.api_url,
        "workflowType": stack.outputs["WorkflowType"],
        "tables": {output: name for output, name in sorted(stack.outputs.items()) if output.endswith("Table")},
        "queues": queues,
        "versions": _versions(stack),
        "well": all(each["well"] for each in checks),
        "health": checks,
        "oldestSetAsideAt": optional_iso(set_aside),
        "oldestOverdueAt": optional_iso(due.since),
        "parked": parked_orders.count(stack),
        "paused": paused_orders.paused(stack),
        "breaker": gateway.json,
    }


def _versions(stack: Stack) -> dict[str, str]:
    """Return the versions; that of the functions is a digest of their code, which they share."""
    deployed = stack.session.client("lambda").get_function_configuration(FunctionName=f"{stack.name}-StartSagas")
    functions = f"{deployed['CodeSha256'][:_DIGEST]}, deployed {deployed['LastModified']}"
    versions = {"saga": version("order-saga"), "functions": functions}
    if stack.endpoint:
        versions["engine"] = f"ministack {call(f'{stack.endpoint}/_ministack/health')[1]['version']}"
    return versions


def health_checks(
    stack: Stack, set_aside: int | None, due: Overdue, queues: Sequence[Queue], *, gateway: Breaker
) -> list[Check]:
    """Check the stack and what waits in it; `set_aside` is when the oldest such event was recorded, in ms."""
    depths = {each["name"]: each["depth"] for each in queues}
    dead = {"batches that were never published": depths["RelayFailureQueue"]}
    if "TransactionDeadLetterQueue" in depths:
        dead["messages of transactions that could not be handled"] = depths["TransactionDeadLetterQueue"]
    return [
        _api(stack),
        _deployed(stack),
        *(_switched_on(kind, found) for kind, found in by_kind(switches(stack)).items()),
        _outbox(set_aside),
        _check("overdue orders", due.text, ok=due.ok),
        _check("dead letters", ", ".join(f"{count} {what}" for what, count in dead.items()), ok=not any(dead.values())),
        _check("payment gateway", f"circuit breaker is {gateway.state}", ok=gateway.state == CLOSED),
    ]


def _api(stack: Stack) -> Check:
    """Ask for an unknown order: any response except a server error will do."""
    started = time.monotonic()
    try:
        status, _ = call(f"{stack.api_url}/orders/{_UNKNOWN_ORDER}")
    except Failure as failure:
        return _check("api", str(failure), ok=False)
    took = round((time.monotonic() - started) * 1000)
    return _check("api", f"answered {status} in {duration(took)}", ok=status < HTTPStatus.INTERNAL_SERVER_ERROR)


def _deployed(stack: Stack) -> Check:
    described = stack.session.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"][0]
    status = described["StackStatus"]
    return _check("stack", status, ok=status.endswith("_COMPLETE") and not status.startswith("DELETE"))


def _switched_on(kind: str, found: Sequence[Switch]) -> Check:
    """Check all switches of a kind; their states in words, with the names of those that are off."""
    off = [each for each in found if not each.on]
    names = f" ({', '.join(each.name for each in off)})" if off and len(found) > 1 else ""
    return _check(kind, ", ".join(sorted({each.state for each in off or found})) + names, ok=not off)


def _outbox(set_aside: int | None) -> Check:
    if set_aside is None:
        return _check("outbox", "no event is set aside", ok=True)
    old = now() - set_aside
    text = f"an event of {age(old)} ago is set aside; the sweeper tries it again"
    return _check("outbox", text, ok=old < _LONGEST_SET_ASIDE)


def _check(name: str, text: str, *, ok: bool) -> Check:
    return {"name": name, "well": ok, "words": text}
