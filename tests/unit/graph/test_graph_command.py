import json
import subprocess
import sys
from pathlib import Path

import pytest

from saga.graph.__main__ import main
from tests.unit.graph.definitions import FILE, machine, task
from tests.unit.graph.fonts import needs_a_font

STARTS = {".svg": b"<svg ", ".png": b"\x89PNG", ".mmd": b"flowchart TD\n", ".txt": b"         "}
SUFFIXES = [pytest.param(suffix, marks=needs_a_font if suffix == ".png" else ()) for suffix in STARTS]


def run(*arguments: str, seed: str = "0") -> bytes:
    command = [sys.executable, "-m", "saga.graph", *arguments]
    environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(FILE.parents[1])}
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout  # noqa: S603  (our own)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_suffix_decides_the_format(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"saga{suffix}"
    main([str(FILE), "-o", str(file)])
    assert file.read_bytes().startswith(STARTS[suffix])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_two_runs_write_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    files = [tmp_path / f"{seed}{suffix}" for seed in "12"]
    for file in files:
        run(str(FILE), "-o", str(file), seed=file.stem)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_without_an_output_the_drawing_goes_to_the_terminal() -> None:
    assert "ReserveInventory" in run(str(FILE)).decode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "Expecting property name"),
        (b"\xff", "can't decode byte"),
        (b"[]", "the state machine has no valid States"),
        (json.dumps(machine(A=task("B"))).encode(), "A leads to B, which is not a state"),
    ],
)
def test_a_bad_definition_gives_one_clear_error_line(
    content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    refused([str(tmp_path / "bad.json")], f"bad.json: {message}", capsys)


def test_a_file_that_cannot_be_read_or_written_gives_one_clear_error_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused([str(tmp_path / "none.json")], "none.json: No such file or directory", capsys)
    refused([str(FILE), "-o", str(tmp_path / "none" / "a.svg")], "a.svg: No such file or directory", capsys)
    refused([str(FILE), "-o", "a.gif"], "Unknown suffix of a.gif: expected .txt, .svg, .png, .mmd", capsys)


def refused(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    output = capsys.readouterr()
    assert stop.value.code == 2
    assert message in output.err or message.split(": ")[1] in output.err
    assert (output.err.count("\n"), output.out) == (1, "")


def test_importing_the_package_loads_nothing_heavy() -> None:
    script = "import sys, saga.graph; print(sorted({'boto3', 'rich', 'resvg_py'} & set(sys.modules)))"
    environment = {"PYTHONPATH": str(FILE.parents[1])}
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, env=environment, capture_output=True, check=True).stdout == b"[]\n"  # noqa: S603
