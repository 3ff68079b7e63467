"""The report of a search: how often each fault struck, each guard said no, each write was hit."""

from rich.console import Console
from rich.table import Table

from tests.support.template import tasks
from verification.simulator.expected import BEHIND_OTHERS, NEVER_USED, STRIKES, expected, struck, writes
from verification.simulator.explore import Violation
from verification.simulator.tally import Tally

TITLES = {
    "fault": "Faults, and how often they struck",
    "move": "Moves of the surroundings, and how often they were made",
    "fence": "Guards, and how often they said no",
    "rule": "Retry and Catch of the definition, and how often they were used",
}


def show(console: Console, tally: Tally) -> None:
    """Print the tables."""
    for kind, names in expected(tally).items():
        console.print(_counts(TITLES[kind], {_title(kind, name): tally.hits[kind, name] for name in names}))
    console.print(_strikes(tally))
    console.print("Never reached:")
    for name, why in {**BEHIND_OTHERS, **NEVER_USED}.items():
        console.print(f"  {name}: {why}", markup=False, highlight=False, soft_wrap=True)


def tell(console: Console, violation: Violation) -> None:
    """Print a violation as a story."""
    found = f"VIOLATION: {'; '.join(violation.found)}"
    console.print(found, style="bold red", markup=False, highlight=False, soft_wrap=True)
    for line in (violation.plan, *violation.story):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _counts(title: str, counts: dict[str, int]) -> Table:
    table = Table("", "times", title=title, title_justify="left")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}", style="" if count else "bold red")
    table.columns[1].justify = "right"
    return table


def _strikes(tally: Tally) -> Table:
    table = Table("function and write", "made", *STRIKES, title="Writes, and what befell them", title_justify="left")
    for site in writes(tally):
        counts = [tally.sites[site], *(struck(tally, site, column) for column in STRIKES)]
        table.add_row(site, *(f"{count:,}" for count in counts))
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _title(kind: str, name: str) -> str:
    """Add to the name of a rule the errors that it is for."""
    if kind != "rule":
        return name
    state, clause, number = name.split()
    errors = tasks()[state][clause][int(number)]["ErrorEquals"]
    return f"{state} {clause} {errors[0]}{' …' if len(errors) > 1 else ''}"
