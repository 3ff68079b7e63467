"""Events in words: what is recognised by its fields is told in sentences, the rest of any step in its own terms."""

from collections.abc import Callable

from saga.orders import words
from saga.orders.api_view import minor
from saga.orders.facts import Event, Json


def wording(event: Event, money: str) -> str:
    """What the event tells; `money` is what a compensation did to it, in words."""
    tell = _WORDS.get(event.outcome)
    return (tell(event.detail, money) if tell else "") or _fields(event)


def would_undo(event: Event) -> str:
    """What undoing comes to, by the event of what was done."""
    recognised = _moved(event.detail, "{} back on the shelf", "the payment of {} is voided, or given back")
    return recognised or f"{words.clean(event.type)} ({_fields(event)})"


def _started(detail: Json) -> str:
    price = f" for {words.amount(minor(detail['totalAmount']))}" if "totalAmount" in detail else ""
    return f"{words.lines(detail['items'])}{price}" if "items" in detail else ""


def _moved(detail: Json, pieces: str, money: str) -> str:
    """Pieces of products and an amount of money, each in its own words."""
    items, amount = detail.get("items"), minor(detail.get("amount") or 0)
    return _joined(
        pieces.format(words.lines(items)) if items else "", money.format(words.amount(amount)) if amount else ""
    )


def _undone(detail: Json, money: str) -> str:
    stock = f"{words.lines(detail['items'])} back on the shelf" if detail.get("items") else "nothing was held"
    return _joined(stock if "items" in detail else "", money)


def _parked(detail: Json) -> str:
    given_up = ", ".join(words.told(step, error) for step, error in detail.get("failures", {}).items())
    return f"not undone: {', '.join(map(words.clean, detail.get('notUndone', ())))} ({given_up})"


def _reason(detail: Json) -> str:
    return words.told(detail.get("reason"), detail.get("cause"))


def _fields(event: Event) -> str:
    told = (f"{words.clean(name)}: {words.clean(value)}" for name, value in event.detail.items())
    return _joined(*told) or words.clean(event.outcome)


def _joined(*told: str) -> str:
    return ", ".join(filter(None, told))


_WORDS: dict[str, Callable[[Json, str], str]] = {
    "started": lambda detail, _: _started(detail),
    "intended": lambda detail, _: _moved(detail, "{} to be held", "intent to take {}: no money moved yet"),
    "done": lambda detail, _: _moved(detail, "{} held", "{} taken"),
    "refused": lambda detail, _: words.told(
        f"nothing {'taken' if 'amount' in detail else 'done'}", detail.get("cause")
    ),
    "confirmed": lambda _detail, _: "from here there is no way back",
    "cancelling": lambda detail, _: f"to be undone: {_reason(detail)}",
    "undone": _undone,
    "failed": lambda _detail, _: "all is undone",
    "parked": lambda detail, _: _parked(detail),
    "resumed": lambda detail, _: f"taken up again by {words.clean(detail.get('by', 'recovery'))}: {_reason(detail)}",
}
