"""The stream in the simulator treats its consumers as the template says."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from verification.simulator.world.outbox_stream import Consumer, Record, Stream
from verification.simulator.world.scheduler import Result

DAY = 86_400_000  # milliseconds
FAILED = Result(error="TransientError")


class FakeSimulation:
    """Ends every invocation at once, as `answer` says."""

    def __init__(self, answer: Callable[[str, list[Record]], Result]) -> None:
        self.plan = SimpleNamespace(relay_down=False)
        self.clock = SimpleNamespace(true=0)
        self.batches: list[tuple[str, list[str]]] = []
        self._answer = answer

    def invoke(self, _name: str, function: str, payload: Any, on_end: Callable[[Result], None]) -> None:
        records = payload["Records"]
        self.batches.append((function, [record["eventID"] for record in records]))
        on_end(self._answer(function, records))


def stream(answer: Callable[[str, list[Record]], Result]) -> tuple[FakeSimulation, Stream]:
    sim: Any = FakeSimulation(answer)
    return sim, Stream(sim)


def offer(to: Stream, starts_saga: Sequence[bool]) -> None:
    for record in [to.record({"startsSaga": {"BOOL": starts}}) for starts in starts_saga]:
        for consumer in to.consumers:
            consumer.offer(record)


def deliver(consumer: Consumer, times: int) -> None:
    for _ in range(times):
        consumer.deliver(consumer.next_batch())


def test_only_events_that_start_a_saga_pass_the_filter_of_the_consumer_that_starts_sagas() -> None:
    _, outbox = stream(lambda *_: FAILED)
    offer(outbox, [True, False])
    assert [len(each.pending) for each in outbox.consumers] == [1, 2]


def test_a_batch_that_cannot_be_published_is_delivered_again_in_halves() -> None:
    sim, outbox = stream(lambda _, records: Result({"published": 1}) if len(records) == 1 else FAILED)
    offer(outbox, 4 * [False])
    deliver(outbox.publishing, 6)
    assert [len(batch) for _, batch in sim.batches] == [4, 2, 1, 1, 2, 1]


def test_what_cannot_be_published_is_given_up_after_a_day() -> None:
    sim, outbox = stream(lambda *_: FAILED)
    offer(outbox, [False])
    deliver(outbox.publishing, 100)
    assert not outbox.publishing.given_up
    sim.clock.true += DAY + 1_000
    deliver(outbox.publishing, 1)
    assert len(outbox.publishing.given_up) == 1
    assert not outbox.publishing.pending


def test_a_start_that_fails_is_given_up_after_six_attempts_and_repeats_nothing_before_it() -> None:
    def second_fails(_function: str, records: list[Record]) -> Result:
        failed = [{"itemIdentifier": record["eventID"]} for record in records if record["eventID"] == "2"]
        return Result({"batchItemFailures": failed})

    sim, outbox = stream(second_fails)
    offer(outbox, [True, True])
    deliver(outbox.starting, 6)
    assert [batch for _, batch in sim.batches] == [["1", "2"], *5 * (["2"],)]
    assert [record["eventID"] for record in outbox.starting.given_up] == ["2"]
