"""Least privilege: each function's role is sufficient, and the engine enforces it."""

import json
import re

from tests.e2e.shop import Shop
from tests.e2e.transactions import Transactions
from tests.support.template import ROOT, resources


def log_lines(shop: Shop) -> list[str]:
    logs = shop.client("logs")
    groups = [
        each for each in resources("AWS::Logs::LogGroup").values() if each.get("Condition") in (None, "HasQueues")
    ]
    names = [
        group["Properties"]["LogGroupName"]["Fn::Sub"].replace("${AWS::StackName}", shop.stack.name) for group in groups
    ]
    pages = [page for name in names for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name)]
    return [event["message"] for page in pages for event in page["events"]]


def test_no_function_lacks_a_permission_and_all_have_run(shop: Shop) -> None:
    ids = {token: shop.place(shop.order("monitor", 1, token)) for token in ("pm_ok", "pm_declined")}
    for order_id in ids.values():
        shop.ended(order_id)
    transactions = Transactions(shop)
    for transaction in [transactions.start(transactions.body(token=token)) for token in ids]:
        transactions.ended(transaction)
    for function in resources("AWS::Serverless::Function"):
        event = json.loads(sample(function))
        answer = shop.invoke(function, event)
        assert "AccessDenied" not in json.dumps(answer), function
    assert not [line for line in log_lines(shop) if "AccessDenied" in line]


def test_a_function_fails_without_one_of_its_permissions(shop: Shop) -> None:
    function = shop.stack.function_name("PlaceOrderFunction")
    role = shop.client("lambda").get_function_configuration(FunctionName=function)["Role"].rpartition("/")[2]
    statement = {"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = shop.client("iam")
    iam.put_role_policy(RoleName=role, PolicyName="denied", PolicyDocument=policy)
    try:
        assert shop.post(shop.order())[0] == 500
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="denied")
    assert shop.post(shop.order())[0] == 202


def sample(logical_id: str) -> str:
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", logical_id.removesuffix("Function")).lower()
    return (ROOT / "events" / f"{stem}.json").read_text()
