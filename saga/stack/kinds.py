"""The kinds of sagas that clients start. All have rows in the orders table, which name their kind since there are two.

An order and a transaction differ in what coordinates them: a state machine, or queues. A return gives back a part of a
confirmed order, and only goes forward.
"""

from collections.abc import Mapping
from typing import Any

ORDER, TRANSACTION, RETURN = "order", "transaction", "return"
KINDS = (ORDER, TRANSACTION, RETURN)


def kind_of(order: Mapping[str, Any]) -> str:
    """Return the kind of a row or a view. Rows of an old version, and views of orders, don't name it."""
    return str(order.get("saga", order.get("kind", ORDER)))
