"""SQS FIFO queues in memory, and the workers that Lambda feeds from them. They take the place of executions.

A group is delivered in order: while one of its messages is invisible, those behind it wait. A message that a worker
neither handles nor returns is visible again after the queue's timeout; one that was received too often is dead.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sagakit.queues import worker
from sagakit.queues.message import Message, read
from sagakit.queues.route import route
from tests.support.template import resources, template
from verification.simulator.dynamodb.in_memory_dynamodb import Refused
from verification.simulator.names.saga_table import SAGA
from verification.simulator.world.scheduler import Actor, Result

if TYPE_CHECKING:
    from verification.simulator.world.simulation import Simulation

DEDUPLICATED = 300_000  # milliseconds, for which a second message with the same id is dropped
NAME = re.compile(r"[!-~]{1,128}")  # letters, digits and punctuation
NOT_SENT = "SendMessage: not sent in the last five minutes"
SOON = 10_000  # milliseconds: who waits no longer is not disturbed

_run, _send = worker._run, Message.send  # noqa: SLF001


@dataclass(eq=False)
class Letter:
    """A message in a queue."""

    number: int
    body: str
    message: Message
    received: int = 0
    visible_at: int = 0

    @property
    def receipt(self) -> str:
        """The handle of its last receipt."""
        return f"{self.number}-{self.received}"


@dataclass(eq=False)
class Queue:
    """A queue with its worker, and their rules in the template."""

    url: str
    worker: str
    timeout: int  # milliseconds, for which a received message is invisible
    max_receives: int
    batch_size: int
    letters: list[Letter] = field(default_factory=list)
    handled: list[Letter] = field(default_factory=list)
    dead: list[Letter] = field(default_factory=list)

    def groups(self, now: int) -> Iterator[list[Letter]]:
        """Yield the letters of each group that is not blocked, in order."""
        for group in dict.fromkeys(letter.message.saga_id for letter in self.letters):
            letters = [letter for letter in self.letters if letter.message.saga_id == group]
            if all(letter.visible_at <= now for letter in letters):
                yield letters

    def batch(self, now: int) -> list[Letter]:
        """Return the letters that are delivered together next."""
        return [letter for group in self.groups(now) for letter in group][: self.batch_size]


@dataclass(eq=False)
class Run:
    """What an event started: the passage of messages from state to state."""

    name: str
    order_id: str
    status: str = "RUNNING"
    errors: list[tuple[str, str]] = field(default_factory=list)  # of its states


@dataclass(eq=False)
class Work:
    """What an invocation of a worker did so far."""

    errors: list[tuple[Message, str]] = field(default_factory=list)  # of each message; "" if its state succeeded
    sending: Counter[str] = field(default_factory=Counter)  # calls that send a message, by saga
    sent: Counter[str] = field(default_factory=Counter)


class Rules:
    """What is checked about messages: nothing, by default."""

    def sent(self, message: Message) -> None:
        """Check a message that was sent."""

    def dropped(self, message: Message, earlier: Message) -> None:
        """Check a message that SQS dropped because of an earlier one."""

    def answered(self, work: Work, letters: list[Letter], returned: list[Letter]) -> None:
        """Check the answer of a worker to a batch."""


class Queues:
    """The queues of the saga. It has what `StepFunctions` has, as far as others need it."""

    def __init__(self, sim: "Simulation") -> None:
        self.queues = {queue.url: queue for queue in _queues()}
        self.executions: list[Run] = []
        self.unreported: list[Any] = []  # a worker that breaks leaves its messages in the queue
        self.rules = Rules()
        self.sim = sim
        self._letters = 0
        self._known: dict[str, tuple[int, Message]] = {}  # when a deduplication id was used, and for what
        self._work: dict[Actor, Work] = {}

    def running(self) -> Iterator[Actor]:
        """Yield the executions that run: queues have none."""
        yield from ()

    def broken(self) -> list[Any]:
        """Return the executions that broke: queues have none."""
        return []

    def serve(self, api: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a call to SQS."""
        queue = self.queues[request["QueueUrl"]]
        if api == "SendMessage":
            return self._accept(queue, request)
        letter = next((each for each in queue.letters if each.receipt == request["ReceiptHandle"]), None)
        if letter is None or letter.visible_at <= self.sim.clock.true:
            raise Refused("InvalidParameterValue")
        letter.visible_at = self.sim.clock.true + request["VisibilityTimeout"] * 1000
        return {}

    def execute(self, name: str, order_id: str) -> None:
        """Start a run of this name, even if an event has started it."""
        self.put(Message(SAGA.name, order_id, name, next(iter(route(SAGA.name)))))

    def put(self, message: Message) -> None:
        """Put a message into its queue, whatever was sent before."""
        self._start(message)
        self._add(self.queues[message.url], json.dumps(vars(message)))

    def duplicate(self, queue: Queue, letter: Letter) -> None:
        """Put a copy of a message into its queue."""
        self._add(queue, letter.body)

    def dead_letter(self, queue: Queue, letter: Letter) -> None:
        """Move a message to the dead-letter queue."""
        queue.letters.remove(letter)
        queue.dead.append(letter)

    def redrive(self, queue: Queue) -> None:
        """Move the dead letters back."""
        queue.letters += [_anew(letter) for letter in queue.dead]
        queue.dead = []

    def deliver(self, queue: Queue, letters: list[Letter]) -> None:
        """Let Lambda invoke the worker with these messages."""
        for letter in [each for each in letters if each.received >= queue.max_receives]:
            self.dead_letter(queue, letter)
            self.sim.trace.add("the queue", f"gives up {letter.message.state}")
        batch = [letter for letter in letters if letter in queue.letters]
        for letter in batch:
            letter.received += 1
            letter.visible_at = self.sim.clock.true + queue.timeout
        if batch:
            self._invoke(queue, batch)

    def next_delivery(self, *, soon: bool) -> bool:
        """Deliver what is first, once its time has come; return False if nothing comes, or nothing soon."""
        while not (ready := [queue for queue in self.queues.values() if queue.batch(self.sim.clock.true)]):
            waits = min(self.invisible(), default=0) - self.sim.clock.true
            if waits < 0 or (soon and waits > SOON):
                return False
            self.sim.clock.advance(waits)
        self.deliver(ready[0], ready[0].batch(self.sim.clock.true))
        return True

    def run_state(self, message: Message, context: Any) -> None:
        """Run a state in place of the worker's function, and remember what became of it."""
        actor = self.sim.scheduler.running
        work = self._work[actor] if actor else Work()
        if actor:
            actor.function = message.state
        try:
            _run(message, context)
            work.errors.append((message, ""))
        except Exception as error:
            work.errors.append((message, type(error).__name__))
            self._run_of(message).errors.append((message.state, type(error).__name__))
            raise

    def send(self, message: Message) -> None:
        """Send a message in place of its method, and remember that."""
        if work := self._work.get(self.sim.scheduler.running):  # type: ignore[arg-type]
            work.sending[message.saga_id] += 1
        _send(message)
        if work:
            work.sent[message.saga_id] += 1

    def _accept(self, queue: Queue, request: dict[str, Any]) -> dict[str, Any]:
        now, key, message = self.sim.clock.true, request["MessageDeduplicationId"], read(request["MessageBody"])
        if not NAME.fullmatch(key) or not NAME.fullmatch(request["MessageGroupId"]):
            raise Refused("InvalidParameterValue")
        if request["MessageGroupId"] != message.saga_id:
            self.sim.violations.append(f"{message.state} of {message.saga_id} is in the group of another saga")
        at, earlier = self._known.get(key, (0, message))
        if at + DEDUPLICATED > now:
            self.sim.coverage.count("guard", NOT_SENT)
            self.rules.dropped(message, earlier)
        else:
            lately = [identity(each) for at, each in self._known.values() if at + DEDUPLICATED > now]
            if identity(message) in lately:
                self.sim.violations.append(f"{message.state} of {message.run} is in its queue twice")
            self._known[key] = now, message
            self._start(message)
            self._add(queue, request["MessageBody"])
            self.rules.sent(message)
        return {"MessageId": key}

    def _add(self, queue: Queue, body: str) -> None:
        self._letters += 1
        queue.letters.append(Letter(self._letters, body, read(body)))

    def _start(self, message: Message) -> None:
        if not any(each.name == message.run for each in self.executions):
            self.executions.append(Run(message.run, message.saga_id))

    def _run_of(self, message: Message) -> Run:
        return next(each for each in self.executions if each.name == message.run)

    def _invoke(self, queue: Queue, batch: list[Letter]) -> None:
        def on_end(result: Result) -> None:
            if not result.error:
                self._answered(queue, batch, receipts, result.value, self._work[actor])

        receipts = {letter: letter.receipt for letter in batch}
        groups = {letter.message.saga_id for letter in batch}
        event = {"Records": [_record(letter) for letter in batch]}
        order_id = groups.pop() if len(groups) == 1 else ""
        actor = self.sim.invoke(queue.worker, queue.worker, event, on_end, order_id)
        self._work[actor] = Work()

    def _answered(
        self, queue: Queue, batch: list[Letter], receipts: dict[Letter, str], answer: Any, work: Work
    ) -> None:
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        returned = [letter for letter in batch if str(letter.number) in failed]
        if returned:
            states = ", ".join(letter.message.state for letter in returned)
            self.sim.trace.add(queue.worker, f"returns {states}")
        self.rules.answered(work, batch, returned)
        for letter in batch:
            held = letter.receipt == receipts[letter] and letter.visible_at > self.sim.clock.true
            if held and letter in queue.letters and letter not in returned:
                queue.letters.remove(letter)
                queue.handled.append(letter)

    def invisible(self) -> list[int]:
        """Return when invisible messages are visible again."""
        letters = [letter for queue in self.queues.values() for letter in queue.letters]
        return [letter.visible_at for letter in letters if letter.visible_at > self.sim.clock.true]


