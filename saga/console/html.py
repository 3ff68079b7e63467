"""HTML, escaped unless it was made here: whatever comes from an order is a plain string and stays text."""

from html import escape

type Content = str | int | None
type Value = str | float | bool | None

_VOID = {"input", "br", "hr", "link", "meta"}


class Html(str):
    """Markup that is shown as it is."""

    __slots__ = ()


def tag(name: str, /, *children: Content, **attributes: Value) -> Html:
    """An element. `class_` and `aria_label` stand for `class` and `aria-label`; a child or value of None is left out.

    An attribute that is True has no value, one that is False is not there.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Html(start if name in _VOID else f"{start}{join(*children)}</{name}>")


def join(*children: Content) -> Html:
    """One after the other; what is not markup is escaped."""
    return Html("".join(child if isinstance(child, Html) else escape(str(child)) for child in _given(children)))


def _given(children: tuple[Content, ...]) -> list[str | int]:
    return [child for child in children if child is not None]


def _attribute(key: str, value: Value) -> str:
    name = key.rstrip("_").replace("_", "-")
    match value:
        case None | False:
            return ""
        case True:
            return f" {name}"
        case _:
            return f' {name}="{escape(str(value))}"'
