"""What `make cfn` writes deploys without SAM, and that stack does the same as the one that SAM deployed."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from saga.engine.artefact import function_package
from saga.engine.process import Engine
from saga.http import call
from saga.local import catalogue
from saga.stack.stack import Stack
from sagas import ORDER
from scripts import cloudformation
from tests.e2e.shop import Shop

NAME = "order-saga-plain"
BUCKET = "packages"
PATIENCE = {"Delay": 1, "MaxAttempts": 300}  # seconds, and how often
# What differs between two orders, two stacks and two deployments.
ID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\bpi_\w+")
TIME = re.compile(r"\b\d{4}-\d\d-\d\dT[\d:.]+Z?|\b1\d{12}\b")
WAITED = re.compile(r"OrderResumed#\d+$")
DEPLOYMENT = re.compile(r"(?<=Deployment)[0-9a-f]{10}$")


@pytest.fixture(scope="module")
def plain(engine: Engine, shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Deploy the plain template beside the stack of all tests."""
    into = tmp_path_factory.mktemp("plain")
    assert cloudformation.main("--into", str(into)) == 0
    template = (into / cloudformation.TEMPLATE).read_text()
    (package,) = into.glob("functions-*.zip")
    s3, deployed = shop.client("s3"), shop.client("cloudformation")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=package.name, Body=for_the_engine(package, into).read_bytes())
    s3.put_object(Bucket=BUCKET, Key="template", Body=template.replace("python3.13", "provided.al2023").encode())
    parameters = {name: shop.stack.outputs[name] for name in ("Stage", "WorkflowType")}
    parameters |= {"CodeBucket": BUCKET, "CodeKey": package.name}
    deployed.create_stack(
        StackName=NAME,
        TemplateURL=f"{engine.endpoint}/{BUCKET}/template",
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    deployed.get_waiter("stack_create_complete").wait(StackName=NAME, WaiterConfig=PATIENCE)
    stack = Stack.load(engine.session(), NAME, engine.endpoint)
    catalogue.seed(stack)
    yield Shop(stack)
    deployed.delete_stack(StackName=NAME)
    deployed.get_waiter("stack_delete_complete").wait(StackName=NAME, WaiterConfig=PATIENCE)


def for_the_engine(package: Path, into: Path) -> Path:
    """Return the package with what the engine needs to run it; see saga/engine/build.py."""
    with zipfile.ZipFile(package) as zipped:
        zipped.extractall(into / "unzipped")
    return function_package(into / "unzipped", into)


def alike(text: str) -> str:
    """Return a text without IDs, times and the stack's name."""
    return TIME.sub("TIME", ID.sub("ID", text)).replace(NAME, "STACK").replace("order-saga-dev", "STACK")


def story(shop: Shop, token: str) -> tuple[str, list[str]]:
    """Place an order and return its view and its events, without IDs, times and the pauses of a slow machine."""
    order_id = shop.place(shop.order("monitor", 2, token))
    order = shop.ended(order_id)
    status, history = call(f"{shop.stack.api_url}/orders/{order_id}/events")
    assert status == 200
    return alike(repr(order)), [alike(repr(each)) for each in history["events"] if not WAITED.match(each["type"])]


def resources(shop: Shop) -> set[tuple[str, str]]:
    """Return the logical ID and the type of each resource."""
    pages = shop.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=shop.stack.name)
    found: list[dict[str, Any]] = [each for page in pages for each in page["StackResourceSummaries"]]
    return {(DEPLOYMENT.sub("", each["LogicalResourceId"]), each["ResourceType"]) for each in found}


def test_both_stacks_have_the_same_resources_and_definition(shop: Shop, plain: Shop) -> None:
    assert len(resources(shop)) > 100
    assert resources(plain) == resources(shop)
    assert alike(plain.stack.definition()) == alike(shop.stack.definition())
    assert plain.stack.outputs.keys() == shop.stack.outputs.keys()


@pytest.mark.parametrize(("token", "status"), [("pm_ok", "CONFIRMED"), ("pm_declined", "FAILED")])
def test_an_order_goes_the_same_way_in_both_stacks(shop: Shop, plain: Shop, token: str, status: str) -> None:
    order, events = story(plain, token)
    assert (order, events) == story(shop, token)
    assert f"'status': '{status}'" in order
    assert len(events) > len(ORDER.forward)


def test_the_books_of_the_plain_stack_add_up(plain: Shop) -> None:
    assert plain.violations() == []