def identity(message: Message) -> tuple[str, str, str]:
    """Return what tells a message from others."""
    return message.saga_id, message.run, message.state


def _anew(letter: Letter) -> Letter:
    letter = copy(letter)
    letter.received = letter.visible_at = 0
    return letter


def _queues() -> Iterator[Queue]:
    urls = json.loads(settings()["QUEUES"])
    functions = resources("AWS::Serverless::Function")
    for logical_id in urls.values():
        for name, function in functions.items():
            source = function["Properties"].get("Events", {}).get("Queue", {}).get("Properties", {})
            if source.get("Queue") == {"Fn::GetAtt": [logical_id, "Arn"]}:
                rules = resources("AWS::SQS::Queue")[logical_id]["Properties"]
                assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
                yield Queue(
                    logical_id,
                    name.removesuffix("Function"),
                    rules["VisibilityTimeout"] * 1000,
                    rules["RedrivePolicy"]["maxReceiveCount"],
                    source["BatchSize"],
                )


def _record(letter: Letter) -> dict[str, Any]:
    return {
        "messageId": str(letter.number),
        "receiptHandle": letter.receipt,
        "body": letter.body,
        "attributes": {
            "ApproximateReceiveCount": str(letter.received),
            "MessageGroupId": letter.message.saga_id,
            "SequenceNumber": str(letter.number),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue.fifo",
        "awsRegion": "us-east-1",
    }


def settings() -> dict[str, str]:
    """Return the settings of the workers: the URL of each queue is its logical id; all handlers in one table."""
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    queues = variables["QUEUES"]["Fn::If"][1]["Fn::Sub"]
    handlers = {}
    for function in resources("AWS::Serverless::Function").values():
        environment = function["Properties"].get("Environment", {}).get("Variables", {})
        handlers.update(json.loads(environment.get("HANDLERS", "{}")))
    return {"QUEUES": re.sub(r"\$\{(\w+)\}", r"\1", queues), "HANDLERS": json.dumps(handlers)}
