"""The contract of every state: a new step and its compensation must meet it as soon as they are in a saga's table."""

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pytest

from saga.reconcile.invariants import unfinished, violations
from sagakit import clock, eventlog, guard
from sagakit.errors import BusinessError, SagaCancelled, StillPending, TransientError, UnknownSaga
from sagakit.event import ID
from sagakit.observability import Handler
from sagakit.saga import Saga, sagas
from sagakit.step import Change, Compensation, Effect, Forward, Outcome, Step
from tests.support import meanwhile, steps, stream, world
from tests.support.bus import Bus
from tests.support.lambdas import Context
from tests.support.steps import Answer

pytestmark = pytest.mark.usefixtures("world")


def called(handler: Handler, saga_id: str) -> Answer:
    return handler({ID: saga_id}, Context())  # type: ignore[arg-type]  # a Lambda context, as far as it is used


@dataclass(frozen=True)
class State:
    """A state of a saga: the event it records, that event's outcome, and the error that it raises when it is `late`."""

    saga: Saga
    name: str
    event: str
    outcome: Outcome
    late: str

    def before(self) -> str:
        """Run a saga until this state is next."""
        return steps.before(self.name, self.saga)

    def call(self, saga_id: str) -> Answer:
        return steps.call(self.name, saga_id)

    def ten_times(self, saga_id: str) -> set[str]:
        return steps.ten_times(self.call, saga_id)


@dataclass(frozen=True)
class Pair:
    """A step and its compensation."""

    saga: Saga
    step: Forward
    compensation: Compensation

    @property
    def forward(self) -> State:
        return State(self.saga, self.step.state, self.step.event, Outcome.DONE, "SagaCancelled")

    @property
    def back(self) -> State:
        return State(self.saga, self.compensation.state, self.compensation.event, Outcome.UNDONE, "NotCancelling")

    def started(self) -> str:
        """Run a saga until the step is next; for an external effect, until its intent is on record."""
        saga_id = self.forward.before()
        if isinstance(self.step, Effect):
            dies_before(self.forward, self.step.event, saga_id)
        return saga_id

    def refused(self, saga_id: str, error: type[Exception]) -> Answer:
        """Call a step with the same declaration whose function raises this error."""

        def refuse(_: object) -> Change:
            raise error("no")

        assert isinstance(self.step, Step | Effect)
        handler = self.step(refuse) if isinstance(self.step, Step) else self.step(lambda _row: Change({}))(refuse)
        return called(handler, saga_id)

    def settled(self, saga_id: str, error: type[BusinessError] | None) -> str:
        """Call the step, refused or not, and retry a transient error once; return the resulting event or error."""

        def call(saga_id: str) -> Answer:
            return self.refused(saga_id, error) if error else self.forward.call(saga_id)

        first = steps.outcome(call, saga_id)
        return steps.outcome(call, saga_id) if first == TransientError.__name__ else first


def decisions(saga: Saga) -> list[State]:
    confirm = State(saga, saga.name_for("Confirm{}"), saga.name_for("{}Confirmed"), Outcome.CONFIRMED, "SagaCancelled")
    if saga.retriable:
        return [confirm]
    return [
        confirm,
        State(saga, saga.name_for("Cancel{}"), saga.name_for("{}Cancelling"), Outcome.CANCELLING, "AlreadyConfirmed"),
        State(saga, saga.name_for("Fail{}"), saga.name_for("{}Failed"), Outcome.FAILED, "NotCancelling"),
    ]


