"""Adds a command to its group, with the options that all commands have, examples in its help, and failures told."""

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Annotated, Any, Concatenate

import typer

from saga.command.answer import Output
from saga.command.asked import Asked
from saga.command.reporting import reported
from saga.target import Target

EXAMPLES: dict[str, Sequence[str]] = {}  # by function; a test runs them

_PANEL = "Options of every command"
type Command[**P] = Callable[Concatenate[Asked, P], int | None]


def _common(
    output: Annotated[
        Output, typer.Option("--output", "-o", help="Shape of the answer.", rich_help_panel=_PANEL)
    ] = Output.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="Short for -o json.", rich_help_panel=_PANEL)] = False,  # noqa: FBT002
    config_env: Annotated[
        str | None, typer.Option(help="Environment in samconfig.toml: a stack on AWS.", rich_help_panel=_PANEL)
    ] = None,
    stack: Annotated[str | None, typer.Option(help="Name of the stack.", rich_help_panel=_PANEL)] = None,
    region: Annotated[str | None, typer.Option(help="Region of the stack.", rich_help_panel=_PANEL)] = None,
    profile: Annotated[str | None, typer.Option(help="Profile of AWS credentials.", rich_help_panel=_PANEL)] = None,
) -> Asked:
    return Asked(Target(config_env, stack, region, profile), Output.JSON if as_json else output)


_COMMON = [
    each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
    for each in inspect.signature(_common, eval_str=True).parameters.values()
]


def add[**P](app: typer.Typer, *examples: str, name: str | None = None) -> Callable[[Command[P]], Command[P]]:
    """Adds the decorated function to `app`. Its first parameter is what was asked; it gives its exit code, if not 0.

    `examples` are command lines without `saga`, shown in the help.
    """

    def adding(command: Command[P]) -> Command[P]:
        EXAMPLES[f"{command.__module__}.{command.__qualname__}"] = examples
        epilog = "Examples: " + "; ".join(f"saga {example}" for example in examples) if examples else None
        app.command(name, epilog=epilog)(_with_common_options(command))
        return command

    return adding


def _with_common_options[**P](command: Command[P]) -> Callable[..., None]:
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]

    @wraps(command)
    def called(**given: Any) -> None:  # noqa: ANN401 - whatever the command takes
        asked = _common(**{each.name: given.pop(each.name) for each in _COMMON})
        code = command(asked, **given)  # type: ignore[call-arg]  # the signature is put together below
        if code:
            raise typer.Exit(code)

    keyword = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    called.__signature__ = inspect.Signature([*keyword, *_COMMON])  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in (*own, *_COMMON)}
    return reported(called)
