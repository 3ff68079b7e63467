"""A stack with moto's tables and queues and the real handlers as functions."""

import io
import json
import os
from contextlib import redirect_stdout
from functools import cache
from typing import Any, cast

import boto3

from saga.stack.stack import Stack
from tests.support.asl import Json
from tests.support.lambdas import Context, handler
from tests.support.template import template
from tests.unit.saga.fakes import FakeCloudFormation

NAME = "shop"
QUEUES = ("RelayFailureQueueUrl", "ParkedOrdersQueueUrl")


class Functions:
    """A Lambda client that runs the handlers and keeps their names."""

    def __init__(self) -> None:
        self.invoked: list[str] = []

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - the API's name
        function = template()["Resources"][f"{FunctionName.removeprefix(f'{NAME}-')}Function"]
        return {"Timeout": function["Properties"].get("Timeout", template()["Globals"]["Function"]["Timeout"])}

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - the API's names
        function = FunctionName.removeprefix(f"{NAME}-")
        self.invoked.append(function)
        try:
            with redirect_stdout(io.StringIO()):  # a function's output goes to its log, not to the command's
                answer = handler(f"{function}Function")(json.loads(Payload), Context())
        except Exception as error:  # noqa: BLE001 - Lambda answers with any exception
            return {**_payload({"errorType": type(error).__name__, "errorMessage": str(error)}), "FunctionError": "x"}
        return _payload(answer)


class Session:
    """A session with moto's clients, except those given. Clients are shared by all tests: creating them is slow."""

    def __init__(self, **clients: object) -> None:
        self._clients = clients

    def client(self, service: Any, config: Any = None) -> Any:  # noqa: ARG002 - nothing here is waited for
        return self._clients.get(service) or _client(service)

    def resource(self, service: Any) -> Any:
        return _resource(service)


@cache
def _client(service: Any) -> Any:
    return boto3.client(service, region_name="us-east-1")


@cache
def _resource(service: Any) -> Any:
    return boto3.resource(service, region_name="us-east-1")


def stack(functions: Functions, **clients: object) -> Stack:
    """Return the stack, with new queues."""
    outputs = {name: os.environ[variable] for name, variable in _tables().items()}
    sqs = _client("sqs")
    outputs |= {output: sqs.create_queue(QueueName=output)["QueueUrl"] for output in QUEUES}
    outputs |= {"StateMachineArn": json.loads(os.environ["STATE_MACHINES"])["order"], "WorkflowType": "STANDARD"}
    cloudformation = FakeCloudFormation(NAME, outputs, {"ResumeOrderFunction": f"{NAME}-ResumeOrder"})
    session = Session(**{"lambda": functions, "cloudformation": cloudformation, **clients})
    return Stack(NAME, cast("boto3.Session", session), outputs, "http://api", "http://127.0.0.1:4566")


def send(stack: Stack, output: str, body: Json) -> None:
    """Send a message to a queue."""
    sqs = stack.session.client("sqs")
    sqs.send_message(QueueUrl=stack.outputs[output], MessageBody=body if isinstance(body, str) else json.dumps(body))


def _tables() -> dict[str, str]:
    settings = template()["Globals"]["Function"]["Environment"]["Variables"]
    return {each["Ref"]: name for name, each in settings.items() if name.endswith("_TABLE")}


def _payload(answer: Json) -> dict[str, Any]:
    return {"Payload": io.BytesIO(json.dumps(answer).encode())}
