"""The engine as a background process. Later commands find it again, and stopping it stops its functions too."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Self

import boto3

from saga.engine.daemon import Record, tail, wait_until
from saga.engine.port import require_free
from saga.engine.project import ENGINE_BIN, search_path
from saga.engine.session import REGION, engine_session
from saga.failures import Failure, Unreachable, UsageFailure
from saga.http import call

DEFAULT_PORT = 4566
_START_SECONDS = 60
_STOP_SECONDS = 10


@dataclass
class Engine:
    """An engine with its files under `home`, on a loopback port. `environment` is added to its own."""

    home: Path
    port: int = DEFAULT_PORT
    environment: Mapping[str, str] = field(default_factory=dict)
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @classmethod
    def running_at(cls, home: Path) -> Self:
        """Return the engine that was started with this `home`.

        Raises:
            Unreachable: it isn't running.
        """
        record = Record(home / "engine.json")
        if not record.is_held():
            raise Unreachable("the engine is not running. Start it with `make up`")
        return cls(home, record.read()["port"])

    @property
    def endpoint(self) -> str:
        """The URL that replaces every AWS endpoint."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """The engine's log."""
        return self.home / "engine.log"

    def session(self, region: str | None = None) -> boto3.Session:
        """Return a session on this engine, as its administrator."""
        return engine_session(self.endpoint, region or REGION)

    def is_running(self) -> bool:
        """Return whether its process is alive. It may not answer yet."""
        return self._record.is_held()

    def start(self) -> None:
        """Start the engine unless it is running, and wait until it answers.

        Raises:
            UsageFailure: the port is taken, or the engine is running on another one.
            Failure: it doesn't start.
        """
        if not self.is_running():
            self._launch()
        elif (port := self._record.read()["port"]) != self.port:
            raise UsageFailure(
                f"the engine is running on port {port}. To move it, run `make down`, then `make up` again"
            )
        wait_until(self._is_ready, _START_SECONDS, f"the engine does not answer. Its log: {self.log}")

    def stop(self) -> None:
        """End the engine's process and those of the functions, if it is running."""
        if not self.is_running():
            return
        group = self._record.read()["pid"]
        os.killpg(group, signal.SIGTERM)
        with suppress(Failure):
            wait_until(self._is_gone, _STOP_SECONDS, "the engine ignores SIGTERM")
        with suppress(ProcessLookupError):  # the functions must not outlive it, whatever they are waiting for
            os.killpg(group, signal.SIGKILL)
        wait_until(self._is_gone, _STOP_SECONDS, f"cannot end process {group}")
        if self._child is not None:
            self._child.wait()

    @cached_property
    def _record(self) -> Record:
        return Record(self.home / "engine.json")

    def _launch(self) -> None:
        python = ENGINE_BIN / "python"
        if not python.exists():
            raise Failure("the engine is not installed. Run `make install`")
        with self._record.claim() as lock:
            require_free(self.port)
            scratch = self.home.absolute() / "tmp"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            with self.log.open("wb") as log:
                self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                    [python, "-m", "ministack"],
                    env=self._environment(scratch),
                    cwd=self.home,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=[lock],
                )
            self._record.write(pid=self._child.pid, port=self.port)

    def _environment(self, scratch: Path) -> dict[str, str]:
        """Return PATH and no other variable of the operator's: functions inherit all, and must find no AWS account."""
        return {
            "PATH": search_path(ENGINE_BIN),
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "AUTH": "true",
            # The engine knows neither jitter nor a cap on retry delays; this makes them about as short as on AWS.
            "SFN_WAIT_SCALE": "0.3",
            "AWS_ENDPOINT_URL": self.endpoint,
            **self.environment,
        }

    def _is_ready(self) -> bool:
        if self._is_gone():
            raise Failure(f"the engine ended while starting:\n{tail(self.log)}")
        try:
            return call(f"{self.endpoint}/_ministack/health")[0] == HTTPStatus.OK
        except Unreachable:
            return False

    def _is_gone(self) -> bool:
        return not self.is_running()
