"""`saga new step` writes everything that follows from the names, or nothing. It prints what has no certain place."""

import json
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from saga.cli.app import app
from saga.cli.commands import new
from saga.cli.register import EXAMPLES
from saga.scaffold.names import past, plural, snake
from tests.docs.following import CACHE, COMMAND, copied, new_step, run
from tests.support.template import ROOT

BOOK = "new step BookShipment --undo VoidShipment --participant shipping"
DRAWING = "saga/stack/transaction_saga.json"
HOLD = "new step HoldShelf --undo FreeShelf"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the part of the project that the command changes, and go there."""
    for name in ("events", "functions", "statemachine"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / DRAWING).parent.mkdir(parents=True)
    for name in ("pyproject.toml", "template.yaml", DRAWING):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(project: Path) -> dict[str, str]:
    return {str(file.relative_to(project)): file.read_text() for file in sorted(project.rglob("*")) if file.is_file()}


def saga(line: str) -> Result:
    return CliRunner().invoke(app, shlex.split(line))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


# --- What it writes --------------------------------------------------------------------------------------------------


def test_a_project_with_a_new_step_passes_its_checks_and_the_generated_tests_at_once(tmp_path: Path) -> None:
    copy = copied(tmp_path / "copy")
    assert new_step(copy, BOOK).returncode == 0
    written = ("functions/shipping", "functions/sagas.py", "tests/unit/shipping")
    for check in (
        ("ruff", "check", "--no-cache", *written),
        ("ruff", "format", "--check", "--no-cache", *written),
        ("mypy", *CACHE, *written),
        ("lint-imports", "--no-cache"),
        ("python", "-m", "statemachine.missing"),
        ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/shipping"),
    ):
        done = run(copy, *check)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_is_that_of_the_guide_where_the_template_is_checked_too() -> None:
    assert COMMAND == BOOK


def test_the_definition_is_generated_if_the_longest_path_fits(project: Path) -> None:
    assert "The definition is generated." in saga(BOOK).stdout
    states = json.loads((project / "statemachine/order_saga.asl.json").read_text())["States"]
    assert (states["ProcessPayment"]["Next"], states["BookShipment"]["Next"]) == ("BookShipment", "ConfirmOrder")
    assert (states["CancelOrder"]["Next"], states["VoidShipment"]["Next"]) == ("VoidShipment", "RefundPayment")


def test_a_technical_failure_of_the_new_step_pauses_the_saga(project: Path) -> None:
    saga(BOOK)
    states = json.loads((project / "statemachine/order_saga.asl.json").read_text())["States"]
    assert [(rule["ErrorEquals"], rule["Next"]) for rule in states["BookShipment"]["Catch"]] == [
        (["SagaCancelled"], "CancelOrder"),
        (["States.ALL"], "PauseOrder"),
    ]


def test_if_the_longest_path_does_not_fit_the_message_says_what_to_shorten(project: Path) -> None:
    before = (project / "statemachine/order_saga.asl.json").read_text()
    limit = "    execution_seconds=300,  # as long as EXPRESS lasts"
    change(project / "functions/sagas.py", limit, limit.replace("300", "230"))
    result = saga(BOOK)
    assert result.exit_code == 0
    assert "The definition is not generated: order: the longest path takes 244 s" in result.stdout
    assert "Shorten a retry in statemachine/policies.py" in result.stdout
    assert (project / "statemachine/order_saga.asl.json").read_text() == before


@pytest.mark.usefixtures("project")
def test_the_last_lines_say_what_to_decide_also_about_errors_that_never_pass() -> None:
    decide = saga(BOOK).stdout.partition("Now decide:\n")[2]
    assert "declare an error and its event as a refusal in functions/shipping/domain.py" in decide
    assert "declare that error as final" in decide
    assert "pauses the saga" in decide


def test_the_new_step_is_the_last_one_unless_an_option_names_the_step_before_it(project: Path) -> None:
    saga(f"{BOOK} --after ReserveInventory")
    saga(f"{HOLD} --participant shelf")
    steps = "steps=((RESERVE, RELEASE), (BOOK, VOID), (CHARGE, REFUND), (HOLD, FREE)),"
    assert steps in (project / "functions/sagas.py").read_text()


def test_two_participants_may_both_book_something(project: Path) -> None:
    saga(BOOK)
    saga("new step BookHotelRoom --undo VoidHotelRoom --participant hotel")
    sagas = (project / "functions/sagas.py").read_text()
    assert "from hotel.domain import BOOK_HOTEL_ROOM, VOID_HOTEL_ROOM\n" in sagas
    assert "(BOOK, VOID), (BOOK_HOTEL_ROOM, VOID_HOTEL_ROOM)" in sagas
    assert "HOTEL_ROOMS_TABLE: !Ref HotelRoomsTable" in (project / "template.yaml").read_text()


def test_a_sample_event_is_about_the_same_order_as_the_others(project: Path) -> None:
    saga(BOOK)
    samples = {name: (project / "events" / f"{name}.json").read_text() for name in ("book_shipment", "void_shipment")}
    assert samples["book_shipment"] == (project / "events/reserve_inventory.json").read_text()
    assert samples["void_shipment"] == (project / "events/release_inventory.json").read_text()


def test_an_option_corrects_the_past_tense(project: Path) -> None:
    saga(f"{BOOK} --event ShipmentAgreed --undo-event ShipmentGone")
    domain = (project / "functions/shipping/domain.py").read_text()
    assert 'Step("BookShipment", event="ShipmentAgreed")' in domain
    assert 'Compensation("VoidShipment", event="ShipmentGone", undoes=BOOK)' in domain


def test_programs_get_the_same_as_json(project: Path) -> None:
    result = json.loads(saga(f"{BOOK} --json").stdout)
    assert all((project / path).is_file() for path in result["created"])
    assert sorted(result["changed"]) == ["functions/sagas.py", "pyproject.toml", "template.yaml"]
    assert (len(result["created"]), result["byHand"]) == (8, [])
    assert result["definition"] == "The definition is generated."


@pytest.mark.parametrize("example", EXAMPLES[f"{new.__name__}.step"])
def test_the_examples_of_the_help_can_be_run(project: Path, example: str) -> None:
    assert saga(example).exit_code == 0
    assert (project / "functions/shipping/app.py").is_file()


# --- What it prints instead ------------------------------------------------------------------------------------------


def test_the_code_for_an_existing_participant_is_printed(project: Path) -> None:
    before = files(project)
    result = saga(f"{HOLD} --participant inventory")
    after = files(project)
    assert result.exit_code == 0
    for name in ("domain", "app", "store"):
        assert f"Add to functions/inventory/{name}.py" in result.stdout
        assert after[f"functions/inventory/{name}.py"] == before[f"functions/inventory/{name}.py"]
    assert 'HOLD = Step("HoldShelf", event="ShelfHeld")' in result.stdout
    assert after["pyproject.toml"] == before["pyproject.toml"]
    assert "Add to functions/sagas.py in steps, after the last step:\n\n, (HOLD, FREE)" in result.stdout
    assert after["functions/sagas.py"] == before["functions/sagas.py"]  # a row without its code would be an error


def test_a_step_about_things_that_have_a_table_gets_its_own_table(project: Path) -> None:
    result = saga("new step HoldEvent --undo FreeEvent --participant shelf")
    assert result.exit_code == 0
    assert "  HeldEventsTable:" in (project / "template.yaml").read_text()


@pytest.mark.parametrize("times", [0, 2], ids=["gone", "twice"])
def test_a_text_without_a_certain_place_is_printed_and_the_rest_is_written(project: Path, times: int) -> None:
    anchor = "        ConfirmOrderFunction: !GetAtt ConfirmOrderFunction.Arn\n"
    change(project / "template.yaml", anchor, times * anchor)
    result = saga(BOOK)
    assert result.exit_code == 0
    assert "Add to template.yaml DefinitionSubstitutions:" in result.stdout
    assert result.stdout.count("Add to ") == 1
    template = (project / "template.yaml").read_text()
    assert "  BookShipmentFunction:\n" in template
    assert "        BookShipmentFunction: !GetAtt" not in template


# --- What it refuses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("new step shipment --undo VoidShipment --participant shipping", "expected two words or more"),
        ("new step Book --undo VoidShipment --participant shipping", "expected two words or more"),
        (f"new step Book{'Shipment' * 5} --undo VoidShipment --participant shipping", "at most 40 letters"),
        ("new step BookShipment --undo voidShipment --participant shipping", "expected two words or more"),
        ("new step BookShipment --undo BookNothing --participant shipping", "'book' is reserved"),
        ("new step PrintLabel --undo TearLabel --participant labels", "'print' is reserved"),
        (f"{BOOK} --event booked", "expected two words or more"),
        ("new step BookShipment --undo VoidShipment --participant Shipping", "expected the name of a package"),
        ("new step BookShipment --undo VoidShipment --participant ../x", "expected the name of a package"),
        ("new step BookShipment --undo VoidShipment --participant sagakit", "expected the name of a package"),
        ("new step BookShipment --undo VoidShipment --participant json", "another module has this name"),
        ("new step BookShipment --undo VoidShipment --participant sagas", "functions/sagas.py exists already"),
        ("new step ReserveInventory --undo FreeShelf --participant shelf", "has a ReserveInventory already"),
        ("new step HoldShelf --undo CancelOrder --participant shelf", "has a CancelOrder already"),
        (f"{HOLD} --participant shelf --event PaymentCharged", "has a PaymentCharged already"),
        (f"{HOLD} --participant shelf --event OrderConfirmed", "is a name for the outcome of a saga"),
        (f"{HOLD} --participant shelf --undo-event OrderCancelling", "is a name for the outcome of a saga"),
        (f"{HOLD} --participant shelf --event ShelfMoved --undo-event ShelfMoved", "need an event each"),
        (f"{HOLD} --participant shelf --after ConfirmOrder", "there is no step ConfirmOrder"),
    ],
)
def test_an_invalid_step_is_refused_in_one_line_and_nothing_is_written(project: Path, line: str, reason: str) -> None:
    before = files(project)
    refused_in_one_line(saga(line), reason)
    assert files(project) == before


def refused_in_one_line(result: Result, reason: str, code: int = 2) -> None:
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith("saga: ")
    assert len(result.stderr.splitlines()) == 1
    assert reason in result.stderr


@pytest.mark.parametrize(
    "missing", ["functions/sagas.py", "template.yaml", "pyproject.toml", "events/confirm_order.json"]
)
def test_outside_a_project_nothing_is_written(project: Path, missing: str) -> None:
    (project / missing).unlink()
    before = files(project)
    refused_in_one_line(saga(BOOK), missing)
    assert files(project) == before


@pytest.mark.parametrize("taken", ["tests/unit/shipping/test_book.py", "events/void_shipment.json"])
def test_an_existing_file_is_not_overwritten(project: Path, taken: str) -> None:
    (project / taken).parent.mkdir(parents=True, exist_ok=True)
    (project / taken).write_text("mine")
    before = files(project)
    refused_in_one_line(saga(BOOK), f"{taken} exists already")
    assert files(project) == before


def test_with_several_sagas_it_needs_the_step_before_the_new_one(project: Path) -> None:
    sagas = project / "functions/sagas.py"
    second = 'RETURN = Saga("return", started="ReturnAsked", steps=((RESERVE, RELEASE),), execution_seconds=300)\n'
    sagas.write_text(f"{sagas.read_text()}\n{second}")
    refused_in_one_line(saga(BOOK), "Pass --after with the step before it")


def test_if_a_file_cannot_be_written_everything_is_restored(project: Path) -> None:
    (project / "tests/unit").mkdir(parents=True)
    (project / "tests/unit/shipping").write_text("no folder")
    before = files(project)
    folders = {path for path in project.rglob("*") if path.is_dir()}
    refused_in_one_line(saga(BOOK), "nothing was added", code=1)
    assert files(project) == before
    assert {path for path in project.rglob("*") if path.is_dir()} == folders


# --- Names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "participle"),
    [
        *[("Book", "Booked"), ("Void", "Voided"), ("Reserve", "Reserved"), ("Ship", "Shipped"), ("Mail", "Mailed")],
        *[("Cancel", "Cancelled"), ("Deny", "Denied"), ("Pay", "Paid"), ("Hold", "Held"), ("Fix", "Fixed")],
        ("Open", "Opened"),
    ],
)
def test_an_event_has_the_participle_of_the_verb(verb: str, participle: str) -> None:
    assert past(verb) == participle


@pytest.mark.parametrize(
    ("noun", "nouns"), [("Shipment", "Shipments"), ("Delivery", "Deliveries"), ("Box", "Boxes"), ("Day", "Days")]
)
def test_a_table_has_the_plural_of_the_noun(noun: str, nouns: str) -> None:
    assert plural(noun) == nouns


def test_a_file_is_named_in_small_letters() -> None:
    assert snake("BookHotelRoom") == "book_hotel_room"
