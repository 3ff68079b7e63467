"""The template after SAM's own transform, with the roles and mappings that CloudFormation will see."""

import re
from functools import cache
from typing import Any

from statemachine.conditions import decide
from statemachine.transform import transform
from tests.support.template import template


@cache
def transformed(*, queues: bool = True) -> dict[str, dict[str, Any]]:
    """Return the resources after the transform, by logical id, of a stack with or without queues."""
    return dict(decide(_plain(), {"HasQueues": queues})["Resources"])


@cache
def _plain() -> dict[str, Any]:
    return transform(template())


def roles() -> dict[str, dict[str, Any]]:
    """Return the properties of each role, by the logical id of its function or state machine."""
    return {
        name.removesuffix("Role"): each["Properties"]
        for name, each in transformed().items()
        if each["Type"] == "AWS::IAM::Role"
    }


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a role's inline policies, but for those under a condition."""
    unconditional = [policy for policy in role["Policies"] if "Fn::If" not in policy]
    return [statement for policy in unconditional for statement in policy["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[Any]:
    """Return an Action or a Resource as a list: IAM accepts one or many."""
    return value if isinstance(value, list) else [value]


def targets(statement: dict[str, Any]) -> list[str]:
    """Return the logical ids of a statement's resources: `!Ref X`, `!GetAtt X.Arn` or `!Sub ${X.Arn}/index/…`."""
    return [_target(resource) for resource in listed(statement["Resource"])]


def _target(resource: dict[str, Any]) -> str:
    match resource:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), "Arn"]}:
            return name
        case {"Fn::Sub": str(text)} if part := re.fullmatch(r"\$\{(\w+)\.Arn\}/index/\w+", text):
            return part[1]
    raise ValueError(f"not a resource of the stack: {resource}")
