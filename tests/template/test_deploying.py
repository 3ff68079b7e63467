"""`make deploy`: what comes before and after `sam deploy`."""

import re
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from samcli.commands.delete.exceptions import StackProtectionEnabledError  # type: ignore[import-untyped]
from samcli.lib.delete.cfn_utils import CfnUtils  # type: ignore[import-untyped]

from saga.failures import UsageFailure
from saga.stack.function_names import LONGEST, require_short
from saga.stack.stack import Stack
from saga.stack.target import Target
from scripts import stack as script
from tests.support.template import ROOT, resources, template

NAMES = [each["Properties"]["FunctionName"]["Fn::Sub"] for each in resources("AWS::Serverless::Function").values()]
LIMIT = LONGEST - max(len(name.removeprefix("${AWS::StackName}")) for name in NAMES)
NAME = "order-saga-prod"


class CloudFormation:
    """The part of the service that deletion is about. It is a session too, of which it is the only client."""

    def __init__(self) -> None:
        self.protected = False

    def client(self, service: str) -> "CloudFormation":
        assert service == "cloudformation"
        return self

    def update_termination_protection(self, StackName: str, EnableTerminationProtection: bool) -> None:  # noqa: FBT001, N803
        assert StackName == NAME
        self.protected = EnableTerminationProtection

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"Stacks": [{"StackName": StackName, "EnableTerminationProtection": self.protected}]}


def deployed(monkeypatch: pytest.MonkeyPatch, stage: str) -> CloudFormation:
    """Deploy a stack of this stage."""
    cloudformation = CloudFormation()
    session: Any = cloudformation
    stack = Stack(NAME, session, {"Stage": stage}, "https://api")
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    return cloudformation


def test_the_longest_name_of_a_stack_is_accepted_and_a_longer_one_refused() -> None:
    require_short("s" * LIMIT, template())
    with pytest.raises(UsageFailure, match=f"at most {LIMIT} characters"):
        require_short("s" * (LIMIT + 1), template())


def test_a_template_with_a_loop_that_is_not_expanded_is_read_too() -> None:
    looping = {**template(), "Resources": {**template()["Resources"], "Fn::ForEach::Any": ["Each", [], {}]}}
    require_short("s" * LIMIT, looping)


def test_the_names_in_samconfig_are_short_enough_for_every_function() -> None:
    assert [script.main("check", environment) for environment in ("default", "prod", "unknown")] == [0, 0, 0]


def test_a_name_that_is_too_long_stops_a_deployment_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long = (ROOT / "samconfig.toml").read_text().replace("order-saga-prod", "s" * (LIMIT + 1))
    (tmp_path / "samconfig.toml").write_text(long)
    (tmp_path / "template.yaml").write_text((ROOT / "template.yaml").read_text())
    monkeypatch.setattr(script, "ROOT", tmp_path)
    assert script.main("check", "prod") == UsageFailure.exit_code
    assert f"at most {LIMIT} characters" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ('[env.deploy.parameters]\nstack_name = "{long}"', UsageFailure.exit_code),
        ('[env.deploy.parameters]\nstack_name = "{short}"\n[env.global.parameters]\nstack_name = "{long}"', 0),
        ('[env.deploy.parameters]\nregion = "eu-west-1"', 0),
    ],
    ids=["of deploy alone", "of deploy and global", "of neither"],
)
def test_the_name_that_sam_deploy_would_use_is_checked(
    settings: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "samconfig.toml").write_text(settings.format(long="s" * (LIMIT + 1), short="s"))
    (tmp_path / "template.yaml").write_text((ROOT / "template.yaml").read_text())
    monkeypatch.setattr(script, "ROOT", tmp_path)
    assert script.main("check", "env") == code


def test_a_stack_of_prod_is_protected_so_that_sam_deletes_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cloudformation = deployed(monkeypatch, "prod")
    assert script.main("protect", "prod") == 0
    with pytest.raises(StackProtectionEnabledError):
        CfnUtils(cloudformation).can_delete_stack(NAME)


def test_any_other_stack_can_be_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    cloudformation = deployed(monkeypatch, "dev")
    assert script.main("protect", "default") == 0
    assert CfnUtils(cloudformation).can_delete_stack(NAME)


def test_a_stack_that_cannot_be_protected_fails_the_deployment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def denied(*_arguments: object, **_names: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "UpdateTerminationProtection")

    deployed(monkeypatch, "prod")
    monkeypatch.setattr(CloudFormation, "update_termination_protection", denied)
    assert script.main("protect", "prod") == 1
    assert "no termination protection" in capsys.readouterr().err


def test_make_deploy_checks_first_and_protects_last() -> None:
    (recipe,) = re.findall(r"^deploy:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert re.findall(r"check|sam \w+|protect", recipe) == ["check", "sam build", "sam deploy", "protect"]
