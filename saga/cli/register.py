"""Registers commands with the options that all of them have, and with examples in their help."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, cast

import typer
from typer.core import TyperCommand

from saga.cli.context import Context
from saga.cli.output import Output
from saga.stack.target import Target

EXAMPLES: dict[str, Sequence[str]] = {}  # by function: a test runs them

_option = partial(typer.Option, rich_help_panel="Options of every command")
_options = typer.Typer(add_completion=False)


@_options.command()
def _common(
    *,
    output: Annotated[Output, _option("--output", "-o", help="Format of the result.")] = Output.TABLE,
    as_json: Annotated[bool, _option("--json", help="Short for -o json.")] = False,
    config_env: Annotated[str | None, _option(help="Environment in samconfig.toml, for a stack on AWS.")] = None,
    stack: Annotated[str | None, _option(help="Name of the stack.")] = None,
    region: Annotated[str | None, _option(help="Region of the stack.")] = None,
    profile: Annotated[str | None, _option(help="Profile of AWS credentials.")] = None,
) -> None:
    """Declare the options; nothing calls this."""


_COMMON = typer.main.get_command(_options).params


class Command(TyperCommand):
    """A command with the common options. Its function returns the exit code, or None for 0."""

    context_class = Context

    def get_params(self, ctx: object) -> list[Any]:
        """Return the command's own parameters and the common ones."""
        return [*super().get_params(cast("Context", ctx)), *_COMMON]

    def parse_args(self, ctx: object, args: list[str]) -> list[str]:
        """Parse the command line; the common options become attributes of the context."""
        context = cast("Context", ctx)
        rest = super().parse_args(context, args)
        common = {str(option.name): context.params.pop(str(option.name)) for option in _COMMON}
        context.output = Output.JSON if common["as_json"] else Output(common["output"])
        context.target = Target(*(common[name] for name in ("config_env", "stack", "region", "profile")))
        return rest

    def invoke(self, ctx: object) -> None:
        """Run the command and exit with its code."""
        if code := super().invoke(cast("Context", ctx)):
            raise typer.Exit(code)


def add[F: Callable[..., int | None]](app: typer.Typer, *examples: str, name: str | None = None) -> Callable[[F], F]:
    """Add the decorated function, whose first parameter is the `Context`. Its help shows the `examples`."""

    def register(function: F) -> F:
        EXAMPLES[f"{function.__module__}.{function.__qualname__}"] = examples
        epilog = "Examples: " + "; ".join(f"saga {example}" for example in examples) if examples else None
        return app.command(name, cls=Command, epilog=epilog)(function)

    return register
