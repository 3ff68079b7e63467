"""Mutants of setting an event aside, and of trying it again."""

from typing import Any

from sagakit.relay import outbox, publishing, starting
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.profiles.every_write import MALFORMED_CRASHES
from verification.simulator.profiles.topics import OUTBOX, POISONED
from verification.simulator.profiles.waiting_writes import SETTING_ASIDE_CRASHES, UNREADABLE_EVENTS


def _nothing() -> Any:
    return iter(())


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
        (MALFORMED_CRASHES, OUTBOX),
        patched("sagakit.relay.app._try_again", _take_back_refused),
    ),
)
