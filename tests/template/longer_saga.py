"""A saga that is longer than that of the application: three steps, the second of them with an effect outside."""

from sagakit.errors import BusinessError
from sagakit.saga import Saga
from sagakit.step import Compensation, Effect, Step


class Missing(BusinessError):
    """An item is missing from the parcel."""


class Gone(BusinessError):
    """The parcel has left."""


CHECK = Step("CheckParcel", event="ParcelChecked", refusals={Missing: "ParcelRefused"})
PUT_ASIDE = Compensation("PutAsideParcel", event="ParcelPutAside", undoes=CHECK, final=(Gone,))
PAY_OUT = Effect("PayOut", event="PaidOut", intent="PayOutIntended")
REVERSE = Compensation("ReversePayOut", event="PayOutReversed", undoes=PAY_OUT)
MAIL = Step("MailCustomer", event="CustomerMailed")
APOLOGIZE = Compensation("ApologizeToCustomer", event="ApologySent", undoes=MAIL)
PAIRS = ((CHECK, PUT_ASIDE), (PAY_OUT, REVERSE), (MAIL, APOLOGIZE))
RETURN = Saga("return", started="ReturnRequested", steps=PAIRS, execution_seconds=900, deadline_seconds=1_000)

STEPS = ["CheckParcel", "PayOut", "MailCustomer", "ConfirmReturn"]
WAY_BACK = ["CancelReturn", "ApologizeToCustomer", "ReversePayOut", "PutAsideParcel", "FailReturn", "ReturnFailed"]
PAUSE = ["PauseReturn", "ReturnPaused"]
