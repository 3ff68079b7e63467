"""What the command tells when it fails, with which exit code, and what it loads to start."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError
from typer.testing import CliRunner

from saga import target
from saga.cli import app
from saga.command.reporting import reported
from saga.commands import local
from saga.failure import Failure, Unreachable, UsageFailure

HEAVY = {"boto3", "botocore", "nicegui", "fastapi", "plotext", "pygal", "resvg_py", "httpx", "samcli"}
PROGRAM = "import json, sys, saga.cli; print(json.dumps(list(sys.modules)))"


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
        (ClientError({"Error": {"Code": "ExpiredToken", "Message": "old"}}, "PutItem"), 3),
        (EndpointConnectionError(endpoint_url="https://aws"), 3),
    ],
)
def test_an_expected_failure_is_one_line_and_an_exit_code(error: Exception, code: int) -> None:
    exit_code, told = run(error)
    assert exit_code == code
    assert told.startswith("saga: ")
    assert told.endswith(f"{error}\n")


@pytest.mark.parametrize(
    ("error", "cure"), [(NoCredentialsError(), "aws configure; or give --profile"), (NoRegionError(), "give --region")]
)
def test_a_missing_setting_of_aws_comes_with_its_cure(error: Exception, cure: str) -> None:
    exit_code, told = run(error)
    assert exit_code == 3
    assert cure in told


def test_an_unexpected_error_is_not_swallowed() -> None:
    with pytest.raises(KeyError):
        run(KeyError("a bug"))


@pytest.fixture(autouse=True)
def _no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "ENGINE_HOME", tmp_path)
    monkeypatch.setattr(local, "ENGINE_HOME", tmp_path)


@pytest.mark.parametrize("command", [["url"], ["logs"], ["invoke", "place_order"], ["asl"], ["check"]])
def test_without_an_engine_a_command_says_how_to_start_it(command: list[str]) -> None:
    result = CliRunner().invoke(app, command)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("saga: the engine is not running; start it: make up;")
    assert len(result.stderr.splitlines()) == 1


def test_stopping_what_does_not_run_succeeds() -> None:
    assert CliRunner().invoke(app, ["down"]).exit_code == 0


def test_a_port_that_is_none_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["up"], env={"ENGINE_PORT": "70000"}).exit_code == 2


def test_the_command_starts_without_what_only_some_of_its_commands_need() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)  # noqa: S603
    assert HEAVY & set(json.loads(ended.stdout)) == set()
