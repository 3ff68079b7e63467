"""What the simulated gateway does with each payment token. Nothing is random."""

from typing import NamedTuple

ALWAYS = 1_000_000


class Behaviour(NamedTuple):
    """How the gateway treats the intents of a token.

    `outages`: calls to confirm that answer 503 before one gets through. `late_answers`: calls to confirm that do
    their work and answer after the caller has given up. `settles_after`: milliseconds for which the answer is
    `processing`. `refund_outages`: calls to refund that answer 503, unless the ledger is told that it is well.
    """

    decline_code: str = ""
    outages: int = 0
    late_answers: int = 0
    settles_after: int = 0
    refund_outages: int = 0


SETTLING = 3_000  # milliseconds

BEHAVIOURS = {
    "pm_ok": Behaviour(),
    "pm_declined": Behaviour(decline_code="card_declined"),
    "pm_insufficient_funds": Behaviour(decline_code="insufficient_funds"),
    "pm_flaky": Behaviour(outages=2),
    "pm_unavailable": Behaviour(outages=ALWAYS),
    "pm_slow": Behaviour(late_answers=1),
    "pm_processing": Behaviour(settles_after=SETTLING),
    "pm_late_decline": Behaviour(settles_after=SETTLING, decline_code="card_declined"),
    "pm_refund_flaky": Behaviour(late_answers=ALWAYS, refund_outages=2),
    "pm_refund_down": Behaviour(late_answers=ALWAYS, refund_outages=ALWAYS),
}

UNKNOWN_TOKEN = Behaviour(decline_code="invalid_payment_method")


def behaviour(token: str) -> Behaviour:
    """Give the behaviour of a token; an unknown token is declined."""
    return BEHAVIOURS.get(token, UNKNOWN_TOKEN)
