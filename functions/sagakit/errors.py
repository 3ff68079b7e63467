"""The errors of a saga, by kind. The state machine distinguishes them by class name.

Any other error is a defect or an unknown outcome: the state machine retries it briefly, then pauses the saga.
"""

from typing import ClassVar


class SagaError(Exception):
    """Base class of the errors that a saga raises on purpose."""


class BusinessError(SagaError):
    """A business rule refused; a retry would get the same answer.

    `says` is the sentence that customers read. A refusal that is not `expected` counts as an unexpected failure.
    """

    says: ClassVar[str] = ""
    expected: ClassVar[bool] = True


class SagaCancelled(BusinessError):
    """A forward step found that the saga is no longer PENDING."""


class AlreadyConfirmed(BusinessError):
    """The saga is CONFIRMED, so it can no longer be cancelled."""


class NotCancelling(BusinessError):
    """A compensation was called for a saga that is not being cancelled."""


class CompensationIncomplete(BusinessError):
    """A compensation failed; the saga is parked for an operator."""


class StepIncomplete(BusinessError):
    """A step after the pivot failed for good; the saga is parked for an operator."""


class SagaPaused(BusinessError):
    """A compensation failed for a passing reason; the saga is paused, and recovery resumes it."""


class NotWaiting(BusinessError):
    """The saga is neither paused nor parked, so nobody can resume it."""


class UnknownSaga(BusinessError):
    """No saga has this id."""


class TransientError(SagaError):
    """A retry may succeed. Whether the failed call had an effect is unknown."""


class Overtaken(TransientError):
    """Another event of the saga was recorded after its history was read: read it again, and decide anew."""


class StillPending(TransientError):
    """An effect outside is in progress, such as a payment that is processing: wait, and ask again."""
