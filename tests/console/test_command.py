"""`saga console`: its URL on the first line, and what it refuses."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from saga.cli.app import app
from saga.console.listener import listen
from saga.http import call
from tests.console.fake_source import RECORDS, record


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["console", "--no-open", *arguments])
    return result.exit_code, result.stderr


def test_a_taken_port_is_a_usage_error() -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        code, stderr = run("--port", str(port))
    assert code == 2
    assert f"port {port} is not available" in stderr


@pytest.mark.parametrize("text", ["", "{}", '{"format": "order-saga/record/1"}', "<script>", "[" * 100_000, "\ud800"])
def test_a_file_without_an_exported_order_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "order.json"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    code, stderr = run("--port", "0", "--file", str(file))
    assert code == 2
    assert "Traceback" not in stderr


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    code, stderr = run("--port", "0", "--file", str(tmp_path / "none.json"))
    assert code == 2
    assert "cannot read" in stderr


def test_it_prints_its_url_first_and_serves_an_exported_order_there() -> None:
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
