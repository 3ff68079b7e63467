"""The command lines in the documentation, and a check that each of them exists."""

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

import typer

from saga.cli.app import COMMANDS, app, load
from tests.support.template import ROOT

PROGRAMS = ("saga", "make")
FENCE = re.compile(r"^```.*?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^ {4}.*\n?)+", re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
ROOT_OPTIONS = {name for each in typer.main.get_command(app).params for name in each.opts} - {"--help"}
SETTING = re.compile(r"(\w+)=.*")
SUBSTITUTED = re.compile(r"\$\(([^()]*)\)")
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.compile("|".join(re.findall(r"^([a-z][\w%-]*):", MAKEFILE, re.MULTILINE)).replace("%", r"\w+"))


def command_lines(page: str) -> Iterator[list[str]]:
    """Yield the words of each call of `saga` or `make` on a page, in its blocks of code and in its prose."""
    blocks = [found[1] for found in FENCE.finditer(page)]
    prose = FENCE.sub("", page)
    blocks += [found[0] for found in INDENTED.finditer(prose)]
    lines = [line for block in blocks for line in _typed(block)]
    for line in (*lines, *SPAN.findall(INDENTED.sub("", prose))):
        yield from _calls(" ".join(line.split()))


def _typed(block: str) -> list[str]:
    """Return the lines to type. If there are prompts, the other lines are output."""
    lines = block.replace("\\\n", " ").splitlines()
    prompted = [line.strip()[2:] for line in lines if line.strip().startswith("$ ")]
    return prompted or [line.strip() for line in lines]


def _calls(line: str) -> Iterator[list[str]]:
    """Yield the calls in a line of shell. A line that isn't shell has none."""
    for substituted in SUBSTITUTED.findall(line):
        yield from _calls(substituted)
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        return
    while words:
        call = list(takewhile(lambda word: not set(word) <= set("();<>|&"), words))
        words = words[len(call) + 1 :]
        while call and SETTING.fullmatch(call[0]):
            call.pop(0)
        if call and (program := call[0].removeprefix(".venv/bin/")) in PROGRAMS:
            yield [program, *call[1:]]


def check(line: Sequence[str]) -> None:
    """Check that a command line exists.

    Raises:
        Exception: Typer refuses it, or there is no such command or target.
    """
    program, *words = line
    if program == "make":
        _check_make(words)
    else:
        _check_saga(words)


def _check_make(words: Sequence[str]) -> None:
    for word in words:
        setting = SETTING.fullmatch(word)
        if setting and setting[1] not in MAKEFILE:
            raise LookupError(f"the Makefile has no variable {setting[1]}")
        if not (setting or word.startswith("-") or TARGETS.fullmatch(word)):
            raise LookupError(f"the Makefile has no target {word}")


def _check_saga(words: Sequence[str]) -> None:
    if words and words[0] in ROOT_OPTIONS:
        words = words[2:]
    if not words or words[0] == "--help":
        return
    if not any(words[0] in listed for listed in COMMANDS.values()):
        raise LookupError(f"saga has no command {words[0]}")
    _check_command(load(words[0]), words[1:])


def _check_command(command: Any, words: Sequence[str]) -> None:
    """Check a command or a group of commands. One that is only named may lack its arguments."""
    if not words or words == ["--help"]:
        return
    if not hasattr(command, "commands"):
        command.make_context(command.name, list(words))
    elif words[0] in command.commands:
        _check_command(command.commands[words[0]], words[1:])
    else:
        raise LookupError(f"saga {command.name} has no command {words[0]}")
