"""The metrics of sagas, derived from their events. A step that counted its own result would lose it with its answer."""

from sagakit.event import Event
from sagakit.observability import count
from sagakit.reason import BY_CUSTOMER
from sagakit.saga import Saga, named, sagas
from sagakit.step import Outcome


def count_event(event: Event) -> None:
    """Count an event that has been published or set aside: the stream delivers no such event again."""
    if event.saga not in ("", *sagas()):
        return
    saga = named(event.saga)
    match event.outcome:
        case Outcome.STARTED:
            count(saga.name_for("{}sPlaced"))
        case Outcome.CONFIRMED:
            count(saga.name_for("{}sConfirmed"))
        case Outcome.UNDONE:
            count("Compensations", step=event.state)
        case Outcome.PARKED:
            count(saga.name_for("{}sParked"))
        case Outcome.FAILED:
            _count_failure(saga, event.detail.get("reason", ""))


def _count_failure(saga: Saga, reason: str) -> None:
    count(saga.name_for("{}sFailed"))  # an alarm cannot add up dimensions
    count(saga.name_for("{}sFailed"), reason=reason)
    if reason not in [BY_CUSTOMER, *(error.__name__ for error in saga.refusals if error.expected)]:
        count("UnexpectedFailures")
