"""Clients of the engine, whatever surrounds them."""

import pytest

from saga.engine.session import engine_environment, engine_session

ENDPOINT = "http://127.0.0.1:4999"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://elsewhere:2")
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the-operators-own")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")


@pytest.mark.parametrize("service", ["dynamodb", "s3", "stepfunctions"])
def test_a_client_talks_to_the_engine_alone(service: str) -> None:
    client = engine_session(ENDPOINT).client(service)  # type: ignore[call-overload]
    assert client.meta.endpoint_url == ENDPOINT
    assert client.meta.config.proxies == {}


def test_a_resource_talks_to_the_engine_alone() -> None:
    assert engine_session(ENDPOINT).resource("dynamodb").meta.client.meta.endpoint_url == ENDPOINT


def test_a_session_never_has_the_operators_credentials() -> None:
    credentials = engine_session(ENDPOINT).get_credentials()
    assert credentials is not None
    assert credentials.access_key == "test"


def test_a_child_process_gets_the_engines_credentials_and_no_proxy() -> None:
    environment = engine_environment(ENDPOINT)
    assert environment["AWS_ENDPOINT_URL"] == ENDPOINT
    assert environment["AWS_ACCESS_KEY_ID"] == "test"
    assert environment["NO_PROXY"] == environment["no_proxy"] == "127.0.0.1"
