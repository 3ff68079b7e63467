"""What `sam deploy` does not do: python scripts/stack.py check|protect ENVIRONMENT, which is one of samconfig.toml.

`check` refuses a stack's name that is too long, before anything is created. `protect` gives a stack of prod termination
protection, without which deleting it would remove everything but its protected tables.
"""

import sys
import tomllib
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from saga.failures import Failure
from saga.stack.function_names import require_short
from saga.stack.target import DEFAULT_STACK, Target, settings_of
from statemachine.template import read

ROOT = Path(__file__).parents[1]


def main(action: str, environment: str) -> int:
    """Act on the environment's stack. Return the exit code."""
    try:
        {"check": check, "protect": protect}[action](environment)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return failure.exit_code
    except (BotoCoreError, ClientError) as error:
        print(f"the stack has no termination protection: {error}", file=sys.stderr)
        return Failure.exit_code
    return 0


def check(environment: str) -> None:
    """Require a stack's name that its functions can bear."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    if environment in config:  # if not, `sam build` tells
        name = settings_of(config[environment]).get("stack_name", DEFAULT_STACK)
        require_short(name, read(ROOT / "template.yaml"))


def protect(environment: str) -> None:
    """Switch on termination protection if the stack is one of prod."""
    stack = Target(config_env=environment).load()
    if stack.outputs["Stage"] == "prod":
        cloudformation = stack.session.client("cloudformation")
        cloudformation.update_termination_protection(StackName=stack.name, EnableTerminationProtection=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
