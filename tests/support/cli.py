"""The command `saga` in this process."""

import json
from typing import Any

from typer.testing import CliRunner, Result

from saga.cli import app


def saga(*arguments: str, said: str | None = None) -> Result:
    """Run it to its end; a person may say something. What is no failure of its own is raised."""
    result = CliRunner().invoke(app, list(arguments), input=said)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(*arguments: str) -> Any:
    """Give what it tells programs; it must succeed."""
    result = saga(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)
