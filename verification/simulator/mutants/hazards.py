"""Every known way to break the protocol, and the mutants that represent it.

V1 to V10 are careless variants of the protocol, A to U problems outside its steps.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

MUTANTS_OF: Mapping[str, Sequence[str]] = {
    "V1 a release checks only its own event": (
        "without undone: nothing recorded since",
        "without done: sagas status = PENDING",
    ),
    "V2 an order fails without a compensation": ("an order fails without proof",),
    "V3 the refund decides by the intent's status": ("the refund ignores a refused cancel",),
    "V4 the absence of a recorded intent counts as final": (
        "without intended: sagas status = PENDING, intended: nothing recorded since",
    ),
    "V5 a processing payment counts as not charged": ("a processing payment counts as not charged",),
    "V6 a recorded decline needs no cancel": ("no cancel after a decline, with second attempts",),
    "V7 a forward step ignores the decision": ("without done: sagas status = PENDING",),
    "V8 the cancellation ignores CONFIRMED": ("without cancelling: sagas status = PENDING",),
    "V9 the step checks the stock before its own event": (
        "the last cancellation reason decides, and refusals rest on any history",
    ),
    "V10 events are deleted": ("a failed order's events are deleted",),
    "A two orders for one key": ("the order's id is random", "a replay ignores a different body"),
    "B recovery triggers itself": ("recovery ignores the order's state", "recovery resumes what is not due"),
    "C a cached response takes a cancelled order to the pivot": (
        "without confirmed: sagas status = PENDING",
        "an order is confirmed without proof",
    ),
    "D a recovery that crashed never runs again": ("a resume is not numbered",),
    "E a fence for one occurrence blocks the second": ("parking is not numbered",),
    "F money moves after the decision": (
        "without intended: sagas status = PENDING, intended: nothing recorded since",
        "a result is recorded although the effect was undone",
    ),
    "G the failure of a compensation is cached": ("a compensation's response is cached",),
    "H EXPRESS needs the sweeper": (
        "the sweeper recovers no order",
        "the sweeper recovers no PENDING order",
        "the sweeper recovers no CANCELLING order",
    ),
    "I the gateway forgets its keys": (
        "the refund finds the intent by its key",
        "the recorded intent is ignored",
        "the gateway's refunds add up",
    ),
    "J our own ClientRequestToken": ("transactions have a token made of order and event",),
    "K relay and sweeper": (
        "the bus's error codes are ignored",
        "what the bus refuses is not delivered again",
        "no saga is started",
        "the sweeper leaves what the stream left",
        "the sweeper starts without marking",
        "the sweeper marks without starting",
        "a malformed event is not set aside",
        "what is set aside is never tried again",
        "a cancelled order is not on the index",
        "an ended order stays on the index",
        "a parked order stays on the index",
    ),
    "L one item twice in a transaction": ("the lines of one product are not merged",),
    "M a hot product": (
        "a conflict is taken for a shortage",
        "the rows of a product are read one after the other",
        "a lost race for a shard refuses",
        "without InventoryReserved: inventory available >= n",
        "without stock moved: inventory available >= n",
        "without shards added: inventory not_exists(productId)",
    ),
    "N the order of events": (
        "an event's time may precede its predecessor's",
        *(
            f"without {event}: nothing recorded since"
            for event in (
                "intended",
                "done",
                "refused",
                "cancelling",
                "confirmed",
                "undone",
                "failed",
                "parked",
                "resumed",
            )
        ),
    ),
    "O cancelling is a request": ("the customer's cancellation records no decision",),
    "P anyone can call a compensation on any order": (
        "without undone: sagas status = CANCELLING",
        "the refund ignores the order's status",
    ),
    "Q a decision rests on a stale read": (
        "the history is read without ConsistentRead",
        "the saga's row is read without ConsistentRead",
        "the gateway's ledger is read without ConsistentRead",
    ),
    "R an outage decides": (
        "a technical error cancels the order",
        "any error parks the order",
        "every pause is as short as the first",
        "an order's deadline is ignored",
        "patience is ignored",
        "a confirmed order stays paused",
        "recovery resumes what has not been started",
    ),
    "S the gateway does something else than it was asked for": (
        "a charge of another amount confirms the order",
        "a charge in another currency confirms the order",
        "a part counts as a refund",
        "an accepted refund counts as done",
    ),
    "T a message is lost, doubled or overtaken": (
        "a message is acknowledged although the next one was not sent",
        "a saga is passed on before its state has run",
        "the rest of a group goes on after a failure",
        "a failure stops the other groups",
        "the deduplication id does not name the run",
        "a refusal is tried again",
    ),
    "U a return gives back too much, twice or never": (
        "a return is not compared with what is left",
        "an order that is not confirmed is returned",
        "without ReturnAccepted: OrderReturnAccepted not recorded yet",
        "without gateway refunds: gateway refunded = n",
        "the gateway refunds a part again",
        "a final error of a return is tried again",
        "a return is cancelled at its deadline",
    ),
}


def uncovered_hazards(found: Collection[str]) -> Iterator[str]:
    """Return the hazards with a mutant that was not found."""
    for hazard, mutants in MUTANTS_OF.items():
        yield from (f"{hazard}: {mutant}" for mutant in mutants if mutant not in found)
