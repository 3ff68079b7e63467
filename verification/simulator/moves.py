"""What the surroundings do of their own accord, at any moment: people, time, the relay, recovery, the gateway."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from payment.breaker import CIRCUIT
from payment.simulated import SimulatedGateway
from sagakit import tables
from sagakit.event import shard
from sagakit.recovery.store import MOST_ATTEMPTS
from tests.support.template import tasks
from verification.simulator import odd_rows, surroundings
from verification.simulator.run import Run
from verification.simulator.step_functions import BROKEN

type Act = Callable[[], object]
type Offers = Callable[[Run], Iterator[Act]]

# Milliseconds: a moment and a lease; the relay's patience, an order's deadline and an idempotency record.
MOMENTS, PASSAGES = (1_000, 6_000), (65_000, 430_000, 660_000)


@dataclass(frozen=True)
class Move:
    """A move by its name, and the ways in which it can be made now."""

    name: str
    offers: Offers


def _cancels(run: Run) -> Iterator[Act]:
    yield from (partial(run.people.cancel, order_id) for order_id in run.order_ids)


def _asks_again(run: Run) -> Iterator[Act]:
    yield from (partial(run.people.place, wish) for wish in run.plan.wishes)


def _other_body(run: Run) -> Iterator[Act]:
    yield from (partial(run.people.place, wish, other_body=True) for wish in run.plan.wishes)


def _looks(run: Run) -> Iterator[Act]:
    yield from (partial(run.people.look, order_id) for order_id in run.order_ids)


def _resumes(run: Run) -> Iterator[Act]:
    yield from (partial(run.people.resume, row["orderId"]) for row in run.rows("SAGAS") if "parked" in row)


def _resumes_unparked(run: Run) -> Iterator[Act]:
    yield from (partial(run.people.resume, row["orderId"]) for row in run.rows("SAGAS") if "parked" not in row)


def _gets_well(run: Run) -> Iterator[Act]:
    intents = [row["id"] for row in run.rows("GATEWAY_LEDGER") if "taken" in row]
    yield from (partial(SimulatedGateway().make_well, intent_id) for intent_id in intents)


def _forgets_keys(run: Run) -> Iterator[Act]:
    yield partial(surroundings.forget_keys, run)


def _sweeps(run: Run) -> Iterator[Act]:
    yield partial(surroundings.sweep, run)


def _told(run: Run) -> Iterator[Act]:
    yield from (partial(surroundings.tell, run, each) for each in run.sfn.executions if each.status in BROKEN)


def _untold(run: Run) -> Iterator[Act]:
    yield from (partial(run.sfn.untold.remove, each) for each in run.sfn.untold)


def _delivers(run: Run) -> Iterator[Act]:
    if run.stream.pending:
        yield from (partial(run.stream.deliver, run.stream.pending[:size]) for size in (1, 3))


def _out_of_order(run: Run) -> Iterator[Act]:
    yield from (partial(run.stream.deliver, [record]) for record in run.stream.pending[1:])


def _again(run: Run) -> Iterator[Act]:
    yield from (partial(run.stream.deliver, [record]) for record in run.stream.delivered)


def _poison(run: Run) -> Iterator[Act]:
    record = run.stream.record(odd_rows.NONSENSE)
    yield lambda: run.stream.deliver([record, *run.stream.pending[:2]])
    yield lambda: run.stream.deliver([record])


def _ghost(run: Run) -> Iterator[Act]:
    for starts_saga in (False, True):
        record = run.stream.record(odd_rows.ghost(starts_saga=starts_saga))
        yield partial(run.stream.deliver, [record])


def _records_lost(run: Run) -> Iterator[Act]:
    if run.stream.pending:
        yield run.stream.pending.clear


def _poison_row(run: Run) -> Iterator[Act]:
    for order_id in run.order_ids:
        for attempts in (0, MOST_ATTEMPTS - 1):
            row = odd_rows.poison(shard(order_id), attempts)
            yield partial(run.db.put, tables.events(), row)


def _poison_row_goes(run: Run) -> Iterator[Act]:
    keys = [key for key in run.db.tables[tables.events()] if key[0] == odd_rows.POISON]
    yield from (partial(run.db.delete, tables.events(), key) for key in keys)


def _twice(run: Run) -> Iterator[Act]:
    yield from (partial(run.sfn.execute, f"{order_id}-again", order_id) for order_id in run.order_ids)


def _stray(run: Run) -> Iterator[Act]:
    yield from (partial(surroundings.stray, run, step, order_id) for order_id in run.order_ids for step in tasks())


def _time(passages: tuple[int, ...]) -> Offers:
    return lambda run: (partial(surroundings.pass_by, run, passage) for passage in passages)


def _record(change: dict[str, object] | None) -> Offers:
    """Make something of an idempotency record; None is its end."""

    def offers(run: Run) -> Iterator[Act]:
        for row in run.rows("IDEMPOTENCY"):
            if change is None:
                yield partial(run.db.delete, tables.idempotency(), (row["id"],))
            else:
                yield partial(run.db.put, tables.idempotency(), {**row, **change})

    return offers


def _circuit_opens(run: Run) -> Iterator[Act]:
    opened = {"id": CIRCUIT, "state": "OPEN", "failure_count": 10, "opened_at": run.clock.true // 1000}

    def act(milliseconds: int) -> None:
        run.db.put(os.environ["CIRCUIT_BREAKER_TABLE"], opened)
        surroundings.pass_by(run, milliseconds)

    yield from (partial(act, passage) for passage in (0, MOMENTS[-1]))


def _late_call(run: Run) -> Iterator[Act]:
    yield from (partial(surroundings.arrive, run, call) for call in run.late)


def _later_sweep(milliseconds: int) -> Offers:
    def act(run: Run) -> None:
        surroundings.pass_by(run, milliseconds)
        surroundings.sweep(run)

    return lambda run: iter([partial(act, run)])


def make(run: Run, name: str, act: Act) -> None:
    """Make a move, and tell of it."""
    run.tally.hit("move", name)
    run.story.tell("·", name)
    act()


MOVES = (
    Move("customer cancels", _cancels),
    Move("client asks again", _asks_again),
    Move("same key, other body", _other_body),
    Move("customer looks", _looks),
    Move("operator resumes", _resumes),
    Move("operator resumes what is not parked", _resumes_unparked),
    Move("gateway gets well", _gets_well),
    Move("gateway forgets its keys", _forgets_keys),
    Move("sweep", _sweeps),
    Move("a minute later: sweep", _later_sweep(65_000)),
    Move("past the deadline: sweep", _later_sweep(430_000)),
    Move("status event told, or told again", _told),
    Move("status event lost", _untold),
    Move("stream records delivered", _delivers),
    Move("stream record out of order", _out_of_order),
    Move("stream record again", _again),
    Move("poison record", _poison),
    Move("record of a row that is gone", _ghost),
    Move("stream records lost", _records_lost),
    Move("poison row in the outbox", _poison_row),
    Move("poison row deleted", _poison_row_goes),
    Move("second execution", _twice),
    Move("stray step", _stray),
    Move("a moment passes", _time(MOMENTS)),
    Move("time passes", _time(PASSAGES)),
    Move("idempotency record lost", _record(None)),
    Move("idempotency record expired", _record({"expiration": 1})),
    Move(
        "idempotency record stuck in progress", _record({"status": "INPROGRESS", "in_progress_expiration": 9 * 10**15})
    ),
    Move("circuit opens elsewhere", _circuit_opens),
    Move("late call arrives", _late_call),
)
