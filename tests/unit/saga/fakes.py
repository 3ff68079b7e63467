"""Fakes of AWS clients."""

import io
import json
from collections.abc import Iterator
from typing import Any, Self, cast

import boto3
from botocore.exceptions import ClientError


class FakeSession:
    """A session with these clients, by service."""

    def __init__(self, **clients: object) -> None:
        self._clients = clients

    def client(self, service: str, config: object = None) -> object:  # noqa: ARG002 - a fake waits for nothing
        return self._clients[service]


def session(**clients: object) -> boto3.Session:
    return cast("boto3.Session", FakeSession(**clients))


class FakeCloudFormation:
    """CloudFormation with one stack and its functions."""

    class exceptions:  # noqa: N801 - the client's name for it
        ClientError = ClientError

    def __init__(self, name: str, outputs: dict[str, str], functions: dict[str, str] | None = None) -> None:
        self._name, self._outputs, self._functions = name, outputs, functions or {}

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - the API's name
        if StackName != self._name:
            raise _validation_error("DescribeStacks", f"Stack with id {StackName} does not exist")
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self._outputs.items()]
        return {"Stacks": [{"StackName": StackName, "Outputs": outputs}]}

    def describe_stack_resource(self, StackName: str, LogicalResourceId: str) -> dict[str, Any]:  # noqa: N803
        if LogicalResourceId not in self._functions:
            raise _validation_error("DescribeStackResource", f"Resource does not exist for stack {StackName}")
        return {"StackResourceDetail": {"PhysicalResourceId": self._functions[LogicalResourceId]}}

    def get_paginator(self, operation: str) -> Self:
        assert operation == "list_stack_resources"
        return self

    def paginate(self, StackName: str) -> Iterator[dict[str, Any]]:  # noqa: N803 - the API's name
        assert StackName == self._name
        for kind, resources in (("AWS::SQS::Queue", {"Queue": "q"}), ("AWS::Lambda::Function", self._functions)):
            summaries = [
                {"ResourceType": kind, "LogicalResourceId": logical, "PhysicalResourceId": physical}
                for logical, physical in resources.items()
            ]
            yield {"StackResourceSummaries": summaries}


class FakeLambda:
    """Answers every invocation with the same payload, and keeps the last request."""

    def __init__(self, answer: object, **more: str) -> None:
        self._answer, self._more = answer, more
        self.request: dict[str, Any] = {}

    def get_function_configuration(self, FunctionName: str) -> dict[str, int]:  # noqa: ARG002, N803 - the API's name
        return {"Timeout": 4}

    def invoke(self, **request: object) -> dict[str, Any]:
        self.request = request
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(self._answer).encode()), **self._more}


def _validation_error(operation: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, operation)