# Sagas share pairs, which are the same in each.
PAIRS = list({pair: Pair(saga, *pair) for saga in reversed(sagas().values()) for pair in saga.steps}.values())
RETRIABLE = [
    State(saga, step.state, step.event, Outcome.DONE, "SagaCancelled")
    for saga in sagas().values()
    for step in saga.retriable
]
EFFECTS = [pair for pair in PAIRS if isinstance(pair.step, Effect)]
REFUSALS = [(pair, error) for pair in PAIRS for error in pair.step.refusals]
FINAL = [(pair, error) for pair in PAIRS for error in pair.compensation.final]
PASSING: list[type[Exception]] = [TransientError, StillPending, RuntimeError]
RACES = [
    (pair, *two) for pair in PAIRS for two in permutations([None, *pair.step.refusals], 2)
]  # None: the step is done
# Nothing to undo: the step was never called, or was refused. An external effect's refusal does not prove that.
EMPTY = [(pair, None) for pair in PAIRS] + [each for each in REFUSALS if each[0] not in EFFECTS]
STATES = [*(half for pair in PAIRS for half in (pair.forward, pair.back)), *RETRIABLE]
STATES += [state for saga in sagas().values() for state in decisions(saga)]
RECORDED = [(state, state.event) for state in STATES]
RECORDED += [(pair.forward, pair.step.intent) for pair in EFFECTS if isinstance(pair.step, Effect)]


