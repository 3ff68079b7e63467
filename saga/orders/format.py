"""What an exported order looks like, as JSON."""

FORMAT = "order-saga/record/1"

_NUMBER = (int, float)
_ITEMS = {"items": [{"productId": str, "quantity": int}]}
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
    "events": [{"type": str, "at": str, "detail": {}, "startsSaga": bool, "dispatched": bool}],
    "payment": (None, _PAYMENT),
    "executions": [_EXECUTION],
    "definition": {},
    "versions": {"saga": str, "functions": {}},
}

# What the views read of the detail of an event, by its type without its number.
DETAILS = {
    "OrderPlaced": {**_ITEMS, "totalAmount": _NUMBER},
    "InventoryReserved": _ITEMS,
    "InventoryReleased": _ITEMS,
    "InventoryRejected": {"cause": str},
    "PaymentIntentRecorded": {"amount": _NUMBER},
    "PaymentCharged": {"amount": _NUMBER},
    "PaymentDeclined": {"amount": _NUMBER, "cause": str},
    "PaymentRefunded": {"outcome": str},
    "OrderCancelling": _REASON,
    "OrderFailed": _REASON,
    "OrderParked": _PARKED,
    "OrderResumed": {"reason": str},
}

# What the views read of the details of an entry of a history.
ENTRY = {"name?": str, "error?": str, "cause?": str, "input?": str, "output?": str}
