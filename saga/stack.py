"""A deployed stack, on the embedded engine or on AWS: its name, its outputs and the clients to ask it with."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from saga.failure import Unreachable

if TYPE_CHECKING:
    import boto3

_OURS = {"ApiUrl", "StateMachineArn", "OrdersTable", "OrderLinesTable", "EventsTable", "InventoryTable"}


@dataclass(frozen=True)
class Stack:
    """What a command needs to know; `api_url` is the base of the API's URLs, without a slash at its end.

    `endpoint` is the engine's address; None on AWS.
    """

    name: str
    session: "boto3.Session"
    outputs: dict[str, str]
    api_url: str
    endpoint: str | None = None

    @classmethod
    def load(cls, session: "boto3.Session", name: str, endpoint: str | None = None) -> Self:
        """Reads the stack; `endpoint` is the engine's, None on AWS.

        Raises Unreachable when it is not deployed, or is another application's.
        """
        cloudformation = session.client("cloudformation")
        try:
            described = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except cloudformation.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            raise Unreachable(f"stack {name} is not deployed: {error}") from error
        outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
        if not outputs.keys() >= _OURS:
            raise Unreachable(f"stack {name} is not an Order Saga: it has no output {min(_OURS - outputs.keys())}")
        return cls(name, session, outputs, _base_url(outputs["ApiUrl"], endpoint), endpoint)

    @property
    def on_engine(self) -> bool:
        """Whether it is deployed to the embedded engine, not to AWS."""
        return self.endpoint is not None

    @property
    def region(self) -> str:
        """The region that it is deployed in."""
        return self.outputs["StateMachineArn"].split(":")[3]

    @property
    def place(self) -> str:
        """Where it is, in words: the engine and its address, or AWS and the account and region."""
        if self.endpoint:
            return f"engine on {urlsplit(self.endpoint).netloc}, {self.region}"
        return f"AWS account {self.outputs['StateMachineArn'].split(':')[4]}, {self.region}"

    def function_name(self, logical_id: str) -> str:
        """The name of a deployed function. Raises Unreachable when the stack has none of that logical ID."""
        cloudformation = self.session.client("cloudformation")
        try:
            found = cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        except cloudformation.exceptions.ClientError as error:
            raise Unreachable(f"stack {self.name} has no {logical_id}: {error}") from error
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def execution_arn(self, name: str) -> str:
        """The ARN of one of the saga's executions."""
        return f"{self.outputs['StateMachineArn'].replace(':stateMachine:', ':execution:')}:{name}"

    def definition(self) -> str:
        """The saga's definition as it is deployed, its substitutions resolved."""
        stepfunctions = self.session.client("stepfunctions")
        return stepfunctions.describe_state_machine(stateMachineArn=self.outputs["StateMachineArn"])["definition"]


def _base_url(output: str, endpoint: str | None) -> str:
    """The engine serves every API under its own address, by id and stage."""
    url = urlsplit(output.rstrip("/"))
    if endpoint is None:
        return url.geturl()
    return f"{endpoint}/_aws/execute-api/{url.netloc.split('.')[0]}{url.path}"