def over(names: str, cases: list[Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(names.split(", "), cases if "," in names else [[case] for case in cases], ids=named)


def named(value: Any) -> str:
    """Return the id of a test's parameter."""
    return (
        value.step.state if isinstance(value, Pair) else str(getattr(value, "name", getattr(value, "__name__", value)))
    )


def cancel(saga: Saga, saga_id: str) -> None:
    steps.call(saga.name_for("Cancel{}"), saga_id)


def dies_before(state: State, event: str, saga_id: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        meanwhile.before_recording(patch, event, meanwhile.die)
        with pytest.raises(meanwhile.Died):
            state.call(saga_id)


def require_undone(saga: Saga, saga_id: str) -> None:
    """Run the rest of the compensations: nothing may be left of the saga."""
    steps.undo(saga_id, saga)
    steps.call(saga.name_for("Fail{}"), saga_id)
    assert (violations(world.everything()), unfinished(world.everything())) == ([], [])


def provenance(saga_id: str, event_type: str) -> tuple[str, ...]:
    """Return the provenance in an event's row."""
    row = world.event_row(saga_id, event_type)
    return tuple(row[name] for name in ("saga", "state", "outcome", "error") if name in row)


# --- Every state ---------------------------------------------------------------------------------------------------


@over("state", STATES)
def test_a_state_takes_effect_once_and_a_retry_changes_nothing(state: State) -> None:
    saga_id = state.before()
    first = state.call(saga_id)
    assert (first[ID], first["event"], first["repeated"]) == (saga_id, state.event, False)
    before = world.snapshot()
    assert state.call(saga_id) == {**first, "repeated": True}
    assert world.snapshot() == before


@over("state, event", RECORDED)
def test_two_concurrent_calls_take_effect_once_and_return_the_same(
    state: State, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saga_id, seen = state.before(), list[object]()
    meanwhile.before_recording(monkeypatch, event, lambda: seen.extend([state.call(saga_id), world.snapshot()]))
    again = state.call(saga_id)
    assert seen == [{**again, "repeated": False}, world.snapshot()]
    assert again["repeated"]
    assert violations(world.everything()) == []


@over("state, event", RECORDED)
def test_a_retry_completes_the_work_of_a_function_that_died(state: State, event: str) -> None:
    saga_id = state.before()
    dies_before(state, event, saga_id)
    assert state.call(saga_id)["event"] == state.event
    assert violations(world.everything()) == []


@over("state", STATES)
def test_ten_late_calls_for_ended_sagas_change_nothing(state: State) -> None:
    ends = [steps.confirmed] if state.saga.retriable else [steps.confirmed, steps.failed, steps.failed_at_once]
    ended = [end(state.saga) for end in ends]
    before = world.snapshot()
    for saga_id in ended:
        assert state.ten_times(saga_id) == {state.event if state.event in world.events(saga_id) else state.late}
    assert world.snapshot() == before


@over("state", STATES)
def test_nothing_is_written_for_an_unknown_saga(state: State) -> None:
    state.before()
    before = world.snapshot()
    with pytest.raises(UnknownSaga):
        state.call("no-such-saga")
    assert world.snapshot() == before


@over("state", STATES)
def test_the_new_event_is_the_latest_even_if_the_clock_is_behind(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    saga_id = state.before()
    monkeypatch.setattr(clock, "now", lambda: 1)
    state.call(saga_id)
    assert world.events(saga_id)[-1] == state.event


@over("state", STATES)
def test_an_event_records_its_saga_state_and_outcome(state: State) -> None:
    saga_id = state.before()
    state.call(saga_id)
    assert provenance(saga_id, state.event) == (state.saga.name, state.name, state.outcome)


@over("state", [state for state in STATES if state.outcome in {"confirmed", "undone", "failed"}])
def test_ends_and_compensations_are_counted_by_their_event_however_often_the_step_is_called(
    state: State, capsys: pytest.CaptureFixture[str], bus: Bus
) -> None:
    saga_id = state.before()
    capsys.readouterr()
    state.ten_times(saga_id)
    assert not capsys.readouterr().out
    (row,) = [row for row in world.rows("EVENTS") if (row["orderId"], row["eventType"]) == (saga_id, state.event)]
    stream.publish(stream.inserted(row))
    metrics = len(capsys.readouterr().out.splitlines())
    assert metrics == (2 if state.outcome is Outcome.FAILED else 1)  # a failure counts also with its reason
    assert len(bus.taken) == 1


# --- Steps ---------------------------------------------------------------------------------------------------------


@over("pair", PAIRS)
def test_a_step_of_a_cancelled_saga_changes_nothing(pair: Pair) -> None:
    for saga_id in (pair.forward.before(), pair.started()):
        cancel(pair.saga, saga_id)
        before = world.snapshot()
        assert pair.forward.ten_times(saga_id) == {"SagaCancelled"}
        assert world.snapshot() == before


@over("pair", PAIRS)
def test_a_step_notices_a_cancellation_between_its_read_and_its_write(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    saga_id, seen = pair.forward.before(), list[str]()

    def decided() -> None:
        cancel(pair.saga, saga_id)
        seen.append(world.snapshot())

    meanwhile.before_recording(monkeypatch, pair.step.guarded[0], decided)
    with pytest.raises(SagaCancelled):
        pair.forward.call(saga_id)
    assert seen == [world.snapshot()]


@over("pair, error", REFUSALS)
def test_a_refusal_is_recorded_and_final(pair: Pair, error: type[BusinessError]) -> None:
    saga_id = pair.started()
    with pytest.raises(error, match=r"^no$"):
        pair.refused(saga_id, error)
    before = world.snapshot()
    assert pair.forward.ten_times(saga_id) == {error.__name__}
    assert world.snapshot() == before
    assert provenance(saga_id, pair.step.refusals[error]) == (
        pair.saga.name,
        pair.step.state,
        "refused",
        error.__name__,
    )


@over("pair, first, second", RACES)
def test_two_calls_that_settle_a_step_differently_both_return_the_first_result(
    pair: Pair, first: type[BusinessError] | None, second: type[BusinessError] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    saga_id, results = pair.started(), list[str]()
    events = {None: pair.step.event} | dict(pair.step.refusals.items())
    meanwhile.before_recording(monkeypatch, events[second], lambda: results.append(pair.settled(saga_id, first)))
    results.append(pair.settled(saga_id, second))
    assert results == [first.__name__ if first else pair.step.event] * 2
    assert [event for event in world.events(saga_id) if event in events.values()] == [events[first]]


@over("pair, error", [*((pair, None) for pair in PAIRS), *REFUSALS])
def test_an_event_recorded_during_the_cancellation_is_earlier_than_the_decision(
    pair: Pair, error: type[BusinessError] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    saga_id, later, decided = pair.forward.before(), clock.now() + 60_000, pair.saga.name_for("{}Cancelling")

    def on_a_machine_with_a_fast_clock() -> None:
        with pytest.MonkeyPatch.context() as ahead:
            ahead.setattr(clock, "now", lambda: later)
            pair.settled(saga_id, error)

    meanwhile.before_recording(monkeypatch, decided, on_a_machine_with_a_fast_clock)
    cancel(pair.saga, saga_id)
    assert world.events(saga_id)[-2:] == [pair.step.refusals[error] if error else pair.step.event, decided]


@over("pair, error", [(pair, error) for pair in PAIRS for error in PASSING])
def test_a_step_that_fails_for_a_passing_reason_settles_nothing_and_a_retry_completes_it(
    pair: Pair, error: type[Exception]
) -> None:
    saga_id = pair.started()
    before, row = world.snapshot(), guard.read(saga_id)
    for _ in range(2):
        with pytest.raises(error, match=r"^no$"):
            pair.refused(saga_id, error)
    assert (world.snapshot(), guard.read(saga_id)) == (before, row)
    assert pair.forward.call(saga_id)["event"] == pair.step.event


# --- External effects ----------------------------------------------------------------------------------------------


@over("pair", EFFECTS)
def test_the_result_of_an_effect_is_recorded_even_if_the_saga_is_cancelled_meanwhile(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    saga_id = pair.forward.before()
    meanwhile.before_recording(monkeypatch, pair.step.event, lambda: cancel(pair.saga, saga_id))
    assert pair.forward.call(saga_id)["event"] == pair.step.event
    require_undone(pair.saga, saga_id)


@over("pair", EFFECTS)
def test_the_result_of_an_effect_is_not_recorded_after_the_effect_was_undone(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    saga_id = pair.forward.before()

    def undo() -> None:
        cancel(pair.saga, saga_id)
        pair.back.call(saga_id)

    meanwhile.before_recording(monkeypatch, pair.step.event, undo)
    with pytest.raises(SagaCancelled, match=f"{pair.compensation.event} is on record"):
        pair.forward.call(saga_id)
    assert world.events(saga_id)[-1] == pair.compensation.event
    require_undone(pair.saga, saga_id)


@over("pair", EFFECTS)
def test_an_effect_that_is_recorded_during_its_compensation_is_undone_by_it(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, saga_id = pair.step, pair.started()
    assert isinstance(step, Effect)
    cancel(pair.saga, saga_id)

    def recorded() -> None:
        history = eventlog.history(saga_id)
        intent = history.find(step.intent)
        assert intent
        done = history.next(step.event, Outcome.DONE, intent.detail, state=step.state)
        eventlog.record(done, guard.require(done))

    meanwhile.before_recording(monkeypatch, pair.back.event, recorded)
    assert not pair.back.call(saga_id)["repeated"]
    assert world.events(saga_id)[-2:] == [step.event, pair.back.event]
    require_undone(pair.saga, saga_id)


@over("pair, error", [each for each in REFUSALS if each[0] in EFFECTS])
def test_a_refused_effect_is_undone_by_the_detail_of_its_intent(pair: Pair, error: type[BusinessError]) -> None:
    saga_id = pair.started()
    pair.settled(saga_id, error)  # its event has a cause, but nothing of the intent
    cancel(pair.saga, saga_id)
    require_undone(pair.saga, saga_id)


@over("pair, error", [each for each in REFUSALS if each[0] in EFFECTS])
@pytest.mark.parametrize("raised", [True, False])
def test_a_refused_intent_is_recorded_and_leaves_nothing_to_undo(
    pair: Pair, error: type[BusinessError], *, raised: bool
) -> None:
    def refuse(_row: object) -> Change:
        if raised:
            raise error("no")
        return Change({}, refusal=error("no"))

    saga_id, step = pair.forward.before(), pair.step
    assert isinstance(step, Effect)
    for _ in range(2):
        with pytest.raises(error, match=r"^no$"):
            called(step(refuse)(lambda _intent: Change({})), saga_id)
    assert provenance(saga_id, step.refusals[error]) == (pair.saga.name, step.state, "refused", error.__name__)
    cancel(pair.saga, saga_id)
    require_undone(pair.saga, saga_id)


@over("pair", PAIRS)
def test_an_effect_whose_compensation_is_refused_is_not_recorded_as_undone(pair: Pair) -> None:
    saga_id = steps.before(pair.compensation.state, pair.saga)
    with pytest.raises(BusinessError, match=r"^no$"):
        called(pair.compensation(lambda _done: Change({}, refusal=BusinessError("no"))), saga_id)
    assert pair.back.event not in world.events(saga_id)


def test_an_undeclared_refusal_is_raised_unchanged() -> None:
    step = next(pair.step for pair in PAIRS if isinstance(pair.step, Step))
    with pytest.raises(BusinessError, match="not declared"):
        called(step(lambda _: Change({}, refusal=BusinessError("not declared"))), world.placed())


# --- Compensations -------------------------------------------------------------------------------------------------


@over("pair", PAIRS)
def test_a_compensation_undoes_its_step(pair: Pair) -> None:
    saga_id = pair.forward.before()
    pair.forward.call(saga_id)
    cancel(pair.saga, saga_id)
    require_undone(pair.saga, saga_id)


@over("pair, error", [*FINAL, *((pair, error) for pair in PAIRS for error in PASSING)])
def test_a_compensation_that_fails_records_nothing_even_if_it_failed_for_good_and_may_succeed_later(
    pair: Pair, error: type[Exception]
) -> None:
    def fail(_done: object) -> Change:
        raise error("no")

    saga_id = steps.before(pair.compensation.state, pair.saga)
    before = world.snapshot()
    for _ in range(2):
        with pytest.raises(error, match=r"^no$"):
            called(pair.compensation(fail), saga_id)
    assert world.snapshot() == before
    require_undone(pair.saga, saga_id)


@over("pair", PAIRS)
def test_nothing_is_undone_for_a_saga_that_is_not_cancelled(pair: Pair) -> None:
    saga_id = steps.before(pair.saga.name_for("Cancel{}"), pair.saga)
    before = world.snapshot()
    assert pair.back.ten_times(saga_id) == {"NotCancelling"}
    assert world.snapshot() == before


@over("pair, error", EMPTY)
def test_a_compensation_with_nothing_to_undo_is_recorded_and_changes_nothing_else(
    pair: Pair, error: type[BusinessError] | None
) -> None:
    saga_id = steps.STARTED[pair.saga.name]()
    if error:
        pair.settled(saga_id, error)
    cancel(pair.saga, saga_id)
    before, events = world.everything(), world.events(saga_id)
    assert pair.back.call(saga_id)["event"] == pair.back.event
    assert world.events(saga_id) == [*events, pair.back.event]
    row = {**before["SAGAS"][0], "updatedAt": eventlog.history(saga_id).events[-1].at}
    assert world.everything() == {**before, "EVENTS": world.rows("EVENTS"), "SAGAS": [row]}


@over("pair", PAIRS)
def test_a_step_that_a_compensation_with_a_fast_clock_missed_at_first_is_undone_by_it(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    saga_id, later = pair.forward.before(), clock.now() + 60_000

    def done_and_decided() -> None:
        pair.forward.call(saga_id)
        cancel(pair.saga, saga_id)
        monkeypatch.setattr(clock, "now", lambda: later)

    meanwhile.after_reading(monkeypatch, done_and_decided)
    pair.back.call(saga_id)
    assert world.events(saga_id)[-2:] == [pair.saga.name_for("{}Cancelling"), pair.back.event]
    require_undone(pair.saga, saga_id)


@over("pair", PAIRS)
def test_a_compensation_is_later_than_the_decision_even_if_its_clock_is_behind(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    saga_id = steps.before(pair.saga.name_for("Cancel{}"), pair.saga)
    monkeypatch.setattr(clock, "now", lambda: 1)
    meanwhile.after_reading(monkeypatch, lambda: cancel(pair.saga, saga_id))
    pair.back.call(saga_id)
    assert world.events(saga_id)[-2:] == [pair.saga.name_for("{}Cancelling"), pair.back.event]
