"""The headers of a request, as API Gateway passes them on."""

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent


def values(event: APIGatewayProxyEvent, *names: str) -> list[str]:
    """Return every value of the headers with these names, which are in lower case.

    Of a header that was sent twice, `headers` has only the last value; `multiValueHeaders` has all.
    """
    headers = event.get("headers") or {}
    every = event.get("multiValueHeaders") or {name: [value] for name, value in headers.items()}
    return [value for name, sent in every.items() if name.lower() in names for value in sent if value is not None]
