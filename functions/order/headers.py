"""The headers of a request, as API Gateway passes them on."""

from typing import Any

type Request = dict[str, Any]  # as API Gateway passes it on


def values(event: Request, *names: str) -> list[str]:
    """Return every value of the headers with these names, which are in lower case.

    Of a header that was sent twice, `headers` has only the last value; `multiValueHeaders` has all.
    """
    headers = event.get("headers") or {}
    every = event.get("multiValueHeaders") or {name: [value] for name, value in headers.items()}
    return [value for name, sent in every.items() if name.lower() in names for value in sent if value is not None]
