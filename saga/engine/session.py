"""Sessions on the engine, whatever AWS settings the environment has."""

import os
from typing import Any

import boto3
import botocore.session

from saga.aws import bounded

REGION = "us-east-1"
_ROOT = "test"  # the access key and the secret of the engine's root account
CREDENTIALS = {"AWS_ACCESS_KEY_ID": _ROOT, "AWS_SECRET_ACCESS_KEY": _ROOT}


class _EngineBotocoreSession(botocore.session.Session):
    """Ignores the operator's profile and any endpoint or proxy in the environment."""

    def __init__(self, endpoint: str) -> None:
        super().__init__({"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)})
        bounded(self, proxies={})
        self._endpoint = endpoint

    def create_client(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the base class's own signature
        return super().create_client(*args, **{**kwargs, "endpoint_url": self._endpoint})


def engine_session(endpoint: str, region: str = REGION) -> boto3.Session:
    """Return a session whose clients and resources all use the engine at `endpoint`, as its administrator."""
    return boto3.Session(_ROOT, _ROOT, region_name=region, botocore_session=_EngineBotocoreSession(endpoint))


def engine_environment(endpoint: str, region: str = REGION) -> dict[str, str]:
    """Return the variables with which a child process uses the engine, bypassing any proxy."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        **CREDENTIALS,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
