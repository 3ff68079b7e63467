"""The worked example of docs/adding-a-step.md, followed to the letter on a copy of the repository."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from payment.domain import CHARGE
from sagas import ORDER
from tests.docs.following import BLOCKS, PAGE, copied, follow, new_step, run

PYTEST = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
PARTICIPANT, TESTS = "functions/shipping", "tests/unit/shipping"
BY_HAND = {block.path for block in BLOCKS}
LINES_BY_HAND = [
    line for block in BLOCKS for line in block.text.splitlines() if block.kind == "new" or line[:1] in "+-"
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the repository in which the page was followed."""
    return follow(copied(tmp_path_factory.mktemp("repository")))


def passes(home: Path, program: str, *arguments: str) -> bool:
    done = run(home, program, *arguments)
    print(done.stdout, done.stderr)  # pytest shows it, if the test fails
    return done.returncode == 0


def test_every_block_says_which_file_it_is() -> None:
    assert len(re.findall("^```", PAGE, re.MULTILINE)) == 2 * len(BLOCKS)


def test_the_page_is_short_and_so_is_what_it_writes_by_hand() -> None:
    assert len(PAGE.splitlines()) <= 300
    assert 0 < len(BY_HAND) <= 6
    assert 0 < len(LINES_BY_HAND) <= 200


def test_before_the_retries_are_shortened_the_command_says_that_the_path_is_too_long(tmp_path: Path) -> None:
    told = new_step(copied(tmp_path)).stdout
    assert "The definition is not generated: order: the longest path takes 388 s" in told
    assert "with it, 388" in PAGE


@pytest.mark.parametrize("check", [("check",), ("format", "--check")], ids=["lint", "format"])
def test_what_is_written_is_clean(copy: Path, check: tuple[str, ...]) -> None:
    modules = [path for path in BY_HAND if path.endswith(".py")]
    assert passes(copy, "ruff", *check, "--no-cache", PARTICIPANT, TESTS, "functions/sagas.py", *modules)


def test_what_is_written_is_typed(copy: Path) -> None:
    assert passes(
        copy, "mypy", PARTICIPANT, TESTS, "functions/sagas.py", "statemachine", "verification/simulator/run.py"
    )


def test_the_imports_of_the_new_participant_are_kept_in_order(copy: Path) -> None:
    assert passes(copy, "lint-imports", "--no-cache")


def test_the_changed_template_is_valid(copy: Path) -> None:
    assert passes(copy, "cfn-lint", "template.yaml")


@pytest.mark.parametrize("check", [("missing",), ("generate", "--check")], ids=["missing", "definition"])
def test_nothing_is_missing_and_nothing_is_stale(copy: Path, check: tuple[str, ...]) -> None:
    module, *arguments = check
    assert passes(copy, "python", "-m", f"statemachine.{module}", *arguments)


def test_the_refusal_is_nothing_for_recovery_and_no_unexpected_failure(copy: Path) -> None:
    template = (copy / "template.yaml").read_text()
    assert "anything-but: [InsufficientStock, PaymentDeclined, Undeliverable]" in template
    assert (
        "FilterPattern: OrdersFailed -InsufficientStock -PaymentDeclined -Undeliverable -CustomerCancelled" in template
    )


def test_the_tests_of_the_page_and_the_contract_suite_pass_for_the_new_step(copy: Path) -> None:
    told = run(copy, *PYTEST, TESTS, "tests/unit/sagakit/test_step_contract.py", "-k", "Shipment or shipping")
    passed = re.search(r"(\d+) passed", told.stdout)
    assert (told.returncode, passed and int(passed[1]) > 20) == (0, True), told.stdout


@pytest.mark.parametrize("tests", ["tests/template", "tests/saga"])
def test_the_tests_of_the_template_and_of_the_saga_pass_with_the_new_step(copy: Path, tests: str) -> None:
    # Of the faults at every task only those at the new ones, which takes a quarter of the time.
    assert passes(copy, *PYTEST, tests, "-k", "Shipment or not test_faults")


def test_the_explorer_finds_no_counter_example_and_plays_the_new_step(copy: Path) -> None:
    told = run(copy, "python", "-m", "verification.simulator", "-n", "150")
    assert (told.returncode, "150 schedules" in told.stdout) == (0, True), told.stdout
    assert {"BookShipment", "VoidShipment"} <= set(re.findall(r"\w+Shipment", told.stdout))


def test_a_step_that_is_introduced_is_not_required_yet_but_has_to_be_undone() -> None:
    introducing = replace(ORDER, introduced=(CHARGE,))
    assert (introducing.confirmed_by, introducing.undone_by) == (("InventoryReserved",), ORDER.undone_by)
