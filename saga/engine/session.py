"""Clients of the embedded engine, whatever AWS settings surround them."""

import os
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

REGION = "us-east-1"
ACCESS_KEY = SECRET_KEY = "test"  # noqa: S105 - what the engine takes for its account root


class _EngineBotocoreSession(botocore.session.Session):
    """Heeds neither the operator's profile nor an endpoint or a proxy in the environment."""

    def __init__(self, endpoint: str) -> None:
        super().__init__({"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)})
        self.set_default_client_config(Config(proxies={}))
        self._endpoint = endpoint

    def create_client(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the base class's own signature
        return super().create_client(*args, **{**kwargs, "endpoint_url": self._endpoint})


def engine_session(endpoint: str, region: str = REGION) -> boto3.Session:
    """A session whose every client and resource talks to the engine at `endpoint`, as its administrator."""
    return boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=region, botocore_session=_EngineBotocoreSession(endpoint))


def engine_environment(endpoint: str, region: str = REGION) -> dict[str, str]:
    """The settings with which a child process talks to the engine, past any proxy."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
