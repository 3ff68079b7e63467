"""`saga check` reads page by page, finds what a check of all rows at once would find, and goes on where it stopped."""

import json
from collections.abc import Iterator

import pytest

from saga.failures import Failure
from saga.http import Json
from saga.reconcile import run
from saga.reconcile.part import Place
from saga.reconcile.walk import BEGINNING
from saga.stack import tables
from saga.stack.products import restock
from saga.stack.stack import Stack
from sagakit import dynamodb
from sagas import RETURN
from tests.support import endless, steps, world
from tests.support.cli import saga
from tests.support.stopped_clock import HOUR, StoppedClock
from tests.support.template import tables_of_record

ROWS = 12  # of a page
KEYS = {"ORDER_LINES": ("productId", "line"), "EVENTS": ("orderId", "eventType"), "SAGAS": ("orderId",)} | {
    "INVENTORY": ("productId",),
    "GATEWAY_LEDGER": ("id",),
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_SETTLING_SECONDS", 0)


def in_pages(stack: Stack, table: str, start: int | None = None) -> Iterator[tuple[list[tables.Item], int | None]]:
    """Page through a table in an order in which the events of one saga do not lie side by side."""
    name = stack.outputs[table].removeprefix("test-").upper()
    rows = sorted(world.rows(name) + [world.SECRET] * (name == "SAGAS"), key=lambda row: sorted(map(str, row.values())))
    for first in range(start or 0, len(rows), ROWS):
        more = first + ROWS < len(rows)
        yield rows[first : first + ROWS], first + ROWS if more else None
    if not rows:
        yield [], None


@pytest.fixture
def paged(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Return a stack with orders that are confirmed, returned, failed, paused and parked, on small pages."""
    for bring in (steps.failed, steps.paused, steps.parked):
        bring()
    steps.confirmed(RETURN)
    monkeypatch.setattr(tables, "pages", in_pages)
    return stack


def told(*, of: Stack) -> set[str]:
    return set(run.check(of))


def at_once() -> set[str]:
    """Return what a check of all rows at once finds."""
    rows = {name: world.rows(name) for name in tables_of_record()}
    return set(run.findings({**rows, "SAGAS": [*rows["SAGAS"], world.SECRET]}, 0))


def test_whatever_row_is_missing_the_parts_tell_what_the_whole_tells(paged: Stack) -> None:
    assert told(of=paged) == at_once() == set()
    shapes = {(table, frozenset(row)): row for table in KEYS for row in world.rows(table)}
    for (table, _), row in shapes.items():
        world.remove(table, **{name: row[name] for name in KEYS[table]})
        assert told(of=paged) == at_once(), row
        world.put(table, row)


def test_orders_that_lost_all_their_events_are_told(paged: Stack) -> None:
    orders = {row["orderId"] for row in world.rows("SAGAS")}
    for row in world.rows("EVENTS"):
        world.remove("EVENTS", orderId=row["orderId"], eventType=row["eventType"])
    assert orders <= {each.partition(":")[0] for each in told(of=paged)}


def test_a_window_has_what_was_placed_since_and_the_orders_of_returns(stack: Stack, still: StoppedClock) -> None:
    before, returned = steps.confirmed(), steps.confirmed()
    still.advance(HOUR)
    since, placed = still.now, steps.confirmed()
    world.returned(returned)
    for order_id in (before, returned, placed):
        world.forget(order_id, "PaymentCharged")
    check = run.Check(stack, since)
    assert set(check.violations()) == {f"{each}: is CONFIRMED without PaymentCharged" for each in (returned, placed)}
    assert check.not_judged.startswith("the stock")


def test_a_product_that_changes_meanwhile_is_not_judged(stack: Stack) -> None:
    steps.confirmed()
    for product_id in ("monitor", "laptop"):
        world.put("INVENTORY", {**world.product(product_id), "available": 7})

    def deliver(table: str, _rows: int) -> None:
        if table == "EVENTS":
            restock(stack, "laptop", 1)

    check = run.Check(stack)
    assert check.violations(deliver) == ["monitor: 100 stocked, 7 left, 2 held"]
    assert check.not_judged == "the stock of laptop was not judged: it changed meanwhile"


def interrupted(stack: Stack, parts: int) -> run.Check:
    """Return a check that was interrupted after so many parts."""
    check, left = run.Check(stack), iter(range(parts))

    def advance(_table: str, _rows: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check.violations(advance)
    return check


def test_an_interrupted_check_and_the_one_that_goes_on_find_everything_but_the_stock(paged: Stack) -> None:
    for row in world.rows("EVENTS"):
        if row["eventType"] in ("PaymentCharged", "OrderFailed"):
            world.remove("EVENTS", orderId=row["orderId"], eventType=row["eventType"])
    world.put("ORDER_LINES", {"productId": "monitor", "line": "x", "orderId": "another"})
    expected, places = told(of=paged), set[str]()
    for parts in (0, 2, 5, 8):
        first = interrupted(paged, parts)
        places.add(first.place.text)
        rest = run.Check(paged, place=Place.of(first.place.text))
        assert {*first.found, *rest.violations()} == expected
        assert rest.not_judged.startswith("the stock") == (first.place != BEGINNING)
    assert len(places) > 3


@pytest.mark.usefixtures("target_stack", "paged")
def test_the_command_says_how_to_go_on_and_does(monkeypatch: pytest.MonkeyPatch) -> None:
    world.put("ORDER_LINES", {"productId": "monitor", "line": "x", "orderId": "another"})
    read = tables.rows

    def fail(stack: Stack, table: str, keys: Json, **options: Json) -> Iterator[tables.Item]:
        if {"orderId": "another"} in keys:
            raise Failure("the connection is gone")
        yield from read(stack, table, keys, **options)

    with monkeypatch.context() as patch:
        patch.setattr(tables, "rows", fail)
        first = saga("check")
    told = first.stderr.splitlines()
    assert first.exit_code == 1
    assert told[-3] == "Found nothing so far."
    command, _, place = told[-2].partition(" --from ")
    assert command == "Go on with: saga check"
    assert saga("check", "--from", place).stdout == "another: no such order\n"


@pytest.mark.usefixtures("target_stack")
@pytest.mark.parametrize(
    "wrong", [["--from", "?"], ["--from", Place("VANS").text], ["--from", "W10"], ["--since", "1h", "--from", "x"]]
)
def test_a_place_that_no_check_has_printed_is_refused(wrong: list[str]) -> None:
    assert saga("check", *wrong).exit_code == 2


def test_a_check_of_many_orders_holds_as_many_rows_as_that_of_a_few(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = steps.confirmed()
    names = {order_id: endless.ORDER, world.intents()[0]["id"]: endless.INTENT}
    rows = {table: as_pattern(world.rows(table), names) for table in KEYS if table != "INVENTORY"}
    monkeypatch.setattr(endless, "PAGE", 150)
    few, many = (endless.checked(stack, rows, orders) for orders in (300, 750))
    assert few.rows == many.rows


def as_pattern(rows: list[tables.Item], names: dict[str, str]) -> str:
    text = json.dumps([dynamodb.to_wire(row) for row in rows])
    for name, placeholder in names.items():
        text = text.replace(name, placeholder)
    return text
