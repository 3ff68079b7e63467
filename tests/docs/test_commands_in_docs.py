"""Every command line in the documentation exists, with its options or its target."""

from collections.abc import Sequence

import pytest

from tests.docs.commands import check, command_lines
from tests.support.template import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINES = sorted({(page.name, *line) for page in PAGES for line in command_lines(page.read_text())})


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_a_documented_command_line_exists(line: Sequence[str]) -> None:
    check(line[1:])


def test_the_readme_and_the_runbook_have_command_lines() -> None:
    assert {"README.md", "operations.md"} <= {page for page, *_ in LINES}


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("Type `saga order\nshow ID`, then `make up`.", [["saga", "order", "show", "ID"], ["make", "up"]]),
        ("    ENGINE_PORT=4567 make up  # make it so\n", [["make", "up"]]),
        ("```\n$ saga url\nsaga: no\n```\n", [["saga", "url"]]),
        ("    cd shop && .venv/bin/saga check | jq\n", [["saga", "check"]]),
        ('    curl "$(make -s url)/orders" \\\n      -d "saga down"\n', [["make", "-s", "url"]]),
        ("The saga, `saga/cli.py`, `a saga's end`, `saga: failed`\n", []),
    ],
)
def test_a_command_line_is_found_in_any_form(page: str, lines: list[list[str]]) -> None:
    assert list(command_lines(page)) == lines


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("saga frobnicate", "no command frobnicate"),
        ("saga order replay ID", "no command replay"),
        ("saga order resume ID", "Missing parameter: reason"),
        ("saga order resume ID --reason x --force", "No such option: --force"),
        ("saga order list --status LOST", "'LOST' is not one of"),
        ("make updown", "no target updown"),
        ("make up COLOUR=red", "no variable COLOUR"),
    ],
)
def test_a_command_line_that_does_not_exist_is_detected(line: str, refusal: str) -> None:
    with pytest.raises(Exception, match=refusal):
        check(line.split())


@pytest.mark.parametrize(
    "line", ["saga", "saga order", "saga order show", "saga order --help", "make -s url", "make invoke-place_order"]
)
def test_a_command_may_be_named_without_its_arguments(line: str) -> None:
    check(line.split())
