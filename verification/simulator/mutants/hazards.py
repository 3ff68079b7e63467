"""Every way in which the protocol is known to break, and the mutants that stand for it.

V1 to V10 are careless readings of the protocol, A to P problems outside its steps; docs/architecture.md tells of them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

GUARD = "without "

MUTANTS_OF: Mapping[str, Sequence[str]] = {
    "V1 an empty release looks at its own row only": (
        f"{GUARD}undone: no done",
        f"{GUARD}done: sagas status = PENDING",
    ),
    "V2 a compensation was given up, and the order fails all the same": (
        f"{GUARD}failed: undone on record, failed: undone earlier",
    ),
    "V3 the refund decides by looking": ("the refund decides by looking, and takes a refused cancel for done",),
    "V4 no intent on record is taken for final": (f"{GUARD}intended: sagas status = PENDING",),
    "V5 processing is taken for nothing": ("processing is taken for nothing",),
    "V6 a decline on record is taken for nothing": (
        "a payment that was declined is not cancelled at a gateway that takes a second try",
    ),
    "V7 a forward step does not look at the decision": (f"{GUARD}done: sagas status = PENDING",),
    "V8 the cancellation does not look at CONFIRMED": (f"{GUARD}cancelling: sagas status = PENDING",),
    "V9 the stock is read before the own row": ("the last reason decides",),
    "V10 events are tidied": ("events are tidied when the order has failed",),
    "A two orders for one key": (
        "the order's id is random",
        "the order's row is not asked whether the body is the same",
    ),
    "B recovery feeds itself": ("recovery does not look first, and a restart is not guarded",),
    "C a cached answer brings a cancelled order to the pivot": (f"{GUARD}confirmed: sagas status = PENDING",),
    "D a recovery that died stays dead": ("a restart is not numbered",),
    "E a fence of once against what happens twice": ("parking is not numbered",),
    "F money moves after the decision": (f"{GUARD}intended: sagas status = PENDING",),
    "G what a compensation could not do is remembered": ("a compensation's answer is remembered",),
    "H EXPRESS has the sweeper only": (
        "the sweeper looks after no order",
        "the sweeper looks after no order that is being cancelled",
    ),
    "I the gateway's memory ends": (
        "the refund finds the intent by its key",
        "the intent just created is confirmed, not the one on record",
        "the gateway's refunds add up",
    ),
    "J a token of our own": ("transactions have a token made of order and event",),
    "K relay and sweeper": (
        f"{GUARD}cross off: events exists(orderId)",
        "the bus's error codes are not looked at",
        "the sweeper starts no saga",
        "nothing is ever set aside",
        "who is cancelled is not on the index",
        "who ends stays on the index",
        "who is parked stays on the index",
    ),
    "L one item twice in a transaction": ("the lines of one product are not merged",),
    "M a hot product": ("a conflict is taken for a shortage",),
    "N the order of events": (
        "time is not carried along from event to event",
        f"{GUARD}cancelling: no done",
        f"{GUARD}cancelling: no refused",
        f"{GUARD}cancelling: no intended",
        f"{GUARD}parked: decided earlier",
        f"{GUARD}failed: decided earlier",
        f"{GUARD}undone: decided earlier",
        f"{GUARD}undone: status as it was read",
    ),
    "O cancelling is a request": ("the customer's cancellation is a request only",),
    "P a compensation can be called on anything": (
        f"{GUARD}undone: sagas status = CANCELLING",
        "the refund does not look at the order",
    ),
}


def not_shown(found: Collection[str]) -> Iterator[str]:
    """Give the hazards of which a mutant was not found, with its name."""
    for hazard, mutants in MUTANTS_OF.items():
        yield from (f"{hazard}: {mutant}" for mutant in mutants if mutant not in found)
