"""What the command tells when it fails, and with which exit code."""

from pathlib import Path

import pytest
import typer
from botocore.exceptions import ClientError, NoCredentialsError
from typer.testing import CliRunner

from saga.cli import app
from saga.engine import commands
from saga.failure import Failure, Unreachable, UsageFailure
from saga.reporting import reported


def run(error: Exception) -> tuple[int, str]:
    def fail() -> None:
        raise error

    failing = typer.Typer()
    failing.command()(reported(fail))
    result = CliRunner().invoke(failing, [])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.stdout == ""
    return result.exit_code, result.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Failure("sam failed"), 1),
        (UsageFailure("port taken"), 2),
        (Unreachable("no engine"), 3),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutItem"), 1),
        (NoCredentialsError(), 3),
    ],
)
def test_an_expected_failure_is_one_line_and_an_exit_code(error: Exception, code: int) -> None:
    assert run(error) == (code, f"saga: {error}\n")


def test_an_unexpected_error_is_not_swallowed() -> None:
    with pytest.raises(KeyError):
        run(KeyError("a bug"))


@pytest.mark.parametrize("command", [["url"], ["logs"], ["invoke", "place_order"], ["asl"]])
def test_without_an_engine_a_command_says_how_to_start_it(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "ENGINE_HOME", tmp_path)
    result = CliRunner().invoke(app, command, env={"STAGE": ""})
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "saga: the engine is not running; start it: make up\n"


def test_stopping_what_does_not_run_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "ENGINE_HOME", tmp_path)
    assert CliRunner().invoke(app, ["down"]).exit_code == 0


def test_a_port_that_is_none_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["up"], env={"ENGINE_PORT": "70000"}).exit_code == 2
