"""The record of a background process, held for as long as that process lives."""

import subprocess
import sys
from pathlib import Path

import pytest

from saga.engine.record import Record
from saga.failure import Unreachable


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "home" / "engine.json")


def test_a_record_that_was_never_written_is_not_held(record: Record) -> None:
    assert not record.is_held()


def test_a_record_is_held_for_as_long_as_the_process_lives(record: Record) -> None:
    with record.claim() as lock:
        process = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=[lock]
        )
        record.write(pid=process.pid, port=4566)
    assert record.is_held()
    assert record.read() == {"pid": process.pid, "port": 4566}
    process.communicate(b"\n")
    assert not record.is_held()


def test_a_claim_is_refused_while_the_record_is_held(record: Record) -> None:
    with record.claim(), pytest.raises(Unreachable, match="try again"), record.claim():
        pass


def test_a_record_is_not_read_while_its_process_is_being_started(record: Record) -> None:
    with record.claim():
        record.write(pid=1, port=1)
    with record.claim(), pytest.raises(Unreachable, match="try again"):
        record.read()
