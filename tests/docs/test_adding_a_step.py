"""The worked example of docs/adding-a-step.md, followed to the letter on a copy of the repository."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from payment.domain import CHARGE
from sagas import ORDER
from statemachine import policies
from statemachine.policies import Retry
from statemachine.states import definition
from tests.docs.following import BLOCKS, CACHE, PAGE, copied, follow, run
from tests.support.template import ROOT, template
from tests.template.longer_saga import PAY_OUT, REVERSE

WITHOUT_BREAKS = " ".join(PAGE.split())
PYTEST = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
PARTICIPANT, TESTS = "functions/shipping", "tests/unit/shipping"
CONTRACT = "tests/unit/sagakit/test_step_contract.py"
# In the copy, of the tests that take most of the time, only those of the new step: not those of other sagas, nor of
# days of waiting for the gateway. cfn-lint has a test of its own here; that of file names needs Git.
# What depends on which steps there are. Everything else runs on the project itself.
ABOUT_STEPS = (
    *("Shipment", "shipping", "pm_ok", "pm_declined", "test_invariants"),
    *("test_catches", "test_definition", "test_error_kinds", "test_events", "test_missing", "test_package_names"),
    *("test_permissions", "test_rules", "test_template", "test_time_budget"),
)
BY_HAND = {block.path for block in BLOCKS}
LINES_BY_HAND = [
    line for block in BLOCKS for line in block.text.splitlines() if block.kind == "new" or line[:1] in "+-"
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository in which the page was followed."""
    return follow(copied(tmp_path_factory.mktemp("repository")))


def passes(home: Path, program: str, *arguments: str) -> bool:
    done = run(home, program, *arguments)
    print(done.stdout, done.stderr)  # pytest shows it if the test fails
    return done.returncode == 0


def test_every_block_names_its_file() -> None:
    assert len(re.findall("^```", PAGE, re.MULTILINE)) == 2 * len(BLOCKS)


def test_the_page_and_the_code_written_by_hand_are_short() -> None:
    assert len(PAGE.splitlines()) <= 300
    assert 0 < len(BY_HAND) <= 6
    assert 0 < len(LINES_BY_HAND) <= 200


def test_the_definition_with_the_new_step_fits_as_the_page_says(copy: Path) -> None:
    paths = [longest_path(home) for home in (ROOT, copy)]
    assert f"Without the new step the path takes {paths[0]} seconds; with it, {paths[1]}." in WITHOUT_BREAKS


def test_a_second_effect_only_fits_with_shorter_waits_as_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    longer = replace(ORDER, steps=(*ORDER.steps, (PAY_OUT, REVERSE)))
    with pytest.raises(ValueError, match="the longest path takes 308 s"):
        definition(longer)
    assert "A second effect makes the longest path 308 seconds, so shorten `STILL_PENDING`" in WITHOUT_BREAKS
    monkeypatch.setattr(policies, "STILL_PENDING", Retry(2, interval=3, jitter=False))
    assert "path 244 < execution 300 " in definition(longer)["Comment"]


def test_the_page_tells_how_often_an_effect_is_asked_about() -> None:
    assert (policies.STILL_PENDING.attempts, policies.STILL_PENDING.interval) == (4, 3)
    assert "asks again four times, every three seconds" in WITHOUT_BREAKS


def longest_path(home: Path) -> str:
    generated = (home / "statemachine" / "order_saga.asl.json").read_text()
    (path,) = re.findall(r"path (\d+) < execution", generated)
    return str(path)


@pytest.mark.parametrize(
    ("parameter", "described"),
    [("OrderDeadlineSeconds", "`{}` (two hours)"), ("CompensationPatienceSeconds", "`{}` (a day)")],
)
def test_the_page_tells_how_long_an_order_waits(parameter: str, described: str) -> None:
    seconds = {"(two hours)": 2 * 3600, "(a day)": 24 * 3600}[described.removeprefix("`{}` ")]
    assert described.format(parameter) in PAGE
    assert template()["Parameters"][parameter]["Default"] == seconds


def test_an_example_of_a_final_error_on_the_page_is_one_of_the_code() -> None:
    examples = re.findall(r"final=\((\w+),\)", PAGE)
    declared = {error.__name__ for compensation in ORDER.compensations for error in compensation.final}
    assert examples
    assert set(examples) <= declared


@pytest.mark.parametrize("check", [("check",), ("format", "--check")], ids=["lint", "format"])
def test_the_generated_code_is_clean(copy: Path, check: tuple[str, ...]) -> None:
    modules = [path for path in BY_HAND if path.endswith(".py")]
    assert passes(copy, "ruff", *check, "--no-cache", PARTICIPANT, TESTS, "functions/sagas.py", *modules)


def test_the_generated_code_is_typed(copy: Path) -> None:
    simulation = "verification/simulator/world/simulation.py"
    assert passes(copy, "mypy", *CACHE, PARTICIPANT, TESTS, "functions/sagas.py", "statemachine", simulation)


def test_the_imports_of_the_new_participant_obey_the_contracts(copy: Path) -> None:
    assert passes(copy, "lint-imports", "--no-cache")


def test_the_changed_template_is_valid(copy: Path) -> None:
    assert passes(copy, "cfn-lint", "template.yaml")


@pytest.mark.parametrize("check", [("missing",), ("generate", "--check")], ids=["missing", "definition"])
def test_nothing_is_missing_and_nothing_is_stale(copy: Path, check: tuple[str, ...]) -> None:
    module, *arguments = check
    assert passes(copy, "python", "-m", f"statemachine.{module}", *arguments)


def test_the_refusal_does_not_call_recovery(copy: Path) -> None:
    refusals = re.findall(r"anything-but: \[(.*?)\]", (copy / "template.yaml").read_text())
    assert [each.split(", ")[-1] for each in refusals] == ["Undeliverable"]


def test_the_tests_of_the_page_the_contract_the_template_and_the_saga_pass_with_the_new_step(copy: Path) -> None:
    ended = run(copy, *PYTEST, "-rfEp", TESTS, CONTRACT, "tests/template", "tests/saga", "-k", " or ".join(ABOUT_STEPS))
    passed = re.findall(r"^PASSED ([^:]+)", ended.stdout, re.MULTILINE)
    own = [file for file in passed if file == CONTRACT or file.startswith(TESTS)]
    assert (ended.returncode, len(own) > 20) == (0, True), ended.stdout


def test_the_simulator_finds_no_counterexample_and_runs_the_new_step(copy: Path) -> None:
    ended = run(copy, "python", "-m", "verification.simulator", "--saga", "order", "-n", "60")
    assert (ended.returncode, "60 schedules" in ended.stdout) == (0, True), ended.stdout
    assert {"BookShipment", "VoidShipment"} <= set(re.findall(r"\w+Shipment", ended.stdout))


def test_an_introduced_step_is_not_required_yet_but_must_be_undone() -> None:
    introducing = replace(ORDER, introduced=(CHARGE,))
    assert (introducing.confirmed_by, introducing.undone_by) == (("InventoryReserved",), ORDER.undone_by)
