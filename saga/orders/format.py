"""What an exported order looks like, as JSON."""

FORMAT = "order-saga/record/1"

_NUMBER = (int, float)
_REASON = {"reason": str, "cause": str}
_PARKED = {"notUndone": [str], "undone": [str], "failures": {}}

_ORDER = {
    "orderId": str,
    "status": frozenset({"PENDING", "CONFIRMED", "CANCELLING", "FAILED"}),
    "customerId": str,
    "items": [{"productId": str, "quantity": int, "price": _NUMBER}],
    "totalAmount": _NUMBER,
    "createdAt": str,
    "updatedAt": str,
    "reason?": _REASON,
    "parked?": {"at": str, **_PARKED},
}

_PAYMENT = {
    "intentId": str,
    "amount": _NUMBER,
    "status": str,
    "intent?": {"status": str, "amount": _NUMBER, "taken": _NUMBER, "refunded": _NUMBER},
}

# In a detail, `amount` is money and `items` are pieces of products, whichever step the event is of.
_DETAIL = {
    "items?": [{"productId": str, "quantity": int}],
    "amount?": _NUMBER,
    "totalAmount?": _NUMBER,
    "notUndone?": [str],
    "failures?": {},
}

# The attributes of who made it are optional: an event of which they go without saying has none.
_EVENT = {
    "type": str,
    "at": str,
    "detail": _DETAIL,
    "startsSaga": bool,
    "dispatched": bool,
    "saga?": str,
    "state?": str,
    "outcome?": str,
    "error?": str,
    "restsOn?": [str],
}

_EXECUTION = {
    "name": str,
    "status": str,
    "started": str,
    "stopped": (None, str),
    "input": object,
    "output": object,
    "error": (None, str),
    "cause": (None, str),
    "trace": (None, str),
    "history": [{"id": int, "type": str, "timestamp": str}],
}

DOCUMENT = {
    "format": frozenset({FORMAT}),
    "orderId": str,
    "stack": {
        "name": str,
        "region": str,
        "place": str,
        "onEngine": bool,
        "workflowType": str,
        "stateMachine": str,
    },
    "order": _ORDER,
    "events": [_EVENT],
    "payment": (None, _PAYMENT),
    "executions": [_EXECUTION],
    "definition": {},
    "versions": {"saga": str, "functions": {}},
}

# What the views read of the details of an entry of a history.
ENTRY = {"name?": str, "error?": str, "cause?": str, "input?": str, "output?": str}
