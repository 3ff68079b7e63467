"""The engine as a process: started in the background, found again by later commands, stopped with its functions."""

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
from typing import TYPE_CHECKING, Self

from saga.engine.log import tail
from saga.engine.port import require_free
from saga.engine.record import Record
from saga.failure import Failure, Unreachable, UsageFailure
from saga.http import call
from saga.project import ENGINE_BIN, search_path
from saga.wait import wait_until

if TYPE_CHECKING:
    import boto3

DEFAULT_PORT = 4566
_PYTHON = ENGINE_BIN / "python"
_START_SECONDS = 60
_STOP_SECONDS = 10


@dataclass
class Engine:
    """One engine: its files under `home`, its address on loopback; `environment` is added to the engine's own."""

    home: Path
    port: int = DEFAULT_PORT
    environment: Mapping[str, str] = field(default_factory=dict)
    _child: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)

    @classmethod
    def running_at(cls, home: Path) -> Self:
        """The engine that was started with this `home`. Raises Unreachable when it is not running."""
        record = Record(home / "engine.json")
        if not record.is_held():
            raise Unreachable("the engine is not running; start it: make up")
        return cls(home, record.read()["port"])

    @property
    def endpoint(self) -> str:
        """The URL that stands for every AWS endpoint."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Where the engine writes what it does."""
        return self.home / "engine.log"

    def session(self, region: str | None = None) -> "boto3.Session":
        """A session wired to this engine, as its administrator."""
        from saga.engine.session import REGION, engine_session  # noqa: PLC0415 - boto3 costs half a second

        return engine_session(self.endpoint, region or REGION)

    def is_running(self) -> bool:
        """Whether its process is alive; it may not answer yet."""
        return self._record.is_held()

    def start(self) -> None:
        """Starts it and waits until it answers; when it runs already, only waits.

        Raises UsageFailure when the port is taken or it runs on another one, Failure when it does not come up.
        """
        if self.is_running():
            self._require_same_port()
        else:
            self._launch()
        wait_until(self._is_ready, _START_SECONDS, f"the engine does not answer; its log: {self.log}")

    def stop(self) -> None:
        """Ends its process and the functions' processes; when it is not running, does nothing."""
        if not self.is_running():
            return
        group = self._record.read()["pid"]
        os.killpg(group, signal.SIGTERM)
        with suppress(Failure):
            wait_until(self._is_gone, _STOP_SECONDS, "the engine does not heed SIGTERM")
        with suppress(ProcessLookupError):  # nobody of its group outlives it, whoever they are waiting for
            os.killpg(group, signal.SIGKILL)
        wait_until(self._is_gone, _STOP_SECONDS, f"process {group} cannot be ended")
        if self._child is not None:
            self._child.wait()

    @cached_property
    def _record(self) -> Record:
        return Record(self.home / "engine.json")

    def _require_same_port(self) -> None:
        port = self._record.read()["port"]
        if port != self.port:
            raise UsageFailure(f"the engine runs on port {port}; to move it: make down, then make up again")

    def _launch(self) -> None:
        if not _PYTHON.exists():
            raise Failure("the engine is not installed: make install")
        with self._record.claim() as lock:
            require_free(self.port)
            scratch = self.home.absolute() / "tmp"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            with self.log.open("wb") as log:
                self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                    [_PYTHON, "-m", "ministack"],
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
        """Nothing of the operator's but PATH: the functions inherit all of it, and must find no AWS account there."""
        return {
            "PATH": search_path(ENGINE_BIN),
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "AUTH": "true",
            # It knows neither jitter nor a cap on retry delays; so they are about as short as on AWS.
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
