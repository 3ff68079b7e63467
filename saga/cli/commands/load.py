"""`saga load`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group

from saga.cli.bulk import Yes, confirm
from saga.cli.context import Context
from saga.cli.progress import bars
from saga.cli.register import add
from saga.cli.render.columns import facts
from saga.failures import Failure, TimedOut, UsageFailure
from saga.http import Json
from saga.load import charts
from saga.load.figures import compared, figures, of_file
from saga.load.mix import DEFAULT, of_text
from saga.load.plan import Plan
from saga.load.run import run

app = typer.Typer()
Picture = Annotated[Path | None, typer.Option(help="File for a chart of the latencies.", dir_okay=False)]
Runs = Annotated[tuple[Path, Path] | None, typer.Option(help="Compare two runs saved with -o json; place no orders.")]


@add(
    app,
    "load --orders 10 --rate 5 --svg load.svg",
    "load --orders 10 --transactions 10 --returns 4",
    "load --compare before.json after.json",
)
def load(
    context: Context,
    *,
    orders: Annotated[int, typer.Option(min=1, max=10_000, help="Number of orders.")] = 20,
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="Orders and transactions per second.")] = 2,
    clients: Annotated[int, typer.Option(min=1, max=50, help="Maximum number of concurrent requests.")] = 10,
    transactions: Annotated[int, typer.Option(min=0, max=10_000, help="Number of transactions in between.")] = 0,
    returns: Annotated[int, typer.Option(min=0, max=10_000, help="Number of returns of confirmed orders.")] = 0,
    mix: Annotated[str, typer.Option(help="Payment tokens, and out-of-stock, with their weights.")] = DEFAULT,
    svg: Picture = None,
    compare: Runs = None,
    yes: Yes = False,
) -> int:
    """Place orders at a steady rate and report outcomes and latencies.

    The orders are for test products, not the shop's. On AWS, it asks for confirmation first.
    Exit code 1 if the API refuses an order, 6 if some orders don't end in time.
    """
    if compare:
        return _compare(context, *compare)
    plan = Plan(orders, rate, clients, of_text(mix), transactions, returns)
    if svg and not svg.absolute().parent.is_dir():
        raise UsageFailure(f"cannot write {svg}: its folder does not exist")
    stack = context.stack
    if not (stack.on_engine or yes):
        confirm(f"place {_title(plan)} in stack {stack.name}", stack.place)
    return _run(context, plan, svg)


def _run(context: Context, plan: Plan, svg: Path | None) -> int:
    total = plan.orders + plan.transactions + plan.returns
    with bars(_title(plan), placed=total, ended=total) as advance:
        finished = run(context.stack, plan, advance)
    if svg:
        svg.write_text(charts.to_svg(finished))
    found = figures(context.stack, finished)
    context.answer(found, Group(facts(_rows(found)), charts.to_text(finished)))
    if found["outcomes"]["OPEN"] or found["outcomes"]["PAUSED"]:
        return TimedOut.exit_code
    return Failure.exit_code if found["refused"] else 0


def _title(plan: Plan) -> str:
    counts = {"orders": plan.orders, "transactions": plan.transactions, "returns": plan.returns}
    return f"{', '.join(f'{count} {what}' for what, count in counts.items() if count)}, {plan.rate:g} per second"


def _compare(context: Context, one: Path, other: Path) -> int:
    found = compared(of_file(one), of_file(other))
    rows = [
        (each["figure"], *map(_number, (each["a"], each["b"])), _number(each["change"], "{:+g} %")) for each in found
    ]
    context.answer(found, facts(rows, ("figure", str(one), str(other), "change")))
    return 0


def _rows(found: Json) -> Iterator[tuple[str, object]]:
    yield "stack", f"{found['stack']}, {found['place']}"
    planned = sum(found[kind] for kind in ("orders", "transactions", "returns"))
    yield "accepted", f"{found['accepted']} of {planned}, {found['acceptedPerSecond']} per second"
    yield from ((f"refused, {why}", count) for why, count in found["refused"].items())
    yield "ended", f"{found['endedPerSecond']} per second"
    yield from ((outcome, count) for outcome, count in found["outcomes"].items() if count)
    for kind, outcomes in found.get("kinds", {}).items():
        yield f"{kind}s", ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items() if count)
    yield from ((f"for {reason}", count) for reason, count in found["reasons"].items())
    for what, name in (("acceptance", "acceptMs"), ("completion", "completionMs")):
        if percentiles := found[name]:
            yield what, ", ".join(f"{each} {milliseconds} ms" for each, milliseconds in percentiles.items())
    if engine := found["engine"]:
        yield "capped by", _cap(engine)


def _cap(engine: Json) -> str:
    each, most, busy = engine["cpuMs"], engine["mostPerSecond"], engine["busyPercent"]
    return f"the engine, one process: {each} ms of its CPU each, so {most} per second at most; it was {busy} % busy"


def _number(value: float | None, layout: str = "{:g}") -> str:
    return "-" if value is None else layout.format(value)
