"""The report of an exploration: its coverage, or the violation that it found."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from verification.simulator.coverage_counts import STALE, Coverage
from verification.simulator.exploration import Violation
from verification.simulator.names.definitions import tasks
from verification.simulator.report.required_coverage import (
    FAULT_COLUMNS,
    UNREACHABLE_GUARDS,
    UNREACHABLE_RULES,
    faults_at,
    required,
    writes,
)

TITLES = {
    "fault": "Faults injected",
    "environment": "Environment actions",
    "guard": "Refusals by guard",
    STALE: "Reads that missed a write",
    "rule": "Uses of the definition's Retry and Catch rules",
}


def print_coverage(console: Console, coverage: Coverage) -> None:
    """Print the coverage as tables."""
    for kind, names in required(coverage).items():
        hits = {_title(kind, name): [coverage.hits[kind, name]] for name in names}
        console.print(_table(TITLES[kind], ("", "times"), hits))
    faults = {site: [faults_at(coverage, site, column) for column in FAULT_COLUMNS] for site in writes(coverage)}
    made = {site: [coverage.sites[site], *counts] for site, counts in faults.items()}
    console.print(_table("Faults by write", ("function: write", "made", *FAULT_COLUMNS), made))
    console.print("Unreachable:")
    for name, reason in (UNREACHABLE_GUARDS | UNREACHABLE_RULES).items():
        console.print(f"  {name}: {reason}", markup=False, highlight=False, soft_wrap=True)


def print_violation(console: Console, violation: Violation) -> None:
    """Print a violation with its plan and its trace."""
    title = f"VIOLATION: {'; '.join(violation.found)}"
    console.print(title, style="bold red", markup=False, highlight=False, soft_wrap=True)
    for line in (violation.plan, *violation.trace):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _table(title: str, columns: Iterable[str], rows: Mapping[str, Sequence[int]]) -> Table:
    table = Table(*columns, title=title, title_justify="left")
    for name, counts in rows.items():
        table.add_row(name, *(f"{count:,}" for count in counts), style="" if counts[0] else "bold red")
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _title(kind: str, name: str) -> str:
    """Name a rule by its errors, not by its number."""
    if kind != "rule":
        return name
    state, clause, number = name.split()
    errors = tasks()[state][clause][int(number)]["ErrorEquals"]
    return f"{state} {clause} {errors[0]}{' …' if len(errors) > 1 else ''}"
