"""What becomes of an order of two monitors with each payment token, whoever coordinates it."""

from typing import NamedTuple

from tests.support import world

PRICE = 2 * world.PRICES["monitor"]


class Life(NamedTuple):
    """How the first execution ends, and in the end the order: its status, its reason, its charge and the stock."""

    first: str
    status: str = "CONFIRMED"
    reason: str = ""
    charged: int = PRICE
    available: int = world.STOCK - 2


HAPPILY = Life("ConfirmOrder")
DECLINED = Life("OrderFailed", "FAILED", "PaymentDeclined", 0, world.STOCK)
IN_VAIN = Life("OrderPaused", "FAILED", "DeadlinePassed", 0, world.STOCK)
PARKED = Life("OrderPaused", "CANCELLING", "DeadlinePassed", PRICE, world.STOCK)
PARTLY_REFUNDED = PARKED._replace(charged=1)
MISCHARGED = Life("CompensationIncomplete", "CANCELLING", "AmountDiffers", 1, world.STOCK)
MISMATCHED = Life("OrderFailed", "FAILED", "AmountDiffers", 0, world.STOCK)
TOKENS = {
    "pm_ok": HAPPILY,
    "pm_declined": DECLINED,
    "pm_insufficient_funds": DECLINED,
    "pm_flaky": HAPPILY,
    "pm_unavailable": IN_VAIN,
    "pm_slow": HAPPILY,
    "pm_processing": HAPPILY,
    "pm_late_decline": DECLINED,
    "pm_refund_flaky": IN_VAIN,
    "pm_refund_down": PARKED,
    "pm_refund_refused": PARKED,
    "pm_refund_pending": PARKED,
    "pm_partial_refund": PARTLY_REFUNDED,
    "pm_return_flaky": HAPPILY,
    "pm_return_down": HAPPILY,
    "pm_return_refused": HAPPILY,
    "pm_return_pending": HAPPILY,
    "pm_return_partial": HAPPILY,
    "pm_wrong_amount": MISCHARGED,
    "pm_wrong_currency": MISMATCHED,
    "pm_unknown": DECLINED,
}
