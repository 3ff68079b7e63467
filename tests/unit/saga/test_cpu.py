"""The CPU time of a process, in the formats of `ps` on Linux and on macOS."""

import os

import pytest

from saga.engine import cpu
from saga.load.cap import EngineUse


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:01:05", 65), ("1-02:00:03", 93_603), ("12:05", 725), ("0:01.25", 1.25)]
)
def test_a_duration_is_read_in_every_format(text: str, seconds: float) -> None:
    assert cpu.seconds_of(text) == seconds


def test_a_process_that_is_gone_has_no_cpu_time() -> None:
    assert cpu.cpu_seconds(os.getpid()) is not None
    assert cpu.cpu_seconds(2**22 + 1) is None


def test_without_ps_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert cpu.cpu_seconds(os.getpid()) is None


def use(cpu: float) -> EngineUse:
    found = EngineUse()
    found.cpu, found.elapsed = cpu, 20
    return found


def test_what_an_order_costs_the_engine_says_how_many_it_carries() -> None:
    assert use(18).json(200) == {"cpuMs": 90, "busyPercent": 90, "mostPerSecond": 11.1}


def test_a_run_that_was_too_short_or_ended_nothing_says_nothing() -> None:
    assert use(1).json(10) is None
    assert use(10).json(0) is None
