"""A deployed stack, on the embedded engine or on AWS: its name, its outputs and the session to reach it with."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import boto3

from saga.failures import Unreachable
from saga.stack.kinds import ORDER, RETURN, TRANSACTION

_REQUIRED_OUTPUTS = {"ApiUrl", "StateMachineArn", "OrdersTable", "OrderLinesTable", "EventsTable", "InventoryTable"}
_MACHINES = {ORDER: "StateMachineArn", RETURN: "ReturnStateMachineArn"}  # output by kind of saga
_DRAWING = Path(__file__).parent / f"{TRANSACTION}_saga.json"


@dataclass(frozen=True)
class Stack:
    """A stack. `api_url` has no trailing slash; `endpoint` is the engine's address, None on AWS."""

    name: str
    session: boto3.Session
    outputs: dict[str, str]
    api_url: str
    endpoint: str | None = None

    @classmethod
    def load(cls, session: boto3.Session, name: str, endpoint: str | None = None) -> Self:
        """Read the stack.

        Raises:
            Unreachable: it is not deployed, or is another application's.
        """
        cloudformation = session.client("cloudformation")
        try:
            described = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except cloudformation.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            raise Unreachable(f"stack {name} is not deployed: {error}") from error
        outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
        if missing := _REQUIRED_OUTPUTS - outputs.keys():
            raise Unreachable(f"stack {name} is not an Order Saga: it has no output {min(missing)}")
        return cls(name, session, outputs, _base_url(outputs["ApiUrl"], endpoint), endpoint)

    @property
    def on_engine(self) -> bool:
        """Whether the stack is deployed to the embedded engine rather than to AWS."""
        return self.endpoint is not None

    @property
    def is_express(self) -> bool:
        """Whether the saga's executions are EXPRESS ones."""
        return self.outputs.get("WorkflowType") == "EXPRESS"

    @property
    def region(self) -> str:
        """The region of the stack."""
        return self.outputs["StateMachineArn"].split(":")[3]

    @property
    def place(self) -> str:
        """Where the stack is, for people: the engine and its address, or the AWS account; and the region."""
        if self.endpoint:
            return f"engine on {urlsplit(self.endpoint).netloc}, {self.region}"
        return f"AWS account {self.outputs['StateMachineArn'].split(':')[4]}, {self.region}"

    def function_name(self, logical_id: str) -> str:
        """Return the name of a deployed function.

        Raises:
            Unreachable: the stack has none with this logical ID.
        """
        cloudformation = self.session.client("cloudformation")
        try:
            resource = cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        except cloudformation.exceptions.ClientError as error:
            raise Unreachable(f"stack {self.name} has no {logical_id}: {error}") from error
        return resource["StackResourceDetail"]["PhysicalResourceId"]

    def resources(self, kind: str) -> list[tuple[str, str]]:
        """Return the logical and the physical ID of each resource of a type."""
        paginator = self.session.client("cloudformation").get_paginator("list_stack_resources")
        found = (each for page in paginator.paginate(StackName=self.name) for each in page["StackResourceSummaries"])
        return [
            (each["LogicalResourceId"], each["PhysicalResourceId"]) for each in found if each["ResourceType"] == kind
        ]

    @property
    def has_queues(self) -> bool:
        """Whether the stack has the queues that coordinate transactions."""
        return "TransactionDeadLetterQueueUrl" in self.outputs

    def machine_arn(self, kind: str = ORDER) -> str:
        """Return the ARN of the state machine for this kind of saga; empty if none coordinates it."""
        return self.outputs.get(_MACHINES.get(kind, ""), "")

    def execution_arn(self, name: str, kind: str = ORDER) -> str:
        """Return the ARN of an execution of a saga."""
        return f"{self.machine_arn(kind).replace(':stateMachine:', ':execution:')}:{name}"

    def definition(self, kind: str = ORDER) -> str:
        """Return a saga's definition as it is deployed, with its substitutions resolved.

        No service has the definition of a saga that queues coordinate. So that is this command's own, as a drawing.

        Raises:
            Unreachable: the stack does not have this kind of saga.
        """
        if kind == TRANSACTION:
            return self._drawing()
        if not self.machine_arn(kind):
            raise Unreachable(f"stack {self.name} has no state machine for a {kind}")
        stepfunctions = self.session.client("stepfunctions")
        return stepfunctions.describe_state_machine(stateMachineArn=self.machine_arn(kind))["definition"]

    def _drawing(self) -> str:
        """Return the transactions' drawing; the workers' names become ARNs if they are deployed."""
        text = _DRAWING.read_text(encoding="utf-8")
        prefix = self.machine_arn().partition(":stateMachine:")[0].replace(":states:", ":lambda:")
        return re.sub(r"\$\{(\w+)Function}", rf"{prefix}:function:{self.name}-\1", text) if self.has_queues else text


def _base_url(output: str, endpoint: str | None) -> str:
    """Return the URL of the API; the engine serves every API under its own address, by ID and stage."""
    url = urlsplit(output.rstrip("/"))
    if endpoint is None:
        return url.geturl()
    return f"{endpoint}/_aws/execute-api/{url.netloc.split('.')[0]}{url.path}"
