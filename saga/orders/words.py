"""How amounts, durations and foreign text are shown to people."""

from collections.abc import Iterable, Mapping

_SECOND, _MINUTE, _HOUR = 1_000, 60_000, 3_600_000  # milliseconds


def clean(text: object) -> str:
    """Text that came with an order, safe for a terminal: control characters and the like are replaced."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(text))


def amount(minor: int) -> str:
    """1299.99 for 129999."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


def duration(milliseconds: int) -> str:
    """120 ms, 4.3 s, 2 min 20 s or 3 h 5 min."""
    if milliseconds < _SECOND:
        return f"{milliseconds} ms"
    if milliseconds < _MINUTE:
        return f"{milliseconds / _SECOND:.1f} s"
    if milliseconds < _HOUR:
        return f"{milliseconds // _MINUTE} min {milliseconds % _MINUTE // _SECOND} s"
    return f"{milliseconds // _HOUR} h {milliseconds % _HOUR // _MINUTE} min"


def lines(items: Iterable[Mapping[str, object]]) -> str:
    """How many of which products, such as "2 monitor, 1 laptop"."""
    return ", ".join(f"{item['quantity']} {clean(item['productId'])}" for item in items)


def told(error: object, cause: object = None) -> str:
    """What there is of an error and its cause, which may begin with the error's name, in one line."""
    told = [clean(each) for each in (error, cause) if each]
    return told[-1] if len(told) > 1 and told[1].startswith(f"{told[0]}: ") else ": ".join(told)
