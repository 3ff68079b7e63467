"""The calls of `saga` in README, docs and help as tests run them: with orders that exist, and small sizes."""

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from saga.cli.app import COMMANDS, load
from saga.cli.register import EXAMPLES
from tests.docs.commands import command_lines
from tests.docs.test_commands_in_docs import PAGES

ON_AWS = ("--config-env", "--profile")
FOLLOWED = ("logs", "console")  # they never end
OF_THE_ENGINE = ("up", "down")  # they start and stop it, so they get one of their own
AN_ORDER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|ID|OTHER")
SIZES = {"--orders": "2", "--transactions": "1", "--returns": "1", "--rate": "2"}  # of a load


def calls() -> list[list[str]]:
    """Return all calls that need no AWS account. A command or group that is only named is none."""
    pages = [words for page in PAGES for program, *words in command_lines(page.read_text()) if program == "saga"]
    found = {tuple(words) for words in (*pages, *map(shlex.split, examples())) if is_call(words)}
    return [list(words) for words in sorted(found) if not any(word.startswith(ON_AWS) for word in words)]


def examples() -> list[str]:
    """Return the examples in the help of all commands."""
    for name in [name for listed in COMMANDS.values() for name in listed]:
        load(name)
    return [line for function, lines in EXAMPLES.items() if function.startswith("saga.") for line in lines]


def is_call(words: Sequence[str]) -> bool:
    """Return whether these words call a command, with the arguments that it needs."""
    if not words or words[0].startswith("-"):
        return False
    command, rest = _command(words)
    return not hasattr(command, "commands") and (bool(rest) or not any(each.required for each in command.params))


def is_bare(words: Sequence[str]) -> bool:
    """Return whether the words only name a command: it may still need an option."""
    return not _command(words)[1]


def _command(words: Sequence[str]) -> tuple[Any, list[str]]:
    command: Any = load(words[0])
    rest = list(words[1:])
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    return command, rest


def runnable(words: Sequence[str], orders: Mapping[str, str]) -> list[str]:
    """Return the words with the order for this verb, or else any order, and with small sizes."""
    verb = next((each for each in words if each in orders), "")
    named = [orders[verb] if AN_ORDER.fullmatch(word) else word for word in words]
    return [SIZES.get(before, word) for before, word in zip(["", *named], named, strict=False)]
