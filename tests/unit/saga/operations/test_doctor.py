"""What the doctor finds missing, and how to fix it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from typer.testing import CliRunner

from saga.cli.app import app
from saga.engine import project
from saga.engine.pidfile import PidFile
from saga.failures import Silent, Unreachable
from saga.graph.formats import FontError
from saga.operations import doctor, machine
from saga.operations.doctor import findings
from saga.operations.machine import Finding
from saga.operations.overdue import Overdue
from saga.operations.switches import Switch
from saga.stack.stack import Stack
from saga.stack.target import Target
from tests.unit.saga.fakes import session

LOCAL = Target()


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a machine with nothing installed and no AWS settings."""
    monkeypatch.setattr(project, "ROOT", tmp_path)
    monkeypatch.setattr(project, "BIN", tmp_path / ".venv" / "bin")
    monkeypatch.setattr(project, "ENGINE_BIN", tmp_path / ".venv-engine" / "bin")
    monkeypatch.setattr(project, "ENGINE_HOME", tmp_path / ".engine")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(variable)
    monkeypatch.setattr(Target, "load", raising(Unreachable("the engine is not running")))
    return tmp_path


def raising(error: Exception) -> Callable[..., Any]:
    def fails(*_: object) -> None:
        raise error

    return fails


def found(target: Target = LOCAL) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings(target)}


def missing(target: Target = LOCAL) -> set[str]:
    return {finding.name for finding in found(target).values() if finding.needed and not finding.ok}


def test_a_bare_machine_lacks_what_the_engine_needs() -> None:
    assert missing() == {"tools", "engine's tools", "engine", "stack"}
    fixes = {name: found()[name].fix for name in missing()}
    assert fixes == {"tools": "make install", "engine's tools": "make install", "engine": "make up", "stack": "make up"}


def test_a_stack_on_aws_needs_credentials_and_a_region_but_no_engine() -> None:
    on_aws = Target(config_env="prod")
    assert missing(on_aws) == {"stack", "samconfig", "AWS credentials", "AWS region"}
    assert found(on_aws)["stack"].fix == "make deploy STAGE=prod"


def test_aws_settings_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    findings = found(Target(config_env="prod", region="eu-west-1"))
    assert (findings["AWS credentials"].found, findings["AWS region"].found) == ("from env", "eu-west-1")


def test_a_missing_profile_is_found() -> None:
    profile = found(Target(profile="nobody"))["AWS profile"]
    assert (profile.ok, "nobody" in profile.found) == (False, True)


def test_missing_credentials_do_not_stop_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Target, "load", raising(NoCredentialsError()))
    assert "Unable to locate credentials" in found(Target(config_env="prod"))["stack"].found


@pytest.mark.parametrize(
    ("script", "text"),
    [("echo", ".venv"), ("echo samcli", "missing: samcli"), ("echo 'broken' >&2; exit 1", "broken")],
)
def test_each_interpreter_reports_its_missing_modules(bare: Path, script: str, text: str) -> None:
    programs = bare / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text(f"#!/bin/sh\n{script}\n")
    (programs / "python").chmod(0o755)
    tools = found()["tools"]
    assert (tools.ok, tools.found.endswith(text)) == (script == "echo", True)


def test_a_dangling_link_is_not_an_interpreter(bare: Path) -> None:
    programs = bare / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(bare / "gone")
    assert not found()["tools"].ok


@pytest.mark.usefixtures("deployed")
def test_a_deployed_stack_is_found() -> None:
    assert found()["stack"].found == "shop: engine on 127.0.0.1:4566, eu-west-1"


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> list[Switch]:
    """Return the switches of a deployed stack, all of them on."""
    outputs = {"StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:saga"}
    stack = Stack("shop", session(), outputs, "http://api", "http://127.0.0.1:4566")
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    found = [Switch("sweepers", f"Part{part}", True, "ENABLED", "enable") for part in range(4)]  # noqa: FBT003
    monkeypatch.setattr(doctor, "switches", lambda _stack: found)
    monkeypatch.setattr(doctor, "overdue", lambda _stack: Overdue(None))
    return found


