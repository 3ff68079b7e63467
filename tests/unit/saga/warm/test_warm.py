"""Workers of functions: forked from a parent that has their code, and gone when they should be."""

import contextlib
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from saga.engine.warm import attach, wire
from tests.support.runtime_api import PATIENCE, RuntimeApi
from tests.unit.saga.warm.conftest import Functions, engine

PARENT = "import os, sys\nprint('imported')\ndef handler(event, context): return os.getppid()\n"
PID = "import os\ndef handler(event, context): return os.getpid()\n"
WITH_A_THREAD = "import threading, time\nthreading.Thread(target=time.sleep, args=[99], daemon=True).start()\n" + PARENT
WITH_A_FILE = "import tempfile\nopened = tempfile.TemporaryFile()\n" + PARENT
LOGS = """import logging
def handler(event, context):
    logging.getLogger("any").warning("careful")
    raise KeyError(context.aws_request_id)
"""
SEEN = """import os
TABLE = os.environ["TABLE"]
def handler(event, context):
    return [TABLE, os.environ["AWS_LAMBDA_LOG_STREAM_NAME"], os.getcwd(), "PYTHONPATH" in os.environ]
"""


def test_workers_of_a_function_are_forked_from_a_parent_that_has_imported_its_code(functions: Functions) -> None:
    first, second = functions.worker(PARENT), functions.worker(PARENT)
    assert first.result() == second.result() != os.getpid()
    for worker in (first, second):
        worker.bootstrap.terminate()
    assert first.output().strip() + second.output().strip() == "imported"


def test_each_function_has_its_own_environment_and_each_worker_its_own_log_stream(functions: Functions) -> None:
    workers = [functions.worker(SEEN, name, TABLE=table) for name, table in (("f", "a"), ("g", "b"), ("f", "a"))]
    seen = [worker.result() for worker in workers]
    assert [each[:2] for each in seen] == [["a", "stream-0"], ["b", "stream-1"], ["a", "stream-2"]]
    assert seen[0][2] == seen[1][2]
    assert not any(each[3] for each in seen)


@pytest.mark.parametrize("change", [{"code": PARENT + "# changed\n"}, {"TABLE": "new"}])
def test_a_change_of_the_code_or_the_settings_makes_a_new_parent(functions: Functions, change: dict[str, Any]) -> None:
    before = functions.worker(PARENT, TABLE="old")
    after = functions.worker(**{"code": PARENT, "TABLE": "old", **change})
    assert before.result() != after.result()
    assert before.result()  # it goes on with the old code


def test_a_parent_that_died_is_replaced(functions: Functions) -> None:
    parent = functions.worker(PARENT).result()
    os.kill(parent, signal.SIGKILL)
    assert functions.worker(PARENT).result() != parent


def test_a_worker_ends_with_its_bootstrap_and_the_bootstrap_with_its_worker(functions: Functions) -> None:
    first, second = functions.worker(PID), functions.worker(PID)
    pids = first.result(), second.result()
    first.bootstrap.kill()
    os.kill(pids[1], signal.SIGKILL)
    first.output(), second.output()  # ends when all have closed their output
    assert second.bootstrap.returncode == 1


def test_everything_ends_with_the_engine_however_that_ends(alone: Functions) -> None:
    alone.start_engine()
    alone.worker(PARENT).result()
    assert alone.engine
    alone.engine.kill()
    alone.engine.communicate(timeout=PATIENCE)  # until the starter and the parent have closed the engine's output


@pytest.mark.parametrize("code", [WITH_A_THREAD, WITH_A_FILE])
def test_code_that_cannot_be_shared_is_imported_by_each_worker(functions: Functions, code: str) -> None:
    first, second = functions.worker(code), functions.worker(code)
    assert first.result() == second.result() == os.getpid()


def test_without_a_starter_a_bootstrap_becomes_the_worker(alone: Functions) -> None:
    worker = alone.worker(SEEN, TABLE="a")
    assert worker.result()[0] == "a"
    assert not worker.result()[3]


def test_an_engine_whose_home_cannot_hold_a_socket_has_no_starter(tmp_path: Path) -> None:
    output, errors = engine(tmp_path / "nowhere").communicate(b"[]", timeout=PATIENCE)
    assert output == b"[]\n"
    assert errors.startswith(b"functions will start slowly, without a starter: ")


def test_a_bootstrap_does_not_wait_long_for_a_starter_that_hangs(
    alone: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attach, "PATIENCE", 0.01)
    monkeypatch.setenv(attach.FOLDER, str(alone.home))
    monkeypatch.chdir(alone.home)
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(attach.SOCKET)
        hanging.listen()
        assert attach.attach() is None


def test_a_worker_takes_no_event_if_its_bootstrap_has_lost_patience(functions: Functions) -> None:
    api, (read, write) = RuntimeApi(), os.pipe()
    api.events.put("for the worker that the bootstrap has become")
    variables = functions.environment(api, functions.package(PARENT))
    with socket.socket(socket.AF_UNIX) as impatient, contextlib.chdir(functions.home):
        impatient.connect(attach.SOCKET)
        wire.send(impatient, {name.encode(): value.encode() for name, value in variables.items()}, [write, write])
        assert (impatient.recv(1), impatient.recv(1)) == (attach.ACCEPTED, attach.READY)
    os.close(write)
    with os.fdopen(read) as output:
        output.read()  # until the worker has ended
    assert api.events.qsize() == 1
    api.close()


def test_a_log_line_has_the_level_and_the_request_and_an_empty_one_ends_the_call(functions: Functions) -> None:
    worker = functions.worker(LOGS)
    kind, body = worker.api.call()
    assert (kind, body["errorType"]) == ("error", "KeyError")
    worker.bootstrap.terminate()
    warning, error, *trace, last, _ = worker.output().split("\n")
    level, _time, *message = warning.split("\t")
    assert (level, message) == ("[WARNING]", ["request-1", "careful"])
    assert error.startswith("[ERROR] KeyError: 'request-1'")
    assert (len(trace), last) == (3, "")


def test_an_import_that_fails_is_reported_by_the_bootstrap_itself(functions: Functions) -> None:
    worker = functions.worker("import nowhere\n")
    kind, body = worker.api.answers.get(timeout=PATIENCE)
    assert (kind, body["errorType"]) == ("error", "Runtime.ImportModuleError")
    assert "nowhere" in worker.output()
