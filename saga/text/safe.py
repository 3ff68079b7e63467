"""Text from outside, such as ids and error messages, made safe to print on a terminal."""

from collections.abc import Iterable, Mapping


def clean(text: object) -> str:
    """Return the text with control and other unprintable characters replaced."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(text))


def item_list(items: Iterable[Mapping[str, object]]) -> str:
    """Return the items of an order in words: 2 monitor, 1 laptop."""
    return ", ".join(f"{item['quantity']} {clean(item['productId'])}" for item in items)


def counted(count: int, thing: str) -> str:
    """Return 1 order, or 2 orders."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def error_text(error: object, cause: object = None) -> str:
    """Return an error and its cause in one line. A cause that begins with the error's name stands alone."""
    parts = [clean(each) for each in (error, cause) if each]
    return parts[-1] if len(parts) > 1 and parts[1].startswith(f"{parts[0]}: ") else ": ".join(parts)


def reason_text(reason: Mapping[str, object]) -> str:
    """Return a reason on record in one line: its code, and what the customer wrote or else what caused it."""
    return error_text(reason.get("reason"), reason.get("text") or reason.get("cause"))
