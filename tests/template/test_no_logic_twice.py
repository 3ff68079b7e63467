"""No logic stands twice: no six lines in a row are the same in two places of what is deployed and of the command."""

from collections import defaultdict

from tests.support.template import ROOT

RUN = 6  # lines
IMPORTS = ("from ", "import ")


def lines(text: str) -> list[tuple[int, str]]:
    """Give the lines that say something, numbered: neither blank, nor a comment, an import or a lone bracket."""
    said = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return [(n, line) for n, line in said if line.strip("()[]{},") and not line.startswith(("#", *IMPORTS))]


def repeated(files: dict[str, str]) -> list[list[str]]:
    """Give the places that share a run of lines, for each such run."""
    places = defaultdict[tuple[str, ...], list[str]](list)
    for name, text in files.items():
        said = lines(text)
        for at in range(len(said) - RUN + 1):
            places[tuple(line for _, line in said[at : at + RUN])].append(f"{name}:{said[at][0]}")
    return [found for found in places.values() if len(found) > 1]


def test_no_run_of_six_lines_stands_twice() -> None:
    folders = ("functions", "saga", "statemachine")
    files = {str(file): file.read_text() for folder in folders for file in (ROOT / folder).rglob("*.py")}
    assert files
    assert repeated(files) == []


def test_a_run_that_stands_twice_is_found_whatever_is_between_its_lines() -> None:
    run = [f"value_{number} = act({number})" for number in range(RUN)]
    one, other = "\n".join(run), "\n\n# why\n".join(f"    {line}" for line in run)
    assert repeated({"one.py": one, "other.py": other}) == [["one.py:1", "other.py:1"]]
    assert repeated({"one.py": "\n".join(run[1:]), "other.py": other}) == []
