"""The names of a stack's functions. They begin with that of the stack, and so limit it."""

from typing import Any

from saga.failures import UsageFailure

LONGEST = 64  # characters of a function's name on AWS
_PREFIX = "${AWS::StackName}"


def require_short(stack: str, template: dict[str, Any]) -> None:
    """Require that every function of the template can be named after the stack.

    Raises:
        UsageFailure: the stack's name is too long.
    """
    resources = [each for each in template["Resources"].values() if isinstance(each, dict)]  # a list is a loop
    functions = [each["Properties"] for each in resources if each["Type"] == "AWS::Serverless::Function"]
    suffix = max((each["FunctionName"]["Fn::Sub"].removeprefix(_PREFIX) for each in functions), key=len)
    if len(stack + suffix) > LONGEST:
        raise UsageFailure(
            f"{stack}: the stack's name may have at most {LONGEST - len(suffix)} characters, "
            f"because AWS allows {LONGEST} for a function's name, such as STACK{suffix}"
        )
