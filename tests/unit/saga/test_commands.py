"""How commands report failures, which commands there are, and what their help imports."""

import errno
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError
from typer.testing import CliRunner

from saga import failures
from saga.cli import commands
from saga.cli.app import COMMANDS, EXIT_CODES, app, load
from saga.cli.commands import local
from saga.failures import Failure, Unreachable, UsageFailure
from saga.stack import target
from saga.stack.target import Target

NO_TIME = ("3600.1", "1e10", "inf", "nan", "0", "-1", "soon")
HEAVY = {"boto3", "botocore", "nicegui", "fastapi", "plotext", "pygal", "resvg_py", "httpx", "samcli"}
PROGRAM = """
import json, sys, saga.cli.app
try:
    saga.cli.app.app(["--help"])
finally:
    print(json.dumps(list(sys.modules)), file=sys.stderr)
"""


def run(error: Exception, monkeypatch: pytest.MonkeyPatch, **environment: str) -> tuple[int, str]:
    """Let a command fail with the error."""

    def fail(_: Target) -> None:
        raise error

    monkeypatch.setattr(Target, "load", fail)
    result = CliRunner().invoke(app, ["url"], env=environment)
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    return result.exit_code, result.stderr


@pytest.mark.parametrize("seconds", NO_TIME)
def test_a_timeout_that_nothing_can_wait_for_is_an_invalid_request(seconds: str) -> None:
    refused = CliRunner().invoke(app, ["--timeout", seconds, "url"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--timeout" in refused.stderr


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
def test_an_expected_failure_is_one_line_and_an_exit_code(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    exit_code, message = run(error, monkeypatch)
    assert exit_code == code
    assert message.startswith("saga: ")
    assert message.endswith(f"{error}\n")


@pytest.mark.parametrize(
    ("error", "fix"),
    [(NoCredentialsError(), "Run `aws configure`, or pass --profile"), (NoRegionError(), "Pass --region")],
)
def test_a_missing_aws_setting_comes_with_its_fix(error: Exception, fix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    exit_code, message = run(error, monkeypatch)
    assert exit_code == 3
    assert fix in message


@pytest.mark.parametrize("error", [KeyError("eventId"), TypeError("two\nlines"), RecursionError()])
def test_an_unforeseen_error_is_one_line_with_its_place_and_a_code_of_its_own(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, message = run(error, monkeypatch)
    assert (code, len(message.splitlines())) == (7, 1)
    assert re.match(rf"saga: unforeseen error at test_commands\.py:\d+: {type(error).__name__}:", message)
    assert "SAGA_DEBUG=1" in message


def test_the_traceback_of_an_unforeseen_error_is_printed_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    code, message = run(KeyError("eventId"), monkeypatch, SAGA_DEBUG="1")
    assert (code, message.startswith("Traceback")) == (7, True)
    assert message.splitlines()[-1].startswith("saga: unforeseen error")


def test_a_command_that_cannot_be_imported_is_reported_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "saga.cli.commands.local", None)
    result = CliRunner().invoke(app, ["url"])
    assert (result.exit_code, len(result.stderr.splitlines())) == (7, 1)
    assert "saga.cli.commands.local" in result.stderr


def test_a_reader_of_a_pipe_that_has_seen_enough_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(BrokenPipeError(errno.EPIPE, "Broken pipe"), monkeypatch) == (1, "")


def test_every_exit_code_is_in_the_help() -> None:
    codes = {each.exit_code for each in vars(failures).values() if isinstance(each, type) and issubclass(each, Failure)}
    assert {int(code) for code in re.findall(r"\b(\d) ", EXIT_CODES)} == codes | {
        failures.EXIT_CONFIRMED,
        failures.EXIT_FAILED,
        failures.EXIT_PARKED,
    }


@pytest.fixture(autouse=True)
def _no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "ENGINE_HOME", tmp_path)
    monkeypatch.setattr(local, "ENGINE_HOME", tmp_path)


@pytest.mark.parametrize("command", [["url"], ["logs"], ["invoke", "place_order"], ["asl"], ["check"]])
def test_without_an_engine_a_command_says_how_to_start_it(command: list[str]) -> None:
    result = CliRunner().invoke(app, command)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("saga: the engine is not running")
    assert "make up" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_stopping_an_engine_that_is_not_running_succeeds() -> None:
    assert CliRunner().invoke(app, ["down"]).exit_code == 0


def test_an_invalid_port_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["up"], env={"ENGINE_PORT": "70000"}).exit_code == 2


@pytest.mark.parametrize(("name", "line"), [pair for listed in COMMANDS.values() for pair in listed.items()])
def test_a_command_is_listed_with_the_first_sentence_of_its_own_help(name: str, line: str) -> None:
    own = " ".join((load(name).help or "").partition("\n\n")[0].split())
    assert own.startswith(line)


def test_every_module_of_commands_is_listed() -> None:
    folder = Path(commands.__file__).parent
    assert set(COMMANDS) == {path.stem for path in folder.iterdir() if not path.name.startswith("__")}


def test_the_help_imports_nothing_that_only_some_commands_need() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)  # noqa: S603
    assert "Reconcile orders" in ended.stdout
    assert HEAVY & set(json.loads(ended.stderr)) == set()
