"""HTML, escaped unless it was made here: text from an order stays text."""

from collections.abc import Mapping
from html import escape

type Content = str | int | None
type Value = str | float | bool | None

_VOID = {"input", "br", "hr", "link", "meta"}


class Html(str):
    """Markup that is inserted as it is."""

    __slots__ = ()


def tag(name: str, /, *children: Content, **attributes: Value) -> Html:
    """Return an element; `class_` and `aria_label` stand for `class` and `aria-label`.

    A child or a value of None is left out. An attribute that is True has no value; one that is False is left out.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Html(start if name in _VOID else f"{start}{join(*children)}</{name}>")


def join(*children: Content) -> Html:
    """Return the children one after the other; anything that isn't markup is escaped."""
    present = (child for child in children if child is not None)
    return Html("".join(child if isinstance(child, Html) else escape(str(child)) for child in present))


def facts(pairs: Mapping[str, Content], style: str | None = "facts") -> Html:
    """Return a list of names and their values."""
    rows = (tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs.items())
    return tag("dl", *rows, class_=style)


def empty(title: str, rest: Content = None, style: str = "empty") -> Html:
    """Return the placeholder for an empty list."""
    return tag("div", tag("strong", title), tag("span", rest), class_=style)


def _attribute(key: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
