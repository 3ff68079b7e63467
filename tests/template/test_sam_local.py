"""`sam local`: what it passes to a container, by its own code, of what `make local-env` writes."""

import tomllib

import pytest
from samcli.local.lambdafn.env_vars import EnvironmentVariables  # type: ignore[import-untyped]

from saga.local.containers import FOLDER, VARIABLES
from tests.support.template import ROOT, resources, template
from tests.template.source import settings

FUNCTIONS = resources("AWS::Serverless::Function")
SHARED = template()["Globals"]["Function"]["Environment"]["Variables"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_container_gets_what_the_function_reads_and_the_address_of_the_engine(name: str) -> None:
    function = FUNCTIONS[name]["Properties"]
    declared = {**SHARED, **function.get("Environment", {}).get("Variables", {})}
    needed = {*settings(function["Handler"]), "AWS_ENDPOINT_URL"}
    given = EnvironmentVariables(variables=declared, override_values=dict.fromkeys(needed, "written")).resolve()
    assert {name for name, value in given.items() if value == "written"} == needed


def test_a_deployed_function_has_no_endpoint_so_that_it_uses_that_of_aws_or_of_the_engine_it_runs_in() -> None:
    assert SHARED["AWS_ENDPOINT_URL"] == {"Ref": "AWS::NoValue"}


def test_sam_reads_the_file_that_is_written() -> None:
    read = tomllib.loads((ROOT / "samconfig.toml").read_text())["default"]["global"]["parameters"]
    assert ROOT / read["env_vars"] == ROOT / ".engine" / FOLDER / VARIABLES
