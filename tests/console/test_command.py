"""`saga console`: its URL first, and what it refuses to start with."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from saga.cli import app
from saga.console.listening import listen
from saga.http import call
from tests.console.fake_source import RECORDS, record


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["console", "--no-open", *arguments])
    return result.exit_code, result.stderr


def test_a_port_that_is_taken_is_a_failure_of_usage() -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        code, said = run("--port", str(port))
    assert code == 2
    assert f"port {port} cannot be used" in said


@pytest.mark.parametrize("text", ["", "{}", '{"format": "order-saga/record/1"}', "<script>", "[" * 100_000, "\ud800"])
def test_a_file_that_is_no_exported_order_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "order.json"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    code, said = run("--port", "0", "--file", str(file))
    assert code == 2
    assert "Traceback" not in said


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    code, said = run("--port", "0", "--file", str(tmp_path / "none.json"))
    assert code == 2
    assert "cannot be read" in said


def test_its_url_is_the_first_that_it_prints_and_an_exported_order_is_served_there() -> None:
    file, wanted = str(RECORDS / "declined.json"), record("declined")
    command = [sys.executable, "-m", "saga", "console", "--no-open", "--port", "0", "--file", file]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as console:  # noqa: S603 - our own command
        try:
            assert console.stdout
            url = console.stdout.readline().strip()
            assert call(f"{url}/orders/{wanted.order_id}/export.json")[1]["order"] == wanted.order
        finally:
            console.send_signal(signal.SIGINT)
    assert console.returncode == 0
