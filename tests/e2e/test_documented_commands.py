"""Every call of `saga` in README, docs and help, on the tests' engine, except those in `test_up_and_down`."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from saga.cli.app import app
from saga.engine.project import BIN
from tests.docs.following import copied
from tests.e2e.command import Command
from tests.e2e.documented import FOLLOWED, OF_THE_ENGINE, calls, is_bare, runnable
from tests.e2e.following import follow
from tests.e2e.shop import Shop, eventually

CALLS = calls()
ENDING = [words for words in CALLS if words[0] not in (*FOLLOWED, *OF_THE_ENGINE)]
ANSWER = "n\n"  # to a question: the orders of other tests must stay parked
FILES = ("order.json", "before.json", "after.json")  # that commands read


@pytest.fixture(scope="module")
def orders(shop: Shop) -> dict[str, str]:
    """Return an order for each verb that needs one in a certain state; for all others, one that was declined."""
    declined, waiting, parked = (
        shop.place(shop.order("monitor", 1, token)) for token in ("pm_declined", "pm_unavailable", "pm_refund_refused")
    )
    shop.executed(declined)
    eventually(lambda: shop.net_charge(parked) > 0, "the order was not charged")
    assert shop.cancel(parked)[0] == 202
    eventually(lambda: "parked" in shop.row("OrdersTable", {"orderId": parked}), "the order was not parked")
    return {"": declined, "cancel": waiting, "restore": parked, "resume": parked}


def prepare(runner: CliRunner, words: Sequence[str], order: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the files that the command reads, or let it run in a copy of the repository if it changes that."""
    monkeypatch.setattr("saga.cli.bulk.is_interactive", lambda: True)
    if words[0] == "new":
        monkeypatch.chdir(copied(folder / "repository"))
    written = ["load", "--orders", "1", "--json"] if words[0] == "load" else ["order", "export", order]
    for name in FILES if "--out" not in words else ():
        if name in words:
            Path(name).write_text(runner.invoke(app, written).stdout)


@pytest.mark.parametrize("words", ENDING, ids=" ".join)
def test_a_documented_command_runs(
    in_process: CliRunner,
    orders: dict[str, str],
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(in_process, words, orders[""], tmp_path, monkeypatch)
    ended = in_process.invoke(app, runnable(words, orders), input=ANSWER)
    assert isinstance(ended.exception, SystemExit | None)
    assert ended.exit_code in (0, 1, 5, *([2] if is_bare(words) else [])), ended.stderr
    assert ended.exit_code == 0 or ended.stdout or ended.stderr.startswith("saga: ")


def test_logs_are_followed(command: Command, shop: Shop) -> None:
    order_id = shop.place(shop.order())
    line, errors = follow([BIN / "saga", "logs"], command.environment, order_id, command.directory)
    assert (order_id in line, errors) == (True, "")


@pytest.mark.parametrize("words", [words for words in CALLS if words[0] == "console"], ids=" ".join)
def test_the_console_is_served(command: Command, orders: dict[str, str], words: list[str]) -> None:
    assert command("order", "export", orders[""], "--out", "order.json").returncode == 0
    started = [str(BIN / "saga"), *words, "--port", "0", "--no-open"]
    line, errors = follow(started, command.environment, "http://127.0.0.1:", command.directory)
    assert (bool(line), errors) == (True, "")


def test_every_documented_call_belongs_to_a_test() -> None:
    assert {words[0] for words in CALLS} >= {*FOLLOWED, *OF_THE_ENGINE}
    assert len(ENDING) > 40
    assert ["logs"] in CALLS
