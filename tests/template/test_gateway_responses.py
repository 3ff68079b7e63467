"""The responses of API Gateway itself, to requests that reach no function."""

import json
from typing import Any

import pytest

from order.problems import CONTENT_TYPE
from tests.template.transformed import transformed

RESPONSES: dict[str, dict[str, Any]] = transformed()["OrderApi"]["Properties"]["Body"][
    "x-amazon-apigateway-gateway-responses"
]


def body(response: dict[str, Any]) -> Any:
    """Return the response's body, with a message from API Gateway in its place."""
    return json.loads(response["responseTemplates"]["application/json"].replace("$context.error.messageString", '"No"'))


@pytest.mark.parametrize("kind", ["MISSING_AUTHENTICATION_TOKEN", "THROTTLED", "DEFAULT_4XX", "DEFAULT_5XX"])
def test_a_response_of_api_gateway_is_a_problem(kind: str) -> None:
    response = RESPONSES[kind]
    assert response["responseParameters"]["gatewayresponse.header.Content-Type"] == f"'{CONTENT_TYPE}'"
    assert body(response)["type"] == "about:blank"
    assert body(response)["title"]
    assert body(response)["detail"]
    assert str(body(response).get("status", "")) == response.get("statusCode", "")


def test_a_throttled_client_is_told_when_to_retry() -> None:
    assert RESPONSES["THROTTLED"]["responseParameters"]["gatewayresponse.header.Retry-After"] == "'1'"


def test_a_default_response_leaves_the_status_to_api_gateway() -> None:
    assert not [kind for kind in ("DEFAULT_4XX", "DEFAULT_5XX") if "statusCode" in RESPONSES[kind]]
