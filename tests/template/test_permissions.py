"""Permissions: exactly what the code uses, and no wildcards."""

import json
import re

import pytest

from tests.support.template import definition, resources, template
from tests.template.source import settings
from tests.template.transformed import listed, roles, statements, targets, transformed

AWS_MANAGED = "arn:aws:iam::aws:policy/"
LOGS = f"{AWS_MANAGED}service-role/AWSLambdaBasicExecutionRole"
TRACES = f"{AWS_MANAGED}AWSXrayWriteOnlyAccess"
STREAM = f"{AWS_MANAGED}service-role/AWSLambdaDynamoDBExecutionRole"
LOG_DELIVERY = {  # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    *(f"logs:{verb}LogDelivery" for verb in ("Create", "Get", "Update", "Delete")),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
}
FUNCTIONS = resources("AWS::Serverless::Function")
TABLES = resources("AWS::DynamoDB::Table")


def table_of(variable: str) -> str:
    return str(template()["Globals"]["Function"]["Environment"]["Variables"][variable]["Ref"])


def test_every_function_and_the_state_machine_have_their_own_role() -> None:
    assert set(roles()) == {*FUNCTIONS, "OrderSaga"}


@pytest.mark.parametrize("name", roles())
def test_a_role_has_no_wildcard_and_its_statements_allow_named_resources_of_the_stack(name: str) -> None:
    assert statements(roles()[name])
    assert "*" not in json.dumps(statements(roles()[name]))
    for statement in statements(roles()[name]):
        assert set(statement) == {"Effect", "Action", "Resource"}
        assert statement["Effect"] == "Allow"
        assert set(targets(statement)) <= set(template()["Resources"])


def test_only_log_delivery_for_express_executions_needs_a_wildcard_which_aws_asks_for() -> None:
    conditional = {
        name: [each["Fn::If"] for each in role["Policies"] if "Fn::If" in each] for name, role in roles().items()
    }
    ((condition, policy, otherwise),) = conditional.pop("OrderSaga")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (condition, otherwise) == ("IsExpress", {"Ref": "AWS::NoValue"})
    assert (statement["Resource"], set(statement["Action"])) == ("*", LOG_DELIVERY)
    assert not any(conditional.values())


def test_no_resource_policy_has_a_wildcard() -> None:
    documents = [each["Properties"].get("PolicyDocument") for each in transformed().values()]
    assert "*" not in json.dumps(documents)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_only_managed_policies_of_a_function_are_for_logs_traces_and_its_stream(name: str) -> None:
    reads_a_stream = "DynamoDB" in {event["Type"] for event in FUNCTIONS[name]["Properties"].get("Events", {}).values()}
    assert set(roles()[name]["ManagedPolicyArns"]) == {LOGS, TRACES, *([STREAM] if reads_a_stream else [])}


def test_the_state_machine_may_invoke_exactly_the_functions_that_it_calls() -> None:
    called = re.findall(r"\$\{(\w+Function)\}", json.dumps(definition()))
    allowed = statements(roles()["OrderSaga"])
    assert {action for each in allowed for action in listed(each["Action"])} == {"lambda:InvokeFunction"}
    assert sorted(target for each in allowed for target in targets(each)) == sorted(called)
    assert roles()["OrderSaga"]["ManagedPolicyArns"] == [TRACES]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_may_only_use_tables_that_its_code_names(name: str) -> None:
    variables = settings(FUNCTIONS[name]["Properties"]["Handler"])
    named = {table_of(variable) for variable in variables if variable.endswith("_TABLE")}
    allowed = {target for each in statements(roles()[name]) for target in targets(each)}
    assert allowed & set(TABLES) <= named


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_function_may_scan_or_empty_a_table(name: str) -> None:
    actions = {action for each in statements(roles()[name]) for action in listed(each["Action"])}
    assert not actions & {"dynamodb:Scan", "dynamodb:BatchWriteItem", "dynamodb:DeleteTable", "dynamodb:CreateTable"}
