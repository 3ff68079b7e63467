"""The runbook: its alarms, metrics and exit codes are complete, and its links work."""

import re

import pytest

from saga import failures
from tests.support.fixtures import closed_circuit, no_pauses, world
from tests.support.metrics import everything_happens, published
from tests.support.template import ROOT, resources

__all__ = ["closed_circuit", "no_pauses", "world"]

DOCS = ROOT / "docs"
PAGE = (DOCS / "operations.md").read_text()
HEADINGS = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
LINKS = sorted(set(re.findall(r"\]\(([^)]+)\)", PAGE)))
ALARMS = resources("AWS::CloudWatch::Alarm")
FUNCTIONS = [name.removesuffix("Function") for name in resources("AWS::Serverless::Function")]
OF_A_FUNCTION = re.compile(rf"^({'|'.join(FUNCTIONS)})(?=Throttled|EventsDropped)")
OF_A_QUEUE = re.compile(r"^\w+Queue(?=Age)")
SERVICE = "service"  # the dimension that all metrics have


def anchor(heading: str) -> str:
    """Return the anchor of a heading: letters, digits and hyphens."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its header and without backticks."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in table[2:]]


@pytest.mark.parametrize("name", ALARMS)
def test_the_description_of_an_alarm_links_to_a_heading(name: str) -> None:
    description = ALARMS[name]["Properties"]["AlarmDescription"]
    where = re.search(r"See docs/operations\.md#(\S+)$", description)
    assert where, description
    assert where[1] in map(anchor, HEADINGS)


def test_all_alarms_are_listed_with_the_section_that_their_description_names() -> None:
    listed = {name: re.findall(r"#([\w-]+)\)", section)[0] for name, _, section in rows("Alarms")}
    named = {name: alarm["Properties"]["AlarmDescription"].partition("#")[2] for name, alarm in ALARMS.items()}
    general = {name: OF_A_QUEUE.sub("QUEUE", OF_A_FUNCTION.sub("FUNCTION", name)) for name in named}
    assert listed == {general[name].removesuffix("Alarm"): where for name, where in named.items()}


@pytest.mark.usefixtures("world")
def test_all_metrics_are_listed_with_their_units_and_dimensions() -> None:
    listed = {(name, unit, frozenset({SERVICE, *filter(None, [other])})) for name, unit, other, _ in rows("Metrics")}
    emitted = {
        (each.name, each.unit, frozenset(name for name, _ in each.dimensions)) for each in published(everything_happens)
    }
    assert listed == emitted


def test_all_exit_codes_are_listed() -> None:
    classes = [each for each in vars(failures).values() if isinstance(each, type)]
    outcomes = {failures.EXIT_CONFIRMED, failures.EXIT_FAILED, failures.EXIT_PARKED}
    assert {int(code) for code, _ in rows("Exit codes")} == outcomes | {
        each.exit_code for each in classes if issubclass(each, failures.Failure)
    }


@pytest.mark.parametrize("link", LINKS)
def test_a_link_works(link: str) -> None:
    file, _, heading = link.partition("#")
    assert not file or (DOCS / file).exists()
    assert not heading or heading in map(anchor, HEADINGS)
