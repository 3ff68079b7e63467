"""The environments of `sam`: dev by default, prod by name."""

import tomllib
from typing import Any

import pytest

from tests.support.template import ROOT

ENVIRONMENTS: dict[str, Any] = tomllib.loads((ROOT / "samconfig.toml").read_text())
STAGES = {"default": "dev", "prod": "prod"}


def parameters(environment: str, command: str) -> Any:
    return ENVIRONMENTS[environment][command]["parameters"]


def test_there_are_two_environments() -> None:
    assert {name for name in ENVIRONMENTS if name != "version"} == set(STAGES)


@pytest.mark.parametrize("environment", STAGES)
def test_each_environment_lints_builds_from_the_cache_and_deploys_its_own_stack(environment: str) -> None:
    stage = STAGES[environment]
    build = parameters(environment, "build")
    assert (build["cached"], build["parallel"]) == (True, True)
    assert parameters(environment, "validate")["lint"] is True
    assert parameters(environment, "global")["language_extensions"] is True
    assert parameters(environment, "deploy")["resolve_s3"] is True
    assert parameters(environment, "global")["stack_name"] == f"order-saga-{stage}"


@pytest.mark.parametrize("environment", STAGES)
def test_every_command_reads_the_parameters_of_its_environment_so_that_none_deploys_those_of_another(
    environment: str,
) -> None:
    overriding = [
        name for name, command in ENVIRONMENTS[environment].items() if "parameter_overrides" in command["parameters"]
    ]
    assert overriding == ["global"]
    assert f"Stage={STAGES[environment]}" in parameters(environment, "global")["parameter_overrides"].split()


def test_only_prod_asks_for_confirmation() -> None:
    asks = {name: parameters(name, "deploy")["confirm_changeset"] for name in STAGES}
    assert asks == {"default": False, "prod": True}
