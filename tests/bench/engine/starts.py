"""How long a worker takes to ask for its first event: forked by the starter, and without one."""

import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saga.engine.process import Engine
from saga.engine.project import ENGINE_BIN, search_path
from saga.engine.warm.attach import FOLDER
from saga.stack.stack import Stack
from tests.support.runtime_api import PATIENCE, RuntimeApi

FUNCTIONS = ("PlaceOrderFunction", "ReserveInventoryFunction", "ProcessPaymentFunction", "StartSagasFunction")
_TIMES = 5


def starts(engine: Engine, stack: Stack) -> Iterator[tuple[str, float, float]]:
    """Yield the name of a function, and the median ms of a start with and without the starter."""
    (code,) = (engine.home / "tmp").glob("ministack-provided-code-*/*/order")  # as the engine unpacked it
    for function in FUNCTIONS:
        told: Any = stack.session.client("lambda").get_function_configuration(
            FunctionName=stack.function_name(function)
        )
        common = {
            "PATH": search_path(ENGINE_BIN),
            "AWS_ENDPOINT_URL": engine.endpoint,
            "AWS_REGION": stack.region,
            "AWS_DEFAULT_REGION": stack.region,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "LAMBDA_TASK_ROOT": str(code.parent),
            "AWS_LAMBDA_FUNCTION_NAME": f"{function} of the bench",
            "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
            "_HANDLER": told["Handler"],
            **told["Environment"]["Variables"],
        }
        forked = {**common, FOLDER: str(engine.home.absolute())}
        _start(code.parent, forked)  # the parent
        with_starter, without = (
            statistics.median(_start(code.parent, each) for _ in range(_TIMES)) for each in (forked, common)
        )
        yield function.removesuffix("Function"), with_starter, without


def _start(folder: Path, environment: dict[str, str]) -> float:
    api = RuntimeApi()
    began = time.monotonic()
    bootstrap = subprocess.Popen(  # noqa: S603 - our own program
        [folder / "bootstrap"],
        cwd=folder,
        env={**environment, "AWS_LAMBDA_RUNTIME_API": api.address},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    assert api.polled.wait(PATIENCE)
    took = time.monotonic() - began
    bootstrap.kill()
    bootstrap.wait()
    api.close()
    return took * 1000
