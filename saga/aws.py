"""Sessions whose requests end in time: silence is not asked twice, and a refused request is not repeated for long."""

import time
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.session import Session

from saga.failures import Silent, Unreachable
from saga.patience import PATIENCE

_ERROR = 300  # HTTP statuses from here on
_RETRIES: Any = {"mode": "standard", "total_max_attempts": 4}


def bounded(session: Session, **options: Any) -> Session:  # noqa: ANN401 - those of botocore's Config
    """Let all clients of the session wait no longer than the command does, and return it."""
    seconds = PATIENCE.seconds
    session.set_default_client_config(
        Config(connect_timeout=seconds, read_timeout=seconds, retries=_RETRIES, **options)
    )
    session.get_component("event_emitter").register_first("needs-retry", _give_up)
    return session


def waiting(seconds: float) -> Config:
    """Return the setting of a client whose requests may take so long, and then need as long as any other."""
    return Config(read_timeout=seconds + PATIENCE.seconds)


def _give_up(
    caught_exception: Exception | None,
    response: Any,  # noqa: ANN401 - botocore's pair of an HTTP response and what was parsed
    request_dict: dict[str, Any],
    endpoint: Any,  # noqa: ANN401 - an internal class of botocore
    operation: Any,  # noqa: ANN401 - an internal class of botocore
    **_: object,
) -> None:
    """Raise instead of another attempt if there was no answer, or if the first answer is too long ago."""
    if isinstance(caught_exception, ConnectTimeoutError | ReadTimeoutError):
        config = request_dict["context"]["client_config"]
        connected = isinstance(caught_exception, ReadTimeoutError)
        seconds = config.read_timeout if connected else config.connect_timeout
        raise Silent.after(endpoint.host, seconds) from caught_exception
    if isinstance(caught_exception, EndpointConnectionError):
        raise Unreachable(f"{endpoint.host} does not answer: {caught_exception}") from caught_exception
    first = request_dict["context"].setdefault("first_answer", time.monotonic())
    if response and response[0].status_code >= _ERROR and time.monotonic() - first > PATIENCE.seconds:
        raise ClientError(response[1], operation.name)
