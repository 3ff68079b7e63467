"""Mutants of setting an event aside, and of trying it again."""

from typing import Any

from sagakit import clock
from sagakit.event import Event, shard
from sagakit.relay import outbox, publishing, starting
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.profiles.decision_races import SET_ASIDE_EARLY
from verification.simulator.profiles.topics import OUTBOX, POISONED
from verification.simulator.profiles.waiting_writes import SETTING_ASIDE_CRASHES, UNREADABLE_EVENTS

_start, _still_undispatched = starting.start, outbox.still_undispatched
OLD = 120_000  # milliseconds


def _nothing() -> Any:
    return iter(())


def _key(event: Event) -> dict[str, str]:
    return {"orderId": event.saga_id, "eventType": event.type}


def _start_and_count(event: Event) -> None:
    try:
        _start(event)
    except Exception:
        outbox.count_failure({**_key(event), "undispatched": shard(event.saga_id)})
        raise


def _set_old_aside(key: Any) -> Event | None:
    event = _still_undispatched(key)
    if event and clock.now() - event.at > OLD:
        outbox.set_aside(key)
    return event


def _take_back_unpublished(key: Any) -> None:
    if event := outbox.if_set_aside(key):
        if event.starts_saga:
            starting.start(event)
        outbox.take_back(event)


def _take_back_unstarted(key: Any) -> None:
    event = outbox.if_set_aside(key)
    if event and publishing.publish([event]):
        outbox.take_back(event)


def _take_back_refused(key: Any) -> None:
    if event := outbox.if_set_aside(key):
        publishing.publish([event])
        if event.starts_saga:
            starting.start(event)
        outbox.take_back(event)


ASIDE = (UNREADABLE_EVENTS, SETTING_ASIDE_CRASHES, OUTBOX)

MUTANTS = (
    Mutant("nothing is ever set aside", (POISONED,), patched("sagakit.relay.outbox.MAX_ATTEMPTS", 1_000_000)),
    Mutant("a failed start counts in an outage", (OUTBOX,), patched("sagakit.relay.starting.start", _start_and_count)),
    Mutant("an old event is set aside", (OUTBOX,), patched("sagakit.relay.outbox.still_undispatched", _set_old_aside)),
    Mutant(
        "a malformed event is not set aside",
        (POISONED, OUTBOX),
        patched("sagakit.relay.outbox.set_aside", lambda _: None),
    ),
    Mutant("what is set aside is never tried again", ASIDE, patched("sagakit.relay.outbox.all_set_aside", _nothing)),
    Mutant("what is set aside is only started", ASIDE, patched("sagakit.relay.app._try_again", _take_back_unpublished)),
    Mutant("what is set aside is only published", ASIDE, patched("sagakit.relay.app._try_again", _take_back_unstarted)),
    Mutant(
        "what the bus refuses is taken back",
        (SET_ASIDE_EARLY, OUTBOX),
        patched("sagakit.relay.app._try_again", _take_back_refused),
    ),
    Mutant("the sweeper only starts", (POISONED, OUTBOX), patched("sagakit.relay.app._dispatch", starting.start)),
)
