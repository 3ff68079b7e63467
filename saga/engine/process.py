"""The engine as a background process. Later commands find it again, and stopping it stops its functions too."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

import boto3

from saga.engine import warm
from saga.engine.background import Background
from saga.engine.port import HOST, listen, require_bridge
from saga.engine.project import ENGINE_BIN, ROOT, search_path
from saga.engine.session import REGION, engine_session
from saga.engine.warm import attach
from saga.failures import Failure, Unreachable, UsageFailure

DEFAULT_PORT = 4566
_LISTEN = "`make up ENGINE_LISTEN=ADDRESS` with the address of their bridge, such as Docker's 172.17.0.1"


@dataclass
class Engine(Background):
    """The engine, on a loopback port, and on that of the containers' `bridge`. `environment` is added to its own."""

    name: ClassVar[str] = "engine"
    port: int = DEFAULT_PORT
    environment: Mapping[str, str] = field(default_factory=dict)
    bridge: str | None = None

    @classmethod
    def running_at(cls, home: Path) -> Self:
        """Return the engine that was started with this `home`.

        Raises:
            Unreachable: it isn't running.
        """
        engine = cls(home)
        if not engine.is_running():
            raise Unreachable("the engine is not running. Start it with `make up`")
        recorded = engine.pid_file.read()
        return cls(home, recorded["port"], bridge=recorded.get("bridge"))

    @property
    def endpoint(self) -> str:
        """The URL that replaces every AWS endpoint."""
        return f"http://{HOST}:{self.port}"

    @property
    def endpoint_of_containers(self) -> str:
        """The same URL as containers reach it.

        Raises:
            UsageFailure: they don't.
        """
        if self.bridge is None:
            raise UsageFailure(f"containers do not reach the engine. Run `make down`, then {_LISTEN}")
        return f"http://{self.bridge}:{self.port}"

    def session(self, region: str | None = None) -> boto3.Session:
        """Return a session on this engine, as its administrator."""
        return engine_session(self.endpoint, region or REGION)

    def start(self) -> None:
        """Start the engine unless it is running, and wait until it answers.

        Raises:
            UsageFailure: the port is taken, there is no such bridge, or the engine is running elsewhere.
            Failure: it doesn't start.
        """
        if self.bridge:
            require_bridge(self.bridge)
        if not self.is_running():
            self._launch()
        running = self.pid_file.read()
        if running["port"] != self.port:
            port = running["port"]
            raise UsageFailure(f"the engine is running on port {port}. To move it, run `make down`, then `make up`")
        if self.bridge not in (None, running.get("bridge")):
            raise UsageFailure(f"the engine does not listen on {self.bridge}. Run `make down`, then `make up` again")
        self._wait_for("/_ministack/health")

    def _launch(self) -> None:
        python = ENGINE_BIN / "python"
        if not python.exists():
            raise Failure("the engine is not installed. Run `make install`")
        with self.pid_file.claim() as lock:
            listen(self.port, "make up ENGINE_PORT=").close()
            scratch = self.home.absolute() / "tmp"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            program = ["-P", "-m", warm.__name__, *self._program()]
            pid = self._spawn([python, *program], lock, self.home, self._environment(scratch))
            self.pid_file.write(pid=pid, port=self.port, bridge=self.bridge)

    def _program(self) -> list[str]:
        """Return the engine's own program, which listens on one address, or its server, which listens on more."""
        if self.bridge is None:
            return ["ministack"]
        binds = [f"--bind={address}:{self.port}" for address in (HOST, self.bridge)]
        # Without workers, the process that later commands find is the one that serves.
        return ["hypercorn", "ministack.app:app", "--workers=0", "--keep-alive=75", *binds]

    def _environment(self, scratch: Path) -> dict[str, str]:
        """Return PATH and no other variable of the operator's: functions inherit all, and must find no AWS account."""
        return {
            "PATH": search_path(ENGINE_BIN),
            "PYTHONPATH": str(ROOT),  # for the program that starts the engine, and for that only
            attach.FOLDER: str(self.home.absolute()),
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "AUTH": "true",
            # The engine knows neither jitter nor a cap on retry delays; this makes them about as short as on AWS.
            "SFN_WAIT_SCALE": "0.3",
            # An idle worker wakes the engine 20 times a second, and a new one is forked faster than anybody notices.
            "LAMBDA_WARM_TTL_SECONDS": "60",
            "AWS_ENDPOINT_URL": self.endpoint,
            # With it, boto3 doesn't ask macOS for proxies, which a forked process must not.
            "no_proxy": HOST,
            **self.environment,
        }
