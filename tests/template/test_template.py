"""The template: what every resource of a kind must have."""

import inspect
import re
from typing import Any

import pytest
from aws_lambda_powertools.utilities.circuit_breaker.persistence import CircuitBreakerDynamoDBPersistence
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

from tests.support.template import ROOT, resources, template
from tests.template.graph import entry_points
from tests.template.source import SOURCES, settings
from tests.template.transformed import roles, transformed

FUNCTIONS = resources("AWS::Serverless::Function")
TABLES = resources("AWS::DynamoDB::Table")
SHARED_SETTINGS = template()["Globals"]["Function"]["Environment"]["Variables"]
IN_PROD = {"Fn::If": ["IsProd", True, False]}
EXPIRING = {"IdempotencyTable": DynamoDBPersistenceLayer, "CircuitBreakerTable": CircuitBreakerDynamoDBPersistence}
TEXT = (ROOT / "template.yaml").read_text()
MACHINES = resources("AWS::Serverless::StateMachine")
EXPRESS_LOGS = {f"{machine}LogGroup" for machine in MACHINES}


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = template()["Resources"][name]["Properties"]
    return found


def provided(name: str) -> set[str]:
    return {*SHARED_SETTINGS, *properties(name).get("Environment", {}).get("Variables", {})}


def read(name: str) -> set[str]:
    return {setting for handler in entry_points(name) for setting in settings(handler)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_named_after_its_stack_and_logs_to_a_group_that_expires(name: str) -> None:
    group = template()["Resources"][f"{name.removesuffix('Function')}LogGroup"]
    function_name = properties(name)["FunctionName"]["Fn::Sub"]
    assert function_name == f"${{AWS::StackName}}-{name.removesuffix('Function')}"
    assert group["Type"] == "AWS::Logs::LogGroup"
    assert group["Properties"]["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/{function_name}"}
    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_deleted_before_its_log_group_which_it_would_make_anew(name: str) -> None:
    deployed = transformed()[name]["Properties"]["LoggingConfig"]
    assert deployed == {"LogGroup": {"Ref": f"{name.removesuffix('Function')}LogGroup"}}


def test_every_log_group_belongs_to_a_function_or_to_express_executions() -> None:
    groups = set(resources("AWS::Logs::LogGroup")) - EXPRESS_LOGS
    assert {f"{name.removesuffix('LogGroup')}Function" for name in groups} == set(FUNCTIONS)


@pytest.mark.parametrize("machine", MACHINES)
def test_express_executions_leave_a_history_in_a_log_without_their_data(machine: str) -> None:
    logging, role = transformed()[machine]["Properties"], roles()[machine]
    group = f"{machine}LogGroup"
    level, *otherwise = logging["LoggingConfiguration"]["Fn::If"][1:]
    assert (level["Level"], level["IncludeExecutionData"], otherwise) == ("ALL", False, [{"Ref": "AWS::NoValue"}])
    assert level["Destinations"] == [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": [group, "Arn"]}}}]
    assert template()["Resources"][group]["Condition"] == "IsExpress"
    assert properties(group)["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert template()["Conditions"]["IsExpress"] == {"Fn::Equals": [{"Ref": "WorkflowType"}, "EXPRESS"]}
    assert role["Policies"][-1]["Fn::If"][0] == logging["LoggingConfiguration"]["Fn::If"][0] == "IsExpress"


def test_the_api_has_no_other_stage_than_its_own() -> None:
    stages = [each["Properties"] for each in transformed().values() if each["Type"] == "AWS::ApiGateway::Stage"]
    deployments = [each for each in transformed().values() if each["Type"] == "AWS::ApiGateway::Deployment"]
    assert [stage["StageName"] for stage in stages] == [{"Ref": "Stage"}]
    assert not [each for each in deployments if "StageName" in each["Properties"]]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_every_setting_that_its_code_reads(name: str) -> None:
    assert read(name) <= provided(name)


def test_every_setting_is_read_by_some_code() -> None:
    of_libraries = {name for name in SHARED_SETTINGS if name.startswith(("AWS_", "POWERTOOLS_"))}
    unread = set().union(*map(provided, FUNCTIONS)) - set().union(*map(read, FUNCTIONS))
    assert unread <= of_libraries  # boto3 and Powertools themselves read these


def test_settings_are_only_read_from_os_environ_so_that_the_other_tests_find_them() -> None:
    sources = [file.read_text() for file in SOURCES.rglob("*.py")]
    assert not [source for source in sources if re.search(r"getenv|\benviron\b(?!\[)", source)]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_billed_per_request_and_encrypted(name: str) -> None:
    assert properties(name)["BillingMode"] == "PAY_PER_REQUEST"
    assert properties(name)["SSESpecification"] == {"SSEEnabled": True}


@pytest.mark.parametrize("name", sorted(set(TABLES) - set(EXPIRING)))
def test_a_table_of_record_never_expires_and_is_recoverable_and_protected_in_prod(name: str) -> None:
    assert properties(name)["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": IN_PROD}
    assert properties(name)["DeletionProtectionEnabled"] == IN_PROD
    assert "TimeToLiveSpecification" not in properties(name)
    assert TABLES[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize(("name", "layer"), EXPIRING.items())
def test_rows_of_powertools_expire_by_the_attribute_that_it_writes(name: str, layer: type) -> None:
    attribute = inspect.signature(layer).parameters["expiry_attr"].default
    assert properties(name)["TimeToLiveSpecification"] == {"AttributeName": attribute, "Enabled": True}


@pytest.mark.parametrize(
    ("table", "index", "by"), [("OrdersTable", "open", "dueAt"), ("EventsTable", "undispatched", "at")]
)
def test_an_index_is_sparse_and_sorted_by_age(table: str, index: str, by: str) -> None:
    assert keys_of(table, index) == [index, by]
    assert index not in [key["AttributeName"] for key in properties(table)["KeySchema"]]


@pytest.mark.parametrize(
    ("index", "by"), [("placed", "shard"), ("status", "byStatus"), ("reason", "byReason"), ("customer", "customerId")]
)
def test_views_find_orders_by_index_and_time(index: str, by: str) -> None:
    assert keys_of("OrdersTable", index) == [by, "createdAt"]


def keys_of(table: str, index: str) -> list[str]:
    (found,) = [each for each in properties(table)["GlobalSecondaryIndexes"] if each["IndexName"] == index]
    assert found["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    return [key["AttributeName"] for key in found["KeySchema"]]


@pytest.mark.parametrize("name", template()["Parameters"])
def test_a_parameter_is_explained_and_used(name: str) -> None:
    assert template()["Parameters"][name]["Description"]
    assert re.search(rf"!Ref {name}\b|\$\{{{name}\}}", TEXT)


@pytest.mark.parametrize("name", template()["Outputs"])
def test_an_output_is_explained_and_refers_to_something_that_exists(name: str) -> None:
    output = template()["Outputs"][name]
    known = {*template()["Resources"], *template()["Parameters"], "AWS::Region", "AWS::URLSuffix"}
    value = output["Value"]
    assert output["Description"]
    assert set(re.findall(r"\$\{([\w:]+)\}", value.get("Fn::Sub", "")) or [value["Ref"]]) <= known


def test_every_table_is_among_the_outputs() -> None:
    assert set(TABLES) <= set(template()["Outputs"])
