"""Which stack a command is about."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from saga import target
from saga.failure import Unreachable, UsageFailure
from saga.stack import Stack
from saga.target import Target

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
    """What was loaded from AWS: name, region, profile. No engine runs."""
    asked: Loaded = []
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samconfig.toml").write_text(SAMCONFIG)
    monkeypatch.setattr(target, "ENGINE_HOME", tmp_path / "engine")
    monkeypatch.setattr("saga.aws.session", lambda profile, region: (region, profile))
    load: Callable[..., None] = lambda session, name: asked.append((name, *session))  # noqa: E731
    monkeypatch.setattr(Stack, "load", load)
    return asked


def test_an_environment_of_samconfig_names_stack_region_and_profile(loaded: Loaded) -> None:
    Target(config_env="prod").load()
    assert loaded == [("order-saga-prod", "eu-west-1", "operator")]


def test_a_flag_goes_before_samconfig(loaded: Loaded) -> None:
    Target(config_env="prod", stack="mine", region="us-west-2", profile="me").load()
    assert loaded == [("mine", "us-west-2", "me")]


def test_a_stack_that_is_named_is_on_aws_when_no_engine_runs(loaded: Loaded) -> None:
    Target(stack="mine").load()
    assert loaded == [("mine", None, None)]


@pytest.mark.usefixtures("loaded")
def test_an_unknown_environment_is_a_usage_error_that_names_the_known_ones() -> None:
    with pytest.raises(UsageFailure, match="no environment staging; it has default, prod"):
        Target(config_env="staging").load()


@pytest.mark.usefixtures("loaded")
def test_without_a_flag_and_without_an_engine_nothing_is_guessed() -> None:
    with pytest.raises(Unreachable, match="engine is not running"):
        Target().load()
