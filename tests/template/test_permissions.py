"""Permissions: exactly what the code uses, and no wildcards."""

import json
import re

import pytest

from sagakit.queues.route import END, route
from sagakit.saga import Saga
from sagas import ORDER
from tests.support.template import definition, queues, resources, tasks, template
from tests.template.graph import IN_QUEUES, MACHINES, entry_points, machine
from tests.template.source import settings
from tests.template.transformed import listed, roles, statements, targets, transformed

AWS_MANAGED = "arn:aws:iam::aws:policy/"
LOGS = f"{AWS_MANAGED}service-role/AWSLambdaBasicExecutionRole"
TRACES = f"{AWS_MANAGED}AWSXrayWriteOnlyAccess"
READS = {  # by the type of an event
    "DynamoDB": f"{AWS_MANAGED}service-role/AWSLambdaDynamoDBExecutionRole",
    "SQS": f"{AWS_MANAGED}service-role/AWSLambdaSQSQueueExecutionRole",
}
LOG_DELIVERY = {  # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    *(f"logs:{verb}LogDelivery" for verb in ("Create", "Get", "Update", "Delete")),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
}
FUNCTIONS = resources("AWS::Serverless::Function")
TABLES = resources("AWS::DynamoDB::Table")
WORKERS = [name for name in FUNCTIONS if len(entry_points(name)) > 1]
STATES = [f"{state}Function" for state in tasks(ORDER.name)]  # whose handlers the workers run, too


def table_of(variable: str) -> str:
    return str(template()["Globals"]["Function"]["Environment"]["Variables"][variable]["Ref"])


def allowed(name: str) -> set[tuple[str, str]]:
    """Return the actions that a role allows, each with its resource."""
    each = [
        (action, target)
        for one in statements(roles()[name])
        for action in listed(one["Action"])
        for target in targets(one)
    ]
    assert len(each) == len(set(each))
    return set(each)


def next_queues(queue: str) -> set[str]:
    """Return the queues that get a message after one from this queue."""
    found = set[str]()
    for stops in (route(saga.name) for saga in IN_QUEUES):
        for stop in (each for each in stops.values() if queues()[each.queue] == queue):
            following = {stop.following, *stop.caught.values(), stop.otherwise} - {END, None}
            found |= {queues()[stops[str(state)].queue] for state in following}
    return found


def test_every_function_and_every_state_machine_has_its_own_role() -> None:
    assert set(roles()) == {*FUNCTIONS, *(machine(saga.name) for saga in MACHINES)}


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
    for saga in MACHINES:
        ((condition, policy, otherwise),) = conditional.pop(machine(saga.name))
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert (condition, otherwise) == ("IsExpress", {"Ref": "AWS::NoValue"})
        assert (statement["Resource"], set(statement["Action"])) == ("*", LOG_DELIVERY)
    assert not any(conditional.values())


def test_no_resource_policy_has_a_wildcard() -> None:
    documents = [each["Properties"].get("PolicyDocument") for each in transformed().values()]
    assert "*" not in json.dumps(documents)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_only_managed_policies_of_a_function_are_for_logs_traces_and_what_it_reads(name: str) -> None:
    sources = {event["Type"] for event in FUNCTIONS[name]["Properties"].get("Events", {}).values()}
    assert set(roles()[name]["ManagedPolicyArns"]) == {LOGS, TRACES, *(READS[each] for each in sources & READS.keys())}


@pytest.mark.parametrize("saga", MACHINES, ids=lambda saga: str(saga.name))
def test_a_state_machine_may_invoke_exactly_the_functions_that_it_calls(saga: Saga) -> None:
    called = re.findall(r"\$\{(\w+Function)\}", json.dumps(definition(saga.name)))
    role = roles()[machine(saga.name)]
    assert {action for each in statements(role) for action in listed(each["Action"])} == {"lambda:InvokeFunction"}
    assert sorted(target for each in statements(role) for target in targets(each)) == sorted(called)
    assert role["ManagedPolicyArns"] == [TRACES]


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_may_do_what_its_states_and_a_pause_may_do_elsewhere_and_pass_messages_on(name: str) -> None:
    steps = [each for each in STATES if set(entry_points(each)) & set(entry_points(name))]
    queue = str(FUNCTIONS[name]["Properties"]["Events"]["Queue"]["Properties"]["Queue"]["Fn::GetAtt"][0])
    passes_on = {("sqs:SendMessage", target) for target in next_queues(queue)}
    expected = set().union(*map(allowed, [*steps, "PauseOrderFunction"]))
    assert len(steps) == len(entry_points(name)) - 1
    assert allowed(name) == expected | passes_on | {("sqs:ChangeMessageVisibility", queue)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_may_only_use_tables_that_its_code_names(name: str) -> None:
    variables = {setting for handler in entry_points(name) for setting in settings(handler)}
    named = {table_of(variable) for variable in variables if variable.endswith("_TABLE")}
    allowed = {target for each in statements(roles()[name]) for target in targets(each)}
    assert allowed & set(TABLES) <= named


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_function_may_scan_or_empty_a_table(name: str) -> None:
    actions = {action for each in statements(roles()[name]) for action in listed(each["Action"])}
    assert not actions & {"dynamodb:Scan", "dynamodb:BatchWriteItem", "dynamodb:DeleteTable", "dynamodb:CreateTable"}
