"""What is missing, and how to cure it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError
from typer.testing import CliRunner

from saga import project
from saga.cli import app
from saga.failure import Unreachable
from saga.graph import FontError
from saga.operations import doctor, machine
from saga.operations.finding import Finding
from saga.stack import Stack
from saga.target import Target
from tests.unit.saga.fakes import session

LOCAL = Target()


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a machine with nothing on it, and settings of AWS of nobody."""
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
    return {finding.name: finding for finding in doctor.findings(target)}


def missing(target: Target = LOCAL) -> set[str]:
    return {finding.name for finding in found(target).values() if finding.needed and not finding.well}


def test_a_bare_machine_lacks_what_the_engine_needs() -> None:
    assert missing() == {"tools", "engine's tools", "engine", "stack"}
    cures = {name: found()[name].cure for name in missing()}
    assert cures == {"tools": "make install", "engine's tools": "make install", "engine": "make up", "stack": "make up"}


def test_a_stack_on_aws_needs_credentials_and_a_region_but_no_engine() -> None:
    on_aws = Target(config_env="prod")
    assert missing(on_aws) == {"stack", "samconfig", "AWS credentials", "AWS region"}
    assert found(on_aws)["stack"].cure == "make deploy STAGE=prod"


def test_settings_of_aws_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    findings = found(Target(config_env="prod", region="eu-west-1"))
    assert (findings["AWS credentials"].found, findings["AWS region"].found) == ("by env", "eu-west-1")


def test_a_profile_that_is_not_configured_is_said_so() -> None:
    profile = found(Target(profile="nobody"))["AWS profile"]
    assert (profile.well, "nobody" in profile.found) == (False, True)


def test_no_credentials_are_no_reason_to_break_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Target, "load", raising(NoCredentialsError()))
    assert "Unable to locate credentials" in found(Target(config_env="prod"))["stack"].found


@pytest.mark.parametrize(
    ("script", "words"),
    [("echo", ".venv"), ("echo samcli", "without samcli"), ("echo 'broken' >&2; exit 1", "without broken")],
)
def test_an_interpreter_is_asked_for_its_modules(bare: Path, script: str, words: str) -> None:
    programs = bare / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text(f"#!/bin/sh\n{script}\n")
    (programs / "python").chmod(0o755)
    tools = found()["tools"]
    assert (tools.well, tools.found.endswith(words)) == (script == "echo", True)


def test_a_link_that_leads_nowhere_is_no_interpreter(bare: Path) -> None:
    programs = bare / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(bare / "gone")
    assert not found()["tools"].well


def test_a_deployed_stack_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = {"StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:saga"}
    stack = Stack("shop", session(), outputs, "http://api", "http://127.0.0.1:4566")
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    assert found()["stack"].found == "shop: engine on 127.0.0.1:4566, eu-west-1"


def test_samconfig_is_read(bare: Path) -> None:
    file = bare / "samconfig.toml"
    file.write_text("version = 0.1\n[default.global.parameters]\n[prod.global.parameters]\n")
    assert found()["samconfig"].found.endswith("with default, prod")
    file.write_text("version = ")
    assert not found()["samconfig"].well


def test_without_a_font_pictures_would_have_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "to_png", raising(FontError("no font")))
    assert found()["font for PNG"].cure == "apt-get install fonts-dejavu-core"
    assert "font for PNG" in missing()


def test_a_browser_is_for_the_tests_only() -> None:
    browser = found()["browser for tests"]
    assert (browser.well, browser.needed, browser.cure) == (False, False, "apt-get install chromium")


def test_the_command_ends_with_1_and_shows_the_cures() -> None:
    shown, told = (CliRunner().invoke(app, ["doctor", *flags]) for flags in ([], ["--json"]))
    assert (shown.exit_code, told.exit_code) == (1, 1)
    assert "make install" in shown.stdout
    cures = {each["name"]: each.get("cure") for each in json.loads(told.stdout)}
    assert (cures["engine"], cures["Python"]) == ("make up", None)


def test_the_command_ends_with_0_when_nothing_that_is_needed_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    well = doctor.Finding("engine", well=True, needed=True, found="running", cure="make up")
    optional = doctor.Finding("browser", well=False, needed=False, found="none", cure="apt-get install chromium")
    monkeypatch.setattr(doctor, "findings", lambda _target: [well, optional])
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 0
