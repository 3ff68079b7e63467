"""The sagas of this application, a table each. What depends on their steps is made from here: `make definition`."""

from inventory.domain import RELEASE, RESERVE
from payment.domain import CHARGE, REFUND
from sagakit.saga import Saga

ORDER = Saga(
    "order",
    started="OrderPlaced",
    steps=((RESERVE, RELEASE), (CHARGE, REFUND)),
    execution_seconds=300,  # as long as EXPRESS lasts
    deadline_seconds=420,
)
