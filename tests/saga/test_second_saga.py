"""A second saga beside the orders: the same kit and tables, with its own declaration and state machine."""

import json
from typing import Any

import pytest

from inventory.domain import InsufficientStock, Line, detail, lines
from inventory.store import give_back, take
from saga.reconcile.invariants import unfinished, violations
from sagakit import app, clock, eventlog, guard, saga, tables
from sagakit.errors import BusinessError, TransientError
from sagakit.event import Event, History
from sagakit.recovery.actions import RecoveryAction, recover_if_needed
from sagakit.relay import starting
from sagakit.saga import Saga
from sagakit.step import Change, Compensation, Outcome, Step
from sagakit.transaction import Action, Rank, action, transact
from statemachine.states import definition
from tests.support import http, steps, world
from tests.support.asl import TaskFailed, run
from tests.support.lambdas import Context
from tests.support.stopped_clock import SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("world", "trips")


class FareTooLow(BusinessError):
    """A trip needs a fare."""


HOLD = Step("HoldSeat", event="SeatHeld", refusals={InsufficientStock: "SeatRefused"})
FREE = Compensation("FreeSeat", event="SeatFreed", undoes=HOLD)
ISSUE = Step("IssueTicket", event="TicketIssued", refusals={FareTooLow: "TicketRefused"})
VOID = Compensation("VoidTicket", event="TicketVoided", undoes=ISSUE)
TRIP = Saga(
    "trip", started="TripPlanned", steps=((HOLD, FREE), (ISSUE, VOID)), execution_seconds=400, deadline_seconds=600
)


SEAT = "monitor"  # any product will do


@HOLD
def hold(history: History) -> Change:
    seats = [Line(SEAT, history.start.detail["seats"])]
    return Change(detail(seats), [take(seat) for seat in seats])


@FREE
def free(held: Event | None) -> Change:
    seats = lines(held.detail) if held else ()
    return Change(detail(seats), [give_back(seat) for seat in seats])


@ISSUE
def issue(history: History) -> Change:
    if not history.start.detail["fare"]:
        raise FareTooLow("0")
    return Change({"fare": history.start.detail["fare"]})


@VOID
def void(_issued: Event | None) -> Change:
    return Change({})


