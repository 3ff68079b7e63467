"""The command `saga`, run in this process."""

import json
from typing import Any

from typer.testing import CliRunner, Result

from saga.cli.app import app
from saga.failures import Unforeseen


def saga(*arguments: str, stdin: str | None = None) -> Result:
    """Run the command; raise any exception that is not its own exit."""
    result = CliRunner().invoke(app, list(arguments), input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code != Unforeseen.exit_code, result.stderr
    return result


def answer(*arguments: str) -> Any:
    """Return the command's JSON output; the command must succeed."""
    result = saga(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)
