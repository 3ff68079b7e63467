"""Load, and comparing two runs of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from saga.command.asked import Asked
from saga.commands.bars import bars
from saga.commands.bulk import Yes, ask
from saga.commands.tables import facts, table
from saga.failure import Failure, TimedOut, UsageFailure
from saga.load.mix import DEFAULT, of_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from saga.load.run import Plan
    from saga.stack import Stack

type Json = Any

Picture = Annotated[Path | None, typer.Option(help="File to draw the latencies into.", dir_okay=False)]
Runs = Annotated[tuple[Path, Path] | None, typer.Option(help="Place nothing; compare two runs, as -o json wrote them.")]


def load(  # noqa: PLR0913 - a parameter for each option
    asked: Asked,
    *,
    orders: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 20,
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="So many in a second.")] = 2,
    clients: Annotated[int, typer.Option(min=1, max=50, help="At most so many requests at a time.")] = 10,
    mix: Annotated[str, typer.Option(help="Payment tokens, and out-of-stock, with their weights.")] = DEFAULT,
    svg: Picture = None,
    compare: Runs = None,
    yes: Yes = False,
) -> int:
    """Place orders at a steady rate, and tell what became of them and how long they took.

    They are for products of the load's own. On AWS it asks first. Exit code 1 when orders are refused, 6 when some do
    not end.
    """
    if compare:
        return _compare(asked, *compare)
    from saga.load.run import Plan  # noqa: PLC0415 - boto3 costs half a second

    plan = Plan(orders, rate, clients, of_text(mix))
    if svg and not svg.absolute().parent.is_dir():
        raise UsageFailure(f"there is no folder for {svg}")
    stack = asked.stack
    if not (stack.on_engine or yes):
        ask(f"place {orders} orders in stack {stack.name}", stack.place)
    return _run(asked, stack, plan, svg)


def _run(asked: Asked, stack: "Stack", plan: "Plan", svg: Path | None) -> int:
    from rich.console import Group  # noqa: PLC0415

    from saga.load import charts  # noqa: PLC0415
    from saga.load.figures import figures  # noqa: PLC0415
    from saga.load.run import run  # noqa: PLC0415

    with bars(f"{plan.orders} orders, {plan.rate:g} in a second", placed=plan.orders, ended=plan.orders) as advance:
        ran = run(stack, plan, advance)
    if svg:
        svg.write_text(charts.to_svg(ran))
    found = figures(stack, ran)
    asked.answer(found, Group(facts(_told(found)), charts.to_text(ran)))
    if found["outcomes"]["OPEN"]:
        return TimedOut.exit_code
    return Failure.exit_code if found["refused"] else 0


def _compare(asked: Asked, one: Path, other: Path) -> int:
    from saga.load.figures import compared, of_file  # noqa: PLC0415

    found = compared(of_file(one), of_file(other))
    rows = [(each["figure"], *(_number(each[name]) for name in ("a", "b")), _percent(each["change"])) for each in found]
    asked.answer(found, table(("figure", str(one), str(other), "change"), rows, ""))
    return 0


def _told(found: Json) -> "Iterator[tuple[str, object]]":
    yield "stack", f"{found['stack']}, {found['place']}"
    yield "accepted", f"{found['accepted']} of {found['orders']}, {found['acceptedPerSecond']} in a second"
    yield from ((f"refused, {why}", count) for why, count in found["refused"].items())
    yield "ended", f"{found['endedPerSecond']} in a second"
    yield from ((outcome, count) for outcome, count in found["outcomes"].items() if count)
    yield from ((f"for {reason}", count) for reason, count in found["reasons"].items())
    for what, name in (("acceptance", "acceptMs"), ("completion", "completionMs")):
        if percentiles := found[name]:
            yield what, ", ".join(f"{each} {milliseconds} ms" for each, milliseconds in percentiles.items())


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _percent(change: float | None) -> str:
    return "-" if change is None else f"{change:+g} %"
