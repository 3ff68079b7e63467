"""The test tokens of the simulated gateway, and how it behaves for each. Nothing is random."""

from typing import NamedTuple

ALWAYS = 1_000_000


class Behaviour(NamedTuple):
    """How the gateway treats the intents of a token.

    `outages`: calls to confirm that fail with 503 before one succeeds. `late_answers`: calls to confirm that take
    effect, but respond only after the caller has timed out. `settles_after`: milliseconds in status `processing`.
    `currency`: in which it charges instead of the right one. `charges`: minor units that it charges instead of the
    amount. `kept`: minor units that a refund does not give back. `refund_pending`: whether a refund is accepted but not
    done. `refund_outages`: calls to refund that fail with 503. `refund_refusal`: why it refuses to refund. Whatever is
    wrong with refunds ends when the gateway is restored.
    """

    decline_code: str = ""
    outages: int = 0
    late_answers: int = 0
    settles_after: int = 0
    currency: str = ""
    charges: int = 0
    kept: int = 0
    refund_pending: bool = False
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
    "pm_refund_pending": Behaviour(late_answers=ALWAYS, refund_pending=True),
    "pm_partial_refund": Behaviour(late_answers=ALWAYS, kept=1),
    "pm_return_flaky": Behaviour(refund_outages=2),
    "pm_return_down": Behaviour(refund_outages=ALWAYS),
    "pm_return_refused": Behaviour(refund_refusal="charge_disputed"),
    "pm_return_pending": Behaviour(refund_pending=True),
    "pm_return_partial": Behaviour(kept=1),
    "pm_wrong_amount": Behaviour(charges=1, kept=1),
    "pm_wrong_currency": Behaviour(currency="XTS"),  # the code that ISO 4217 reserves for tests
}

UNKNOWN_TOKEN = Behaviour(decline_code="invalid_payment_method")


def behaviour(token: str) -> Behaviour:
    """Return the behaviour for a token; an unknown token is declined."""
    return TEST_TOKENS.get(token, UNKNOWN_TOKEN)
