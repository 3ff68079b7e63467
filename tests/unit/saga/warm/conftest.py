"""An engine without an engine: the starter, bootstraps as the engine starts them, and its side of the Runtime API."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from pytest_socket import enable_socket

from saga.engine import artefact, warm
from saga.engine.project import ROOT
from saga.engine.warm import attach, wire
from tests.support.runtime_api import PATIENCE, RuntimeApi


@dataclass
class Worker:
    """A bootstrap and its Runtime API, as the engine has them."""

    api: RuntimeApi
    bootstrap: subprocess.Popen[str]

    def result(self) -> Any:
        """Return what the handler returns."""
        return self.api.result()

    def output(self) -> str:
        """Return what the function printed, as soon as no process of it has its output open."""
        return self.bootstrap.communicate(timeout=PATIENCE)[0]


@dataclass
class Functions:
    """Starts workers of functions, with or without a starter."""

    home: Path
    workers: list[Worker] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine: subprocess.Popen[bytes] | None = None

    def start_engine(self) -> None:
        """Start the starter beside a program that waits for its input to end."""
        self.engine = engine(self.home)
        while not (self.home / attach.SOCKET).exists():
            assert self.engine.poll() is None
        with socket.socket(socket.AF_UNIX) as probe, contextlib.chdir(self.home):
            probe.connect(attach.SOCKET)
            wire.send(probe, {b"who": b"nobody"}, [])
            probe.recv(1)  # as soon as boto3 is loaded

    def worker(self, code: str, name: str = "f", **variables: str) -> Worker:
        """Start a worker of the function, as the engine does: with a bootstrap from its package."""
        api, folder = RuntimeApi(), self.package(code)
        bootstrap = subprocess.Popen(  # noqa: S603 - our own program
            [folder / "bootstrap"],
            cwd=folder,
            env={**self.environment(api, folder), "AWS_LAMBDA_FUNCTION_NAME": name, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.workers.append(Worker(api, bootstrap))
        return self.workers[-1]

    def environment(self, api: RuntimeApi, folder: Path) -> dict[str, str]:
        """Return the environment of a worker."""
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "SAGA_STARTER": str(self.home),
            "LAMBDA_TASK_ROOT": str(folder),
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"stream-{len(self.workers)}",
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "_HANDLER": "app.handler",
        }

    def package(self, code: str) -> Path:
        """Return the folder of the function's package."""
        built = self.home / "built"
        built.mkdir(exist_ok=True)
        (built / "app.py").write_text(code)
        package = artefact.function_package(built, self.home)
        folder = package.with_suffix("")
        with ZipFile(package) as archive:
            archive.extractall(folder)
        (folder / "bootstrap").chmod(0o755)
        return folder

    def stop_workers(self) -> None:
        """End all workers."""
        while self.workers:
            worker = self.workers.pop()
            worker.bootstrap.kill()
            worker.bootstrap.communicate(timeout=PATIENCE)
            worker.api.close()

    def stop_engine(self) -> None:
        """End the engine, which ends the starter."""
        if self.engine and self.engine.poll() is None:
            self.engine.communicate(b"{}", timeout=PATIENCE)


def engine(home: Path) -> subprocess.Popen[bytes]:
    """Start the engine's process; instead of an engine, it runs a program that copies JSON."""
    environment = {"PYTHONPATH": str(ROOT), attach.FOLDER: str(home), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-P", "-m", warm.__name__, "json.tool"]
    return subprocess.Popen(  # noqa: S603 - our own program
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.fixture(scope="module")
def with_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    """Return functions with a starter. The folder's name is longer than a socket's may be, and has a space."""
    functions = Functions(tmp_path_factory.mktemp(f"a home {'x' * 100}"))
    functions.start_engine()
    yield functions
    functions.stop_engine()


@pytest.fixture
def functions(with_engine: Functions) -> Iterator[Functions]:
    """Return functions with a starter, and end their workers."""
    enable_socket()
    yield with_engine
    with_engine.stop_workers()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Functions]:
    """Return functions that have no starter yet."""
    enable_socket()
    functions = Functions(tmp_path)
    yield functions
    functions.stop_workers()
    functions.stop_engine()
