"""The application's sagas. After a change, run `make definition` to generate what depends on them."""

from inventory.domain import RELEASE, RESERVE
from payment.domain import CHARGE, REFUND
from sagakit.saga import Saga

ORDER = Saga(
    "order",
    started="OrderPlaced",
    steps=((RESERVE, RELEASE), (CHARGE, REFUND)),
    execution_seconds=300,  # as long as EXPRESS lasts
    deadline_seconds=7200,
)