def test_what_is_on_is_one_line_for_its_kind(deployed: list[Switch]) -> None:
    assert deployed
    assert (found()["sweepers"].ok, found()["sweepers"].found) == (True, "ENABLED")
    assert missing() == {"tools", "engine's tools", "engine"}


def test_everything_that_is_off_is_named_with_the_command_that_switches_it_on(deployed: list[Switch]) -> None:
    deployed[2:] = [replace(each, on=False, state="DISABLED") for each in deployed[2:]]
    assert {"Part2", "Part3"} < missing()
    assert not {"Part0", "Part1", "sweepers"} & set(found())
    assert (found()["Part2"].found, found()["Part2"].fix) == ("DISABLED", "enable")


def test_an_order_that_is_overdue_is_found(deployed: list[Switch], monkeypatch: pytest.MonkeyPatch) -> None:
    assert deployed
    assert (found()["overdue orders"].ok, found()["overdue orders"].found) == (True, "none")
    monkeypatch.setattr(doctor, "overdue", lambda _stack: Overdue(1))
    late = found()["overdue orders"]
    assert (late.ok, late.needed, late.fix) == (False, True, "saga invoke sweep_orders")
    assert "the sweeper starts or resumes it" in late.found


def test_switches_that_cannot_be_read_do_not_stop_the_doctor(
    deployed: list[Switch], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deployed
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListStackResources")
    monkeypatch.setattr(doctor, "switches", raising(refused))
    assert "AccessDenied" in found()["switches"].found


def test_an_engine_that_is_silent_is_asked_once(monkeypatch: pytest.MonkeyPatch, bare: Path) -> None:
    monkeypatch.setattr(Target, "load", raising(AssertionError("asked again")))
    monkeypatch.setattr(doctor, "call", raising(Silent("no answer")))
    with PidFile(bare / ".engine" / "engine.json").claim():
        PidFile(bare / ".engine" / "engine.json").write(pid=1, port=1)
        ended = CliRunner().invoke(app, ["doctor"])
    assert (ended.exit_code, ended.stderr) == (3, "saga: no answer\n")
    assert "make down up" in ended.stdout


def test_samconfig_is_read(bare: Path) -> None:
    file = bare / "samconfig.toml"
    file.write_text("version = 0.1\n[default.global.parameters]\n[prod.global.parameters]\n")
    assert found()["samconfig"].found.endswith(": default, prod")
    file.write_text("version = ")
    assert not found()["samconfig"].ok


def test_a_missing_font_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "to_png", raising(FontError("no font")))
    assert found()["font for PNG"].fix == "apt-get install fonts-dejavu-core"
    assert "font for PNG" in missing()


def test_a_browser_is_needed_only_by_tests() -> None:
    browser = found()["browser for tests"]
    assert (browser.ok, browser.needed, browser.fix) == (False, False, "apt-get install chromium")


def test_the_exit_code_is_1_if_something_is_missing_and_fixes_are_shown() -> None:
    table, document = (CliRunner().invoke(app, ["doctor", *flags]) for flags in ([], ["--json"]))
    assert (table.exit_code, document.exit_code) == (1, 1)
    assert "make install" in table.stdout
    fixes = {each["name"]: each.get("cure") for each in json.loads(document.stdout)}
    assert (fixes["engine"], fixes["Python"]) == ("make up", None)


def test_the_exit_code_is_0_if_nothing_needed_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    well = Finding("engine", ok=True, needed=True, found="running", fix="make up")
    optional = Finding("browser", ok=False, needed=False, found="none", fix="apt-get install chromium")
    monkeypatch.setattr("saga.cli.commands.health.findings", lambda _target: [well, optional])
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 0
