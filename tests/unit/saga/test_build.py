"""The engine's copy of a built template."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from saga.engine import build
from saga.engine.project import ROOT
from tests.support.template import template

BUILT = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: python3.13, Timeout: 4 }
Resources:
  OrderApi:
    Type: AWS::Serverless::Api
    Properties: { StageName: !Ref Stage }
  PlaceOrderFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: Shared
      Handler: order.app.place
      Environment: { Variables: { TABLE: !Ref OrdersTable } }
      Events:
        Place: { Type: Api, Properties: { Path: /orders, Method: post } }
  RelayFunction:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: Shared, Handler: sagakit.relay.app.relay }
  OrdersTable:
    Type: AWS::DynamoDB::Table
    Properties: { BillingMode: PAY_PER_REQUEST }
  Saga:
    Type: AWS::Serverless::StateMachine
    Properties: { DefinitionUri: ../saga.asl.json }
  Fn::ForEach::LogGroups:
    - Function
    - [PlaceOrder, Relay]
    - ${Function}LogGroup: { Type: AWS::Logs::LogGroup }
"""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "build"
    (folder / "Shared").mkdir(parents=True)
    (folder / "Shared" / "app.py").write_text("")
    (tmp_path / "saga.asl.json").write_text("{}")
    (folder / "template.yaml").write_text(BUILT)
    return folder / "template.yaml"


def localised(built: Path, text: str = BUILT) -> dict[str, Any]:
    built.write_text(text)
    into = built.parents[1] / "into"
    into.mkdir(exist_ok=True)
    build.localise(built, into)
    copy: dict[str, Any] = json.loads((into / build.LOCALISED).read_text())
    return copy


def properties(copy: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = copy["Resources"][name]["Properties"]
    return found


def pin(copy: dict[str, Any]) -> str:
    pinned: str = properties(copy, "OrderApi")["Tags"]["ms-custom-id"]["Fn::Sub"]
    return pinned


def test_functions_become_custom_runtimes_that_share_a_package(built: Path) -> None:
    copy = localised(built)
    place, relay = properties(copy, "PlaceOrderFunction"), properties(copy, "RelayFunction")
    assert place["Runtime"] == relay["Runtime"] == "provided.al2023"
    assert place["CodeUri"] == relay["CodeUri"]
    assert Path(place["CodeUri"]).is_file()


def test_the_definition_has_an_absolute_path(built: Path) -> None:
    assert Path(properties(localised(built), "Saga")["DefinitionUri"]).read_text() == "{}"


def test_everything_else_stays_as_it_was_built(built: Path) -> None:
    copy = localised(built)
    assert properties(copy, "PlaceOrderFunction")["Environment"] == {"Variables": {"TABLE": {"Ref": "OrdersTable"}}}
    assert properties(copy, "OrdersTable") == {"BillingMode": "PAY_PER_REQUEST"}
    loop = ["Function", ["PlaceOrder", "Relay"], {"${Function}LogGroup": {"Type": "AWS::Logs::LogGroup"}}]
    assert copy["Resources"]["Fn::ForEach::LogGroups"] == loop
    assert copy["Globals"] == {"Function": {"Runtime": "python3.13", "Timeout": 4}}
    assert built.read_text() == BUILT


def test_the_api_keeps_its_id_while_its_shape_is_the_same(built: Path) -> None:
    before = pin(localised(built))
    assert before.startswith("${AWS::StackName}-")
    assert pin(localised(built, BUILT.replace("Timeout: 4", "Timeout: 5"))) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Path: /orders", "Path: /carts"),
        ("StageName: !Ref Stage", "StageName: !Ref Stage, Auth: { ApiKeyRequired: true }"),
        ("Handler: order.app.place", "Handler: order.app.place\n      FunctionName: place"),
        ("Globals:", "Globals:\n  Api: { TracingEnabled: true }"),
    ],
)
def test_an_api_with_a_different_shape_has_a_different_id(built: Path, old: str, new: str) -> None:
    before = pin(localised(built))
    assert pin(localised(built, BUILT.replace(old, new))) != before


def test_unused_artefacts_are_deleted_after_a_day(built: Path) -> None:
    localised(built)
    artefacts = built.parents[1] / "into" / "artefacts"
    old, new = artefacts / "old.zip", artefacts / "new.zip"
    old.write_text("")
    new.write_text("")
    os.utime(old, (0, 0))
    for file in artefacts.iterdir():
        if file != new:
            os.utime(file, (0, 0))
    localised(built)
    assert not old.exists()
    assert new.exists()
    assert len(list(artefacts.iterdir())) == 3


def test_everything_that_the_template_refers_to_is_a_source() -> None:
    sections = [template()["Globals"]["Function"], *(each["Properties"] for each in template()["Resources"].values())]
    uris = {
        section[key] for section in sections for key in ("CodeUri", "DefinitionUri", "ContentUri") if key in section
    }
    assert uris
    for uri in uris:
        assert any((ROOT / uri).is_relative_to(ROOT / source) for source in build.SOURCES), uri
