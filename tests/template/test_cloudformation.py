"""`make cfn`: the template and the package for people who do not use SAM."""

import json
import re
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from saga.failures import Failure
from scripts import cloudformation
from statemachine.conditions import decide
from tests.support.template import ROOT, resources, template
from tests.template.transformed import transformed

LARGEST = 1_000_000  # bytes of a template that CloudFormation takes from a bucket
IF_QUEUES = {"Fn::If": ["HasQueues", {"Fn::If": ["HasQueues", 1, 2]}, {"Fn::If": ["HasQueues", 3, 4]}]}


@cache
def plain() -> dict[str, Any]:
    return cloudformation.plain(template())


@cache
def text() -> str:
    return cloudformation.as_yaml(plain())


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {name: each["Properties"] for name, each in plain()["Resources"].items() if each["Type"] == kind}


def build_in(folder: Path) -> Path:
    """Write what the engine's build leaves: a template with a loop, and the package of its functions."""
    with zipfile.ZipFile(folder / "built.zip", "w") as package:
        for name in ("bootstrap", "order/views.py"):
            package.writestr(zipfile.ZipInfo(name), name)
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": str(folder / "built.zip")}}
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {}}
    built = folder / "template.json"
    loop: list[object] = ["Each", ["A"], {}]
    built.write_text(json.dumps({"Resources": {"A": function, "B": function, "C": table, "Fn::ForEach::D": loop}}))
    return built


def test_it_needs_no_macro() -> None:
    assert not {"Transform", "Globals"} & plain().keys()
    assert not re.search("AWS::Serverless|AWS::LanguageExtensions|Fn::ForEach", text())


def test_it_has_every_resource_of_sams_transform_and_every_output() -> None:
    assert plain()["Resources"].keys() == transformed().keys()
    assert plain()["Outputs"].keys() == template()["Outputs"].keys()


def test_what_is_no_concern_of_sam_is_as_in_the_template() -> None:
    others = {name: each for name, each in template()["Resources"].items() if "AWS::Serverless" not in each["Type"]}
    assert len(others) > 100
    assert decide(others, {}) == {name: plain()["Resources"][name] for name in others}


def test_all_functions_have_the_package_that_two_parameters_name() -> None:
    codes = [function["Code"] for function in of_type("AWS::Lambda::Function").values()]
    assert len(codes) == len(resources("AWS::Serverless::Function"))
    assert all(code == {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}} for code in codes)
    assert plain()["Parameters"].keys() == template()["Parameters"].keys() | {"CodeBucket", "CodeKey"}


def test_the_state_machines_have_their_definitions_and_a_value_for_each_placeholder() -> None:
    sources = resources("AWS::Serverless::StateMachine")
    machines = of_type("AWS::StepFunctions::StateMachine")
    assert machines.keys() == sources.keys()
    for name, machine in machines.items():
        definition, values = machine["DefinitionString"]["Fn::Sub"]
        assert definition == (ROOT / sources[name]["Properties"]["DefinitionUri"]).read_text()
        assert set(re.findall(r"\$\{(\w+)\}", definition)) == values.keys()


def test_the_api_has_every_route() -> None:
    paths = decide(of_type("AWS::ApiGateway::RestApi")["OrderApi"]["Body"]["paths"], {"HasQueues": True})
    events = [
        event["Properties"]
        for function in resources("AWS::Serverless::Function").values()
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "Api"
    ]
    assert {(path, method) for path, methods in paths.items() for method in methods} == {
        (event["Path"], event["Method"]) for event in events
    }


def test_no_name_is_that_of_one_partition() -> None:
    assert "${AWS::Partition}" in text()
    assert "arn:aws:" not in text()


def test_no_condition_is_asked_for_where_it_is_known() -> None:
    guarded = {"Type": "AWS::SQS::Queue", "Condition": "HasQueues", "Properties": {"Name": IF_QUEUES}}
    assert decide({"Queue": guarded, "Name": IF_QUEUES}, {}) == {
        "Queue": {**guarded, "Properties": {"Name": 1}},
        "Name": {"Fn::If": ["HasQueues", 1, 4]},
    }
    assert decide({"Queue": guarded, "Name": IF_QUEUES}, {"HasQueues": False}) == {"Name": 4}


def test_it_reads_back_as_written_and_is_small_enough_for_cloudformation() -> None:
    assert yaml_parse(text()) == plain()
    assert len(text().encode()) < LARGEST


def test_cfn_lint_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(text())
    linted = subprocess.run(  # noqa: S603 - the project's own cfn-lint
        [Path(sys.executable).parent / "cfn-lint", tmp_path / "plain.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (linted.stdout + linted.stderr, linted.returncode) == ("", 0)


def test_both_files_are_written_and_the_commands_that_deploy_them_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cloudformation, "build", lambda: build_in(tmp_path))
    assert cloudformation.main("--into", str(tmp_path / "out")) == 0
    written, package = sorted((tmp_path / "out").iterdir(), reverse=True)
    assert written.read_text() == text()
    with zipfile.ZipFile(package) as zipped:
        assert zipped.namelist() == ["order/views.py"]
    output = capsys.readouterr().out
    assert f"aws s3 cp {package} s3://BUCKET/" in output
    assert f"--template-file {written} --s3-bucket BUCKET" in output
    assert f"CodeBucket=BUCKET CodeKey={package.name}" in output
    assert "more than 51,200, so it needs --s3-bucket" in output


def test_the_packages_name_is_that_of_its_content(tmp_path: Path) -> None:
    built = build_in(tmp_path)
    first, again = (cloudformation.write_package(built, tmp_path) for _ in range(2))
    with zipfile.ZipFile(tmp_path / "built.zip", "a") as package:
        package.writestr(zipfile.ZipInfo("more.py"), "")
    other = cloudformation.write_package(built, tmp_path)
    assert first == again != other


def test_a_build_that_fails_ends_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing() -> Path:
        raise Failure("sam build failed")

    monkeypatch.setattr(cloudformation, "build", failing)
    assert cloudformation.main("--into", str(tmp_path)) == Failure.exit_code
    assert (capsys.readouterr().err, list(tmp_path.iterdir())) == ("sam build failed\n", [])
