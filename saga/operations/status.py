"""The whole stack at a glance."""

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from saga.clock import iso
from saga.http import call
from saga.operations import outbox, parked, queue
from saga.operations.breaker import Breaker, breaker
from saga.operations.health import Health, healths
from saga.stack import Stack

__all__ = ["Health", "Queue", "Status", "status"]

_QUEUES = {"RelayFailureQueue": "RelayFailureQueueUrl", "ParkedOrdersQueue": "ParkedOrdersQueueUrl"}
_DIGEST = 12  # characters that tell builds apart


@dataclass(frozen=True)
class Queue:
    """A queue, and how many messages are in it, those being received among them. SQS counts roughly."""

    name: str
    url: str
    depth: int


@dataclass(frozen=True)
class Status:
    """`oldest_undispatched` in milliseconds since the epoch, None when the outbox is empty.

    `tables` are the tables' names by logical ID; `versions` has `saga` and `functions`, on the engine also `engine`.
    """

    stack: str
    place: str
    api_url: str
    workflow_type: str
    tables: dict[str, str]
    queues: tuple[Queue, ...]
    versions: dict[str, str]
    health: tuple[Health, ...]
    oldest_undispatched: int | None
    parked: int
    breaker: Breaker

    @property
    def well(self) -> bool:
        """Whether everything works."""
        return all(each.well for each in self.health)

    @property
    def json(self) -> dict[str, Any]:
        """For programs."""
        oldest = self.oldest_undispatched
        return {
            "stack": self.stack,
            "place": self.place,
            "apiUrl": self.api_url,
            "workflowType": self.workflow_type,
            "tables": self.tables,
            "queues": [{"name": each.name, "url": each.url, "depth": each.depth} for each in self.queues],
            "versions": self.versions,
            "well": self.well,
            "health": [{"name": each.name, "well": each.well, "words": each.words} for each in self.health],
            "oldestUndispatchedAt": None if oldest is None else iso(oldest),
            "parked": self.parked,
            "breaker": self.breaker.json,
        }


def status(stack: Stack) -> Status:
    """Asks every service for what it takes."""
    queues = tuple(_queue(stack, name, output) for name, output in _QUEUES.items())
    oldest, gateway = outbox.oldest(stack), breaker(stack)
    return Status(
        stack=stack.name,
        place=stack.place,
        api_url=stack.api_url,
        workflow_type=stack.outputs["WorkflowType"],
        tables={output: name for output, name in sorted(stack.outputs.items()) if output.endswith("Table")},
        queues=queues,
        versions=_versions(stack),
        health=healths(stack, oldest, dead_letters=queues[0].depth, gateway=gateway),
        oldest_undispatched=oldest,
        parked=parked.count(stack),
        breaker=gateway,
    )


def _queue(stack: Stack, name: str, output: str) -> Queue:
    return Queue(name, stack.outputs[output], queue.depth(stack, output))


def _versions(stack: Stack) -> dict[str, str]:
    """`functions` are known by a digest of their code, which they share."""
    deployed = stack.session.client("lambda").get_function_configuration(FunctionName=f"{stack.name}-RelayOutbox")
    functions = f"{deployed['CodeSha256'][:_DIGEST]}, deployed {deployed['LastModified']}"
    return {"saga": version("order-saga"), "functions": functions, **_engine(stack)}


def _engine(stack: Stack) -> dict[str, str]:
    if stack.endpoint is None:
        return {}
    return {"engine": f"ministack {call(f'{stack.endpoint}/_ministack/health')[1]['version']}"}
