import json
import subprocess
import sys
from pathlib import Path

import pytest

from saga.graph.__main__ import main
from tests.unit.graph.definitions import FILE, machine, task
from tests.unit.graph.fonts import needs_a_font

STARTS = {".svg": b"<svg ", ".png": b"\x89PNG", ".mmd": b"flowchart TD\n", ".txt": b"         "}
ENDINGS = [pytest.param(ending, marks=needs_a_font if ending == ".png" else ()) for ending in STARTS]


def run(*arguments: str, seed: str = "0") -> bytes:
    command = [sys.executable, "-m", "saga.graph", *arguments]
    environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(FILE.parents[1])}
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout  # noqa: S603  (our own)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_ending_decides_what_is_written(ending: str, tmp_path: Path) -> None:
    picture = tmp_path / f"saga{ending}"
    main([str(FILE), "-o", str(picture)])
    assert picture.read_bytes().startswith(STARTS[ending])


@pytest.mark.parametrize("ending", ENDINGS)
def test_two_runs_write_the_same_bytes(ending: str, tmp_path: Path) -> None:
    pictures = [tmp_path / f"{seed}{ending}" for seed in "12"]
    for picture in pictures:
        run(str(FILE), "-o", str(picture), seed=picture.stem)
    assert pictures[0].read_bytes() == pictures[1].read_bytes()


def test_without_an_output_the_drawing_goes_to_the_terminal() -> None:
    assert "ReserveInventory" in run(str(FILE)).decode()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{", "Expecting property name"),
        (b"\xff", "can't decode byte"),
        (b"[]", "the state machine has no valid States"),
        (json.dumps(machine(A=task("B"))).encode(), "A leads to B, which is not a state"),
    ],
)
def test_a_bad_definition_is_one_clear_line(
    content: bytes, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    refused([str(tmp_path / "bad.json")], f"bad.json: {complaint}", capsys)


def test_a_file_that_cannot_be_read_or_written_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused([str(tmp_path / "none.json")], "none.json: No such file or directory", capsys)
    refused([str(FILE), "-o", str(tmp_path / "none" / "a.svg")], "a.svg: No such file or directory", capsys)
    refused([str(FILE), "-o", "a.gif"], "a.gif: the ending is none of .svg, .png, .mmd, .txt", capsys)


def refused(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    output = capsys.readouterr()
    assert stop.value.code == 2
    assert complaint in output.err or complaint.split(": ")[1] in output.err
    assert (output.err.count("\n"), output.out) == (1, "")


def test_importing_the_package_loads_nothing_heavy() -> None:
    script = "import sys, saga.graph; print(sorted({'boto3', 'rich', 'resvg_py'} & set(sys.modules)))"
    environment = {"PYTHONPATH": str(FILE.parents[1])}
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, env=environment, capture_output=True, check=True).stdout == b"[]\n"  # noqa: S603
