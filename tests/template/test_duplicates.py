"""No logic is duplicated: no six lines in a row occur twice in the functions, the command and the generator."""

from collections import defaultdict

from tests.support.template import ROOT

RUN = 6  # lines
IMPORTS = ("from ", "import ")


def lines(text: str) -> list[tuple[int, str]]:
    """Return the numbered lines of code, without blank lines, comments, imports and lone brackets."""
    stripped = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return [(n, line) for n, line in stripped if line.strip("()[]{},") and not line.startswith(("#", *IMPORTS))]


def duplicates(files: dict[str, str]) -> list[list[str]]:
    """Return the places of each run of lines that occurs more than once."""
    places = defaultdict[tuple[str, ...], list[str]](list)
    for name, text in files.items():
        code = lines(text)
        for at in range(len(code) - RUN + 1):
            places[tuple(line for _, line in code[at : at + RUN])].append(f"{name}:{code[at][0]}")
    return [found for found in places.values() if len(found) > 1]


def test_no_run_of_six_lines_is_duplicated() -> None:
    folders = ("functions", "saga", "statemachine")
    files = {str(file): file.read_text() for folder in folders for file in (ROOT / folder).rglob("*.py")}
    assert files
    assert duplicates(files) == []


def test_a_duplicate_is_found_despite_comments_and_blank_lines() -> None:
    run = [f"value_{number} = act({number})" for number in range(RUN)]
    one, other = "\n".join(run), "\n\n# why\n".join(f"    {line}" for line in run)
    assert duplicates({"one.py": one, "other.py": other}) == [["one.py:1", "other.py:1"]]
    assert duplicates({"one.py": "\n".join(run[1:]), "other.py": other}) == []
