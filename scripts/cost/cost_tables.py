"""The tables of the pages, in Markdown."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from scripts.consumers import Consumer, consumers
from scripts.cost.bill import PROTOCOL, WORKFLOWS, Bill, units
from scripts.cost.cells import dollars, number, priced
from scripts.cost.counts import CONFIRMED, OUTCOMES, Count, Units, places, read
from scripts.cost.deployed import Template, functions, of_type
from scripts.cost.invocations import Load, milliseconds
from scripts.cost.monthly import fixed
from scripts.cost.prices import price, price_list
from scripts.cost.purposes import PURPOSES, by_purpose
from scripts.page import table

ROOT = Path(__file__).parents[2]
RATES = (1, 50)  # orders a second


@dataclass(frozen=True)
class CostTables:
    """All tables, from the template and the counts on file."""

    template: Template

    def readme(self) -> dict[str, str]:
        """Return the block of the README: the units and the dollars of each outcome."""
        month = sum(fixed(self.template, self._counts).values())
        told = (
            f"A million orders in dollars, all services included, by list prices in {price_list().region}; and "
            f"{month:.0f} a month for alarms, metrics and schedules. [Cost](docs/cost.md) says what is counted and "
            "what is assumed.\n\n"
        )
        return {"short": f"## What it costs\n\n{told}{self._short()}"}

    def _short(self) -> str:
        head = ["an order that is", "write units", "Lambda calls", "states", *WORKFLOWS]
        rows = [
            [outcome, number(units(bill.count.writes)), f"{bill.invocations:.1f}", str(bill.states)]
            + [dollars(sum(bill.lines(workflow).values())) for workflow in WORKFLOWS]
            for outcome, bill in self._bills(RATES[0]).items()
        ]
        return table(head, rows)

    def page(self) -> dict[str, str]:
        """Return the tables of the page by the names of their places."""
        return {
            "goals": self._goals(),
            "services": self._services(),
            "relay": self._relay(),
            "units": self._units(),
            "durations": self._durations(),
            "floor": self._floor(),
            "purposes": self._purposes(),
            "month": self._month(),
            "prices": self._prices(),
        }

    @cached_property
    def _counts(self) -> dict[str, Count]:
        return read()

    @cached_property
    def _consumers(self) -> dict[str, Consumer]:
        return consumers(self.template)

    def _bills(self, rate: float) -> dict[str, Bill]:
        states = json.loads((ROOT / "statemachine" / "order_saga.asl.json").read_text())["States"]
        types, load = {name: state["Type"] for name, state in states.items()}, Load(rate, self._consumers)
        return {outcome: Bill(self._counts[outcome], load, self.template, types) for outcome in OUTCOMES}

    def _goals(self) -> str:
        head = ["an order that is", "write units", "with the ledger's", "read units", "states"]
        head += [f"Lambda calls, {rate} a second" for rate in RATES] + list(WORKFLOWS)
        few, many = map(self._bills, RATES)
        return table(head, (self._goal(outcome, few[outcome], many[outcome]) for outcome in OUTCOMES))

    @staticmethod
    def _goal(outcome: str, few: Bill, many: Bill) -> list[str]:
        count = few.count
        counted = [units(count.writes), units(count.writes, ledger=True), units(count.reads), few.states]
        calls = [f"{bill.invocations:.1f}" for bill in (few, many)]
        protocol = [sum(few.lines(workflow)[service] for service in PROTOCOL) for workflow in WORKFLOWS]
        return [outcome, *map(number, counted), *calls, *map(dollars, protocol)]

    def _services(self) -> str:
        bills = {rate: self._bills(rate) for rate in RATES}
        columns = [(outcome, workflow) for outcome in OUTCOMES for workflow in WORKFLOWS]
        lines = [bills[RATES[0]][outcome].lines(workflow) for outcome, workflow in columns]
        rows = [[service, *(dollars(each[service]) for each in lines)] for service in lines[0]]
        for rate, of_rate in bills.items():
            totals = (sum(of_rate[outcome].lines(workflow).values()) for outcome, workflow in columns)
            rows.append([f"**all, at {rate} a second**", *(f"**{dollars(total)}**" for total in totals)])
        kept = (price("stored", self._counts[outcome].stored) for outcome, _ in columns)
        rows.append(["for each month that they are kept", *map(dollars, kept)])
        return table([f"at {RATES[0]} a second", *(f"{outcome}, {workflow}" for outcome, workflow in columns)], rows)

    def _relay(self) -> str:
        head = ["calls an order", *(f"{outcome}, {rate} a second" for rate in RATES for outcome in OUTCOMES)]
        loads = [(Load(rate, self._consumers), self._counts[outcome]) for rate in RATES for outcome in OUTCOMES]
        rows = [
            [
                f"{name}: {each.batch} records, {each.factor} batches at a time and shard, open for {each.window} s",
                *(f"{load.invocations(count)[name]:.2f}" for load, count in loads),
            ]
            for name, each in self._consumers.items()
        ]
        return table(head, rows)

    def _units(self) -> str:
        rows = [*self._by_place("writes"), *self._by_place("reads")]
        return table(["function", "table", "operation", *OUTCOMES], rows)

    def _by_place(self, kind: str) -> Iterator[list[str]]:
        of_outcome: list[Units] = [getattr(self._counts[outcome], kind) for outcome in OUTCOMES]
        found = [dict(places(units_)) for units_ in of_outcome]
        for place in dict.fromkeys(place for each in found for place in each):
            yield [*place, *(number(each.get(place, 0)) for each in found)]
        yield ["", "", f"**{kind}**", *(f"**{number(units(each, ledger=True))}**" for each in of_outcome)]

    def _durations(self) -> str:
        deployed = functions(self.template)
        ran = dict.fromkeys(
            name for outcome in OUTCOMES for name in [*self._counts[outcome].invocations, *self._consumers]
        )
        rows = [
            [name, f"{deployed[name].memory} MB, {deployed[name].architecture}"]
            + [self._duration(name, self._counts[outcome]) for outcome in OUTCOMES]
            for name in ran
        ]
        return table(["function", "runs with", *OUTCOMES], rows)

    @staticmethod
    def _duration(name: str, count: Count) -> str:
        times = count.invocations.get(name, 1 if name in count.records else 0)
        return f"{milliseconds(name, count, times):.0f} ms" if times else ""

    def _floor(self) -> str:
        count = self._counts[CONFIRMED]
        parts = {name: replace(count, writes={name: by_table}) for name, by_table in count.writes.items()}
        return self._of_purposes({**parts, "**all**": count})

    def _purposes(self) -> str:
        return self._of_purposes({outcome: self._counts[outcome] for outcome in OUTCOMES})

    def _of_purposes(self, columns: dict[str, Count]) -> str:
        tables = of_type(self.template, "AWS::DynamoDB::Table")
        expiring = frozenset(name.removesuffix("Table") for name, each in tables if "TimeToLiveSpecification" in each)
        found = [by_purpose(count, expiring) for count in columns.values()]
        rows = [[purpose, *(number(each[purpose]) for each in found)] for purpose in PURPOSES]
        rows.append(["**all**", *(f"**{number(sum(each.values()))}**" for each in found)])
        return table(["write units", *columns], rows)

    def _month(self) -> str:
        lines = fixed(self.template, self._counts)
        rows = [[what, f"{each:.2f}"] for what, each in lines.items()]
        return table(["a month", "dollars"], [*rows, ["**all**", f"**{sum(lines.values()):.2f}**"]])

    @staticmethod
    def _prices() -> str:
        listed = price_list()
        rows = [[each.unit, priced(each.dollars, each.per), each.source, each.seen] for each in listed.prices.values()]
        return table([f"{listed.region}, {listed.date}", "dollars", "source", "read in"], rows)
