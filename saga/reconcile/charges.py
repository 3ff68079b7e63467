"""Compares the gateway's books with what orders and transactions cost."""

from collections.abc import Iterator

from saga.reconcile.return_checks import wrong_part
from saga.reconcile.snapshot import Item, OrderSnapshot, Tables, snapshots
from saga.stack.kinds import ORDER, RETURN, TRANSACTION
from saga.stack.tables import is_parked, status_of

_DIFFERS = "AmountDiffers"  # the error of a payment or a refund of a wrong amount
_CHARGED = (ORDER, TRANSACTION)


def money(order: OrderSnapshot) -> Iterator[str]:
    """Check that CONFIRMED is charged once, FAILED costs nothing, and no money moves without a recorded intent.

    CONFIRMED gives back only what its returns are worth, which `return_checks` checks one by one.
    """
    if order.intents is None:
        return
    total, (taken, refunded) = order.row["totalAmount"], _charged_and_refunded(order)
    for intent in order.intents:
        yield from _intent(order, intent)
    expected = {"CONFIRMED": (taken, refunded) == (total, sum(order.parts.values()))}
    expected |= {"FAILED": taken == refunded, "PENDING": not refunded}
    if not expected.get(order.status, True):
        yield _balance(order)
    intent_id, known = (order.payment or {}).get("intentId"), {intent["id"] for intent in order.intents}
    if intent_id and intent_id not in known:
        yield f"has the intent {intent_id} on record, of which the gateway knows nothing"


def _balance(order: OrderSnapshot) -> str:
    taken, refunded = _charged_and_refunded(order)
    return f"is {status_of(order.row)} for {order.row['totalAmount']}, but was charged {taken} and refunded {refunded}"


def _charged_and_refunded(order: OrderSnapshot) -> tuple[int, int]:
    intents = order.intents or ()
    return sum(intent["taken"] for intent in intents), sum(intent["refunded"] for intent in intents)


def _is_wrong(order: OrderSnapshot) -> bool:
    """Return whether the gateway keeps some money, and either charged or refunded a part or was caught at it."""
    taken, refunded = _charged_and_refunded(order)
    is_partial = (taken, refunded) != (order.row["totalAmount"], 0)
    return taken != refunded and (is_partial or _DIFFERS in order.row["parked"].get("failures", {}).values())


def amounts(order: OrderSnapshot) -> Iterator[str]:
    """Check that an order costs what its lines cost, is to be paid just that, and is charged in one currency."""
    total, lines = order.row["totalAmount"], sum(line["quantity"] * line["unitPrice"] for line in order.row["items"])
    if lines != total:
        yield f"costs {total}, but its lines cost {lines}"
    if (order.payment or {}).get("amount", total) != total:
        yield f"costs {total}, but its payment is for another amount"
    charged = [intent for intent in order.intents or () if intent["taken"]]
    currencies = {row["currency"] for row in (order.row, order.payment or {}, *charged) if "currency" in row}
    if len(currencies) > 1:
        yield f"is in {' and '.join(sorted(currencies))} at once"


def _intent(order: OrderSnapshot, intent: Item) -> Iterator[str]:
    recorded = (order.payment or {}).get("intentId") == intent["id"]
    total = order.row["totalAmount"]
    if not 0 <= intent["refunded"] <= intent["taken"] <= intent["amount"] == total:
        yield f"costs {total}, but its intent is {intent}"
    if "parts" in intent and sum(intent["parts"].values()) != intent["refunded"]:
        yield f"was refunded {intent['refunded']}, but the parts of {intent['id']} are {sum(intent['parts'].values())}"
    if not recorded and intent["status"] != "created":
        yield f"has an intent that is {intent['status']} but not on record"
    if recorded and order.status == "FAILED" and intent["status"] in ("created", "processing"):
        yield f"is FAILED with an intent that is {intent['status']}"
    charged = [event for event in order.events_with("done") if event["detail"].get("intentId") == intent["id"]]
    if recorded and charged and intent["taken"] != total:
        yield f"has {charged[0]['eventType']}, but {intent['taken'] or 'nothing'} was charged"


def parked_with_wrong_amounts(sound: Tables) -> list[str]:
    """Return the parked orders for which the gateway charged or refunded another amount than it should have.

    That violates nothing: the order, transaction or return was parked for it. But somebody has to settle it.
    """
    parked = [each for each in snapshots(sound) if is_parked(each.row)]
    wrong = [f"{each.order_id}: {_balance(each)}" for each in parked if each.kind in _CHARGED and _is_wrong(each)]
    return wrong + [f"{each.order_id}: {text}" for each in parked if each.kind == RETURN for text in wrong_part(each)]


def ledger(tables: Tables) -> Iterator[str]:
    """Check that an idempotency key created every intent."""
    rows = tables.get("GATEWAY_LEDGER", ())
    keyed = {row["intentId"] for row in rows if "intentId" in row}
    intents = {row["id"] for row in rows if "amount" in row}
    yield from (f"{intent}: an idempotency key names this missing intent" for intent in sorted(keyed - intents))
    yield from (f"{intent}: no idempotency key created this intent" for intent in sorted(intents - keyed))
