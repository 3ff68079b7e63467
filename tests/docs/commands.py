"""The command lines that stand in the documents, and what of them does not exist."""

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

import typer

from saga.cli import app
from tests.support.template import ROOT

PROGRAMS = ("saga", "make")
FENCE = re.compile(r"^```.*?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^ {4}.*\n?)+", re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
SETTING = re.compile(r"(\w+)=.*")
SUBSTITUTED = re.compile(r"\$\(([^()]*)\)")
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.compile("|".join(re.findall(r"^([a-z][\w%-]*):", MAKEFILE, re.MULTILINE)).replace("%", r"\w+"))


def command_lines(page: str) -> Iterator[list[str]]:
    """Give the words of each call of `saga` and of `make` on a page: in its blocks of code, and in its prose."""
    blocks = [found[1] for found in FENCE.finditer(page)]
    prose = FENCE.sub("", page)
    blocks += [found[0] for found in INDENTED.finditer(prose)]
    lines = [line for block in blocks for line in _typed(block)]
    for line in (*lines, *SPAN.findall(INDENTED.sub("", prose))):
        yield from _calls(" ".join(line.split()))


def _typed(block: str) -> list[str]:
    """Give what somebody types: where there are prompts, the rest is what the commands print."""
    lines = block.replace("\\\n", " ").splitlines()
    prompted = [line.strip()[2:] for line in lines if line.strip().startswith("$ ")]
    return prompted or [line.strip() for line in lines]


def _calls(line: str) -> Iterator[list[str]]:
    """Give the calls in a line of a shell; a line that is none of a shell has none."""
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
        Exception: as Typer refuses it; LookupError for what the Makefile does not have.
    """
    program, *words = line
    if program == "make":
        _check_make(words)
    else:
        _check_saga(typer.main.get_command(app), words)


def _check_make(words: Sequence[str]) -> None:
    for word in words:
        setting = SETTING.fullmatch(word)
        if setting and setting[1] not in MAKEFILE:
            raise LookupError(f"the Makefile knows nothing of {setting[1]}")
        if not (setting or word.startswith("-") or TARGETS.fullmatch(word)):
            raise LookupError(f"the Makefile has no target {word}")


def _check_saga(command: Any, words: Sequence[str]) -> None:
    """Go from group to group; a command that is only named may lack what it needs."""
    if not words or words == ["--help"]:
        return
    if not hasattr(command, "commands"):
        command.make_context(command.name, list(words))
    elif words[0] in command.commands:
        _check_saga(command.commands[words[0]], words[1:])
    else:
        raise LookupError(f"saga has no command {words[0]}")
