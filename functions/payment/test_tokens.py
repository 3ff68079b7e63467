"""The test tokens of the simulated gateway, and how it behaves for each. Nothing is random."""

from typing import NamedTuple

ALWAYS = 1_000_000


class Behaviour(NamedTuple):
    """How the gateway treats the intents of a token.

    `outages`: calls to confirm that fail with 503 before one succeeds. `late_answers`: calls to confirm that take
    effect, but respond only after the caller has timed out. `settles_after`: milliseconds in status `processing`.
    `refund_outages`: calls to refund that fail with 503. `refund_refusal`: why it refuses to refund. Both end when the
    gateway is restored.
    """

    decline_code: str = ""
    outages: int = 0
    late_answers: int = 0
    settles_after: int = 0
    refund_outages: int = 0
    refund_refusal: str = ""


SETTLING = 3_000  # milliseconds

TEST_TOKENS = {
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
    "pm_refund_refused": Behaviour(late_answers=ALWAYS, refund_refusal="charge_disputed"),
}

UNKNOWN_TOKEN = Behaviour(decline_code="invalid_payment_method")


def behaviour(token: str) -> Behaviour:
    """Return the behaviour for a token; an unknown token is declined."""
    return TEST_TOKENS.get(token, UNKNOWN_TOKEN)
