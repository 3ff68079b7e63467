"""The application's sagas. After a change, run `make definition` to generate what depends on them."""

from inventory.domain import RELEASE, RESERVE, RESTOCK
from payment.domain import CHARGE, REFUND, REFUND_PART
from sagakit.saga import Coordinator, Saga

ORDER = Saga(
    "order",
    started="OrderPlaced",
    steps=((RESERVE, RELEASE), (CHARGE, REFUND)),
    execution_seconds=300,  # as long as EXPRESS lasts
    deadline_seconds=7200,
)

TRANSACTION = Saga(
    "transaction",
    started="TransactionStarted",
    steps=((CHARGE, REFUND), (RESERVE, RELEASE)),
    coordinator=Coordinator.QUEUES,
    execution_seconds=300,
    deadline_seconds=7200,
)

RETURN = Saga(
    "return",
    started="ReturnAccepted",
    retriable=(REFUND_PART, RESTOCK),
    execution_seconds=300,
    deadline_seconds=86400,  # as long as failing compensations are tried again
)
