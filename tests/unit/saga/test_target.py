"""Which stack a command targets."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from saga.failures import Unreachable, UsageFailure
from saga.stack import target
from saga.stack.stack import Stack
from saga.stack.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

type Loaded = list[tuple[str, str | None, str | None]]

SAMCONFIG = """
version = 0.1
[default.global.parameters]
stack_name = "order-saga-dev"
[prod.global.parameters]
stack_name = "order-saga-prod"
region = "eu-west-1"
[prod.deploy.parameters]
profile = "operator"
"""


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """Return what is loaded from AWS: name, region, profile. No engine runs."""
    found: Loaded = []
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samconfig.toml").write_text(SAMCONFIG)
    monkeypatch.setattr(target, "ENGINE_HOME", tmp_path / "engine")
    monkeypatch.setattr("saga.stack.target.session", lambda profile, region: (region, profile))
    load: Callable[..., None] = lambda session, name: found.append((name, *session))  # noqa: E731
    monkeypatch.setattr(Stack, "load", load)
    return found


def test_an_environment_of_samconfig_names_stack_region_and_profile(loaded: Loaded) -> None:
    Target(config_env="prod").load()
    assert loaded == [("order-saga-prod", "eu-west-1", "operator")]


def test_options_override_samconfig(loaded: Loaded) -> None:
    Target(config_env="prod", stack="mine", region="us-west-2", profile="me").load()
    assert loaded == [("mine", "us-west-2", "me")]


def test_a_named_stack_is_on_aws_if_no_engine_runs(loaded: Loaded) -> None:
    Target(stack="mine").load()
    assert loaded == [("mine", None, None)]


@pytest.mark.usefixtures("loaded")
def test_an_unknown_environment_is_a_usage_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UsageFailure, match="no environment staging, only default, prod"):
        Target(config_env="staging").load()


@pytest.mark.usefixtures("loaded")
def test_without_options_and_without_an_engine_there_is_no_default() -> None:
    with pytest.raises(Unreachable, match="engine is not running"):
        Target().load()
