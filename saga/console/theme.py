"""The colours of the pages: those of the drawn state machine, as CSS variables, light and dark as the system has it."""

from saga.graph.theme import DARK, LIGHT, Palette

_OUTCOMES = ("succeeded", "caught", "failed", "running", "not_reached", "plain")


def variables() -> str:
    """The style sheet that defines them: `--failed-fill`, `--failed-line` and `--failed-text`, and so on."""
    return f":root{{{_rules(LIGHT)}}}\n@media (prefers-color-scheme: dark){{:root{{{_rules(DARK)}}}}}\n"


def _rules(palette: Palette) -> str:
    colours = {name: palette[name] for name in _OUTCOMES}
    return "".join(
        f"--{name}-{part}:{colour};"
        for name, triple in colours.items()
        for part, colour in zip(("fill", "line", "text"), triple, strict=True)
    )
