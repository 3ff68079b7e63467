"""The least that the engine can do: an empty function behind the API, and a state machine of three empty functions."""

import json
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from saga.engine import artefact
from saga.engine.process import Engine
from saga.http import call
from tests.bench.engine.measured import Measured, measuring

type WorkflowType = Literal["STANDARD", "EXPRESS"]

CLIENTS = 8
_SERVICES = ["lambda.amazonaws.com", "states.amazonaws.com"]
_STATES = ("One", "Two", "Three")
_POLL_SECONDS = 0.25


@dataclass
class Floor:
    """Empty functions on an engine."""

    engine: Engine
    workflow_type: WorkflowType

    def __post_init__(self) -> None:
        session = self.engine.session()
        self._functions = session.client("lambda")
        self._machines = session.client("stepfunctions")
        self._role = self._new_role()
        arns = [self._function(name) for name in _STATES]
        self._url = self._api(arns[0])
        self._machine = self._state_machine(arns)

    def function(self, count: int) -> Measured:
        """Call an empty function behind the API so many times."""
        assert call(self._url) == (HTTPStatus.OK, {})
        self._in_parallel(lambda: call(self._url), CLIENTS)  # starts its workers
        with measuring(self.engine, "an empty function behind the API") as measured:
            began = time.monotonic()
            measured.latencies = self._in_parallel(lambda: call(self._url), count)
            measured.per_second = count / (time.monotonic() - began)
        return measured

    def states(self, count: int) -> Measured:
        """Run so many executions of three empty states."""
        self._execute(3 * CLIENTS)  # starts their workers
        with measuring(self.engine, "three empty states") as measured:
            ended = self._execute(count)
            took = [each["stopDate"].timestamp() - each["startDate"].timestamp() for each in ended]
            first, last = min(each["startDate"] for each in ended), max(each["stopDate"] for each in ended)
            measured.latencies = [round(seconds * 1000) for seconds in took]
            measured.per_second = count / (last - first).total_seconds()
            measured.lost = sum(each["status"] != "SUCCEEDED" for each in ended)
        return measured

    def _in_parallel(self, work: Callable[[], object], count: int) -> list[int]:
        def timed(_: int) -> int:
            began = time.monotonic()
            work()
            return round((time.monotonic() - began) * 1000)

        with ThreadPoolExecutor(CLIENTS) as clients:
            return list(clients.map(timed, range(count)))

    def _execute(self, count: int) -> list[Any]:
        started: list[str] = []
        start = self._machines.start_execution
        self._in_parallel(lambda: started.append(start(stateMachineArn=self._machine)["executionArn"]), count)
        ended: dict[str, Any] = {}
        while len(ended) < count:
            time.sleep(_POLL_SECONDS)
            pages = self._machines.get_paginator("list_executions").paginate(stateMachineArn=self._machine)
            listed = [each for page in pages for each in page["executions"] if each["status"] != "RUNNING"]
            ended = {each["executionArn"]: each for each in listed if each["executionArn"] in started}
        return list(ended.values())

    def _new_role(self) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": _SERVICES}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        created = self.engine.session().client("iam").create_role(RoleName="empty", AssumeRolePolicyDocument=document)
        return created["Role"]["Arn"]

    def _function(self, name: str) -> str:
        with TemporaryDirectory() as folder:
            built = Path(folder) / "built"
            built.mkdir()
            (built / "empty.py").write_text(
                "def handler(event, context):\n    return {'statusCode': 200, 'body': '{}'}\n"
            )
            package = artefact.function_package(built, Path(folder)).read_bytes()
        created = self._functions.create_function(
            FunctionName=f"Empty{name}",
            Runtime="provided.al2023",
            Handler="empty.handler",
            Role=self._role,
            Code={"ZipFile": package},
        )
        arn = created["FunctionArn"]
        self._functions.add_permission(
            FunctionName=arn, StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
        )
        return arn

    def _state_machine(self, functions: list[str]) -> str:
        following = [{"Next": name} for name in _STATES[1:]] + [{"End": True}]
        states = {
            name: {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": arn}}
            | after
            for name, arn, after in zip(_STATES, functions, following, strict=True)
        }
        definition = {"QueryLanguage": "JSONata", "StartAt": _STATES[0], "States": states}
        created = self._machines.create_state_machine(
            name=f"empty-{uuid.uuid4()}", definition=json.dumps(definition), roleArn=self._role, type=self.workflow_type
        )
        return str(created["stateMachineArn"])

    def _api(self, function: str) -> str:
        apis: Any = self.engine.session().client("apigateway")
        api = apis.create_rest_api(name="empty")["id"]
        (root,) = apis.get_resources(restApiId=api)["items"]
        method = {"restApiId": api, "resourceId": root["id"], "httpMethod": "GET"}
        apis.put_method(**method, authorizationType="NONE")
        uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
        apis.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
        apis.create_deployment(restApiId=api, stageName="empty")
        return f"{self.engine.endpoint}/_aws/execute-api/{api}/empty/"