HANDLERS: dict[str, Any] = {
    "HoldSeat": hold,
    "FreeSeat": free,
    "IssueTicket": issue,
    "VoidTicket": void,
    "ConfirmTrip": app.confirm,
    "PauseTrip": app.pause,
    "CancelTrip": app.cancel,
    "FailTrip": app.fail,
}


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare the saga beside the orders."""
    both = {**saga.sagas(), TRIP.name: TRIP}
    monkeypatch.setattr(saga, "sagas", lambda: both)


def planned(trip_id: str = "trip-1", seats: int = 1, fare: int = 1) -> str:
    wanted = {"seats": seats, "fare": fare}
    start = Event(trip_id, TRIP.started, clock.now(), wanted, starts_saga=True, saga=TRIP.name, outcome=Outcome.STARTED)
    transact([_row(start), eventlog.put(start)])
    return trip_id


def _row(start: Event) -> Action:
    row = guard.opening(start, 600_000)
    return action("Put", tables.sagas(), lambda _: LookupError("it is there"), Rank.DEFECT, item=row)


def invoke(function: str, payload: Any) -> Any:
    try:
        return HANDLERS[function.removesuffix("Function")](payload, Context())
    except Exception as error:
        cause = {"errorMessage": str(error)}
        raise TaskFailed(type(error).__name__, json.dumps(cause)) from error


def execute(trip_id: str) -> list[str]:
    return run(definition(TRIP), {"orderId": trip_id}, invoke).path


def test_a_trip_is_confirmed_by_its_own_steps_and_events() -> None:
    assert execute(planned()) == ["HoldSeat", "IssueTicket", "ConfirmTrip"]
    assert world.events("trip-1") == ["TripPlanned", "SeatHeld", "TicketIssued", "TripConfirmed"]
    assert (world.status("trip-1"), world.available()) == ("CONFIRMED", world.STOCK - 1)


def test_a_refused_trip_is_undone_and_says_why() -> None:
    path = execute(planned(seats=world.STOCK + 1))
    assert path == ["HoldSeat", "CancelTrip", "VoidTicket", "FreeSeat", "FailTrip", "TripFailed"]
    assert world.detail("trip-1", "TripFailed")["reason"] == "InsufficientStock"
    assert world.available() == world.STOCK


def test_a_trip_whose_second_step_is_refused_releases_its_seat() -> None:
    assert execute(planned(fare=0))[-1] == "TripFailed"
    assert world.events("trip-1")[1:3] == ["SeatHeld", "TicketRefused"]
    assert (world.status("trip-1"), world.available()) == ("FAILED", world.STOCK)


def test_recovery_cancels_an_overdue_trip(still: StoppedClock) -> None:
    planned()
    still.advance(600 * SECOND)
    assert recover_if_needed("trip-1") is RecoveryAction.CANCEL
    assert world.events("trip-1") == ["TripPlanned", "TripCancelling"]


def test_a_trip_whose_step_fails_for_a_passing_reason_is_paused_and_resumed(
    still: StoppedClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trip_id = planned()

    def broken(_payload: Any, _context: Any) -> None:
        raise TransientError("no answer")

    with monkeypatch.context() as patch:
        patch.setitem(HANDLERS, "IssueTicket", broken)
        assert execute(trip_id) == ["HoldSeat", "IssueTicket", "PauseTrip", "TripPaused"]
    row = guard.read(trip_id)
    assert (row["status"], row["paused"]["state"], row["paused"]["cause"]) == ("PENDING", "IssueTicket", "no answer")
    assert capsys.readouterr().out.count('"TripsPaused":[1.0]') == 1
    still.advance(10 * SECOND)
    assert recover_if_needed(trip_id) is RecoveryAction.RESUME
    assert execute(trip_id)[-1] == "ConfirmTrip"
    assert world.events(trip_id)[-3:] == ["TripResumed#1", "TicketIssued", "TripConfirmed"]


def test_a_trip_whose_execution_is_lost_is_resumed_after_as_long_as_its_own_executions_may_last(
    still: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip_id, started = planned(), list[str]()

    def start(event: Event) -> bool:
        started.append(event.id)
        return True

    monkeypatch.setattr(starting, "start", start)
    actions = [RecoveryAction.START, RecoveryAction.RESUME]
    for seconds, expected in zip((60, 460), actions, strict=True):
        still.advance(seconds * SECOND)
        assert guard.read(trip_id)["dueAt"] == still.now
        assert recover_if_needed(trip_id) is expected
    assert started == [f"{trip_id}-TripPlanned"]


def test_orders_are_unaffected_by_trips() -> None:
    execute(planned())
    order_id = steps.confirmed()
    assert {row["saga"] for row in world.rows("SAGAS")} == {"order", "trip"}
    assert world.events(order_id)[-1] == "OrderConfirmed"


def test_the_invariants_cover_trips() -> None:
    execute(planned("trip-1"))
    execute(planned("trip-2", fare=0))
    trip = next(row for row in world.rows("SAGAS") if row["orderId"] == "trip-1")
    assert (violations(world.everything()), unfinished(world.everything())) == ([], [])
    world.put("SAGAS", {**trip, "status": "FAILED"})
    assert "trip-1: is FAILED despite TripConfirmed" in violations(world.everything())


def test_a_trip_is_not_an_order_to_a_client() -> None:
    execute(planned(seats=1))
    before = world.snapshot()
    responses = [http.get("/orders/trip-1"), http.get("/orders/trip-1/events"), http.cancel("trip-1")]
    assert [response.status for response in responses] == [404, 404, 404]
    assert world.snapshot() == before
