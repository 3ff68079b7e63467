"""`make up`, `make down` and what comes between, on an engine of their own: two stacks, and an engine that hangs."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from saga.console.background import BackgroundConsole
from saga.engine.process import Engine
from saga.engine.project import ENGINE_HOME, ROOT
from saga.engine.session import engine_session
from saga.http import call
from tests.docs.commands import command_lines
from tests.docs.test_commands_in_docs import PAGES
from tests.e2e.command import Command, environment
from tests.e2e.conftest import free_port
from tests.e2e.following import follow

PATIENCE = 600  # seconds
BRIDGE = "127.0.0.2"  # as good as one: another address of this machine
TIMEOUT = 2  # seconds
DOCUMENTED = {
    tuple(words) for page in PAGES for program, *words in command_lines(page.read_text()) if program == "make"
}


README = (ROOT / "README.md").read_text()
CURL = re.findall(r"^ {4}(curl (?:.*\\\n)*.*)$", README, re.MULTILINE)
SAMPLES = [json.loads(line) for line in re.findall(r'^ {4}(\{"\w+Id": .*\})$', README, re.MULTILINE)]
FIELDS = ({"orderId", "items"}, {"events"}, {"status"}, {"status", "steps"})  # that the answers have to what is no POST


class Terminal:
    """Somebody's terminal in the root of the project."""

    def __init__(self, home: Path) -> None:
        self.engine_home, self.saga = home / "engine", Command(home / "engine", home)
        self.environment = environment(self.engine_home, home)
        self.up = ""

    def make(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run make."""
        return self._run(["make", *words])

    def shell(self, line: str) -> str:
        """Run a line as a shell does, and return its output."""
        return self._run(["sh", "-c", line]).stdout

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own commands
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Return a terminal after `make up`. The build is that of all tests, because SAM has one folder for it."""
    terminal = Terminal(tmp_path_factory.mktemp("home"))
    build = ENGINE_HOME / "build"
    build.mkdir(parents=True, exist_ok=True)
    terminal.engine_home.mkdir()
    (terminal.engine_home / "build").symlink_to(build)
    try:
        started = terminal.make("up", f"ENGINE_PORT={free_port()}", f"ENGINE_LISTEN={BRIDGE}")
        assert started.returncode == 0, started.stderr
        terminal.up = started.stdout
        yield terminal
    finally:
        terminal.saga("down")


def test_up_ends_with_the_urls_of_the_api_and_of_a_console_that_answers(terminal: Terminal) -> None:
    api = terminal.make("-s", "url").stdout.strip()
    console = re.search(r"^Console +(http\S+)$", terminal.up, re.MULTILINE)
    assert f"API      {api}" in terminal.up
    assert console
    assert call(f"{console[1]}/health")[1]["environment"] == "ENGINE"


def test_up_deploys_changes_again(terminal: Terminal) -> None:
    assert terminal.make("up").returncode == 0


def test_the_curl_commands_of_the_readme_work_in_their_order(terminal: Terminal) -> None:
    samples, fields, ids = iter(SAMPLES), iter(FIELDS), dict[str, str]()
    for line in CURL:
        answer = json.loads(terminal.shell(reduce(lambda text, each: text.replace(*each), ids.items(), line)))
        if "-d '" in line:  # it places something, and the README shows the answer
            sample = next(samples)
            assert answer.keys() == sample.keys()
            (name,) = [each for each in sample if each.endswith("Id")]
            ids[sample[name]] = answer[name]
        else:
            assert answer.keys() >= next(fields)
    assert (list(samples), list(fields)) == ([], [])


def test_make_logs_follows_the_logs_until_it_is_interrupted(terminal: Terminal) -> None:
    line, errors = follow(["make", "-s", "logs"], terminal.environment, "PlaceOrder", ROOT)
    assert re.match(r"\d\d:\d\d:\d\d \w", line)
    assert "Traceback" not in errors
    assert "saga: " not in errors


@pytest.mark.parametrize("target", ["install", "invoke-reserve_inventory", "local-env", "asl", "check-data", "help"])
def test_another_target_for_the_engine_works(terminal: Terminal, target: str) -> None:
    ended = terminal.make("-s", target)
    assert ended.returncode == 0, ended.stderr


def test_containers_find_the_tables_of_the_stack_on_their_bridge(terminal: Terminal) -> None:
    assert terminal.make("-s", "local-env").stdout.startswith("export AWS_ACCESS_KEY_ID=test ")
    variables = json.loads((terminal.engine_home / "sam-local" / "env.json").read_text())["GetOrderFunction"]
    endpoint = variables["AWS_ENDPOINT_URL"]
    assert urlsplit(endpoint).hostname == BRIDGE
    assert variables["SAGAS_TABLE"] in engine_session(endpoint).client("dynamodb").list_tables()["TableNames"]


def test_a_second_stack_has_a_console_of_its_own(terminal: Terminal) -> None:
    second = ("--stack", "second")
    started = terminal.saga.json("up", *second)
    order_id = started["orders"][0]["orderId"]
    assert started["consoleUrl"] not in terminal.up
    assert terminal.saga.json("order", "open", order_id, *second)["url"] == f"{started['consoleUrl']}/orders/{order_id}"
    exported = call(f"{started['consoleUrl']}/orders/{order_id}/export.json")[1]
    assert exported["stack"]["name"] == "second"


def of_group(leader: int) -> list[str]:
    """Return the processes of a group that haven't ended."""
    ps = ["ps", "-axo", "pgid=,stat=,args="]
    listed = subprocess.run(ps, capture_output=True, text=True, check=True).stdout  # noqa: S603
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return [args for group, state, args in rows if group == str(leader) and not state.startswith("Z")]


@pytest.fixture
def hanging(terminal: Terminal) -> Iterator[Terminal]:
    """Stop the engine's process as a debugger does, or a machine that swaps."""
    pid = Engine(terminal.engine_home).pid_file.read()["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield terminal
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("line", ["url", "status", "doctor", "logs", "order list", "check", "up"])
def test_a_command_ends_with_one_line_if_the_engine_hangs(hanging: Terminal, line: str) -> None:
    ended = hanging.saga("--timeout", str(TIMEOUT), *line.split())
    errors = [each for each in ended.stderr.splitlines() if each.startswith("saga: ")]
    assert (ended.returncode, len(errors)) == (3, 1), ended.stderr
    assert f"has not answered for {TIMEOUT} s" in errors[0]
    assert "Traceback" not in ended.stderr


def test_down_ends_even_an_engine_that_hangs_and_all_consoles(terminal: Terminal) -> None:
    engine = Engine(terminal.engine_home)
    pid = engine.pid_file.read()["pid"]
    assert len(of_group(pid)) > 3  # the engine, the starter, parents and workers
    os.kill(pid, signal.SIGSTOP)
    ended = terminal.make("down")
    assert (ended.returncode, engine.is_running()) == (0, False)
    assert of_group(pid) == []
    consoles = BackgroundConsole.started(terminal.engine_home)
    assert [console.is_running() for console in consoles] == [False, False]


def test_after_down_a_command_says_how_to_start_the_engine(terminal: Terminal) -> None:
    ended = terminal.saga("url")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "make up" in ended.stderr


def test_the_documented_targets_for_the_engine_are_those_above() -> None:
    assert {("up",), ("down",), ("logs",), ("help",), ("-s", "url"), ("invoke-reserve_inventory",)} <= DOCUMENTED
