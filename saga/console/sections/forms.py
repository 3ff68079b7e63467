"""The forms that act on an order. console.js sends them and shows the answer."""

from saga.console.html import Content, Html, tag
from saga.console.labels import ago, next_attempt, order_path
from saga.console.sources.source import Environment, Kind
from saga.orders.pause import waiting
from saga.orders.record import Record
from saga.stack.kinds import RETURN
from saga.stack.tables import missing
from saga.text.safe import counted
from saga.text.times import milliseconds

_LONGEST_REASON = 255


def action_form(action: str, *content: Content, style: str = "act") -> Html:
    """Return a form that POSTs to `action`, with a place for the answer."""
    result = tag("p", class_="result", role="status")
    return tag("form", *content, result, action=action, data_send=True, class_=style)


def cancel(record: Record, environment: Environment) -> Html | None:
    """Return a menu that cancels an order, or None if the order or the console doesn't allow it."""
    if record.status != "PENDING" or record.kind == RETURN or not environment.writable:
        return None
    form = _reason_form(record.order_id, "cancel", f"Cancel the {record.kind}", "no longer wanted", "button danger")
    return tag("details", tag("summary", "Cancel …", class_="button"), form, class_="menu")


def parked(record: Record, environment: Environment) -> Html | None:
    """Return why an order is parked and the forms that resume it, or None if it isn't parked."""
    if record.status != "PARKED":
        return None
    mark = record.order["parked"]
    words, events = missing(mark)
    failures = ", ".join(f"{state} failed with {error}" for state, error in mark.get("failures", {}).items())
    why = tag(
        "p",
        tag("strong", "‖ Parked "),
        ago(milliseconds(mark["at"])),
        f": {failures or 'it took too long'}. {words.capitalize()}: {', '.join(events)}. ",
        f"Once the cause is fixed, resume the {record.kind}. Every step is fenced, so nothing happens twice.",
    )
    return tag("div", why, resume(record.order_id, environment), class_="notice parked")


def paused(record: Record, environment: Environment) -> Html | None:
    """Return what a paused order waits for and the forms that resume it, or None if it isn't paused."""
    if "paused" not in record.order:
        return None
    mark = record.order["paused"]
    tried = (counted(mark["attempts"], "failed attempt"), " since ", ago(milliseconds(mark["since"])))
    why = tag("p", tag("strong", "‖ Paused: "), f"{waiting(mark)}. ", *tried, ", ", next_attempt(mark), ".")
    form = resume(record.order_id, environment) if "nextAttemptAt" in mark else None
    return tag("div", why, form, class_="notice paused")


def resume(order_id: str, environment: Environment) -> Html | None:
    """Return the forms that resume an order, on the engine after the simulated outage has ended."""
    if not environment.writable:
        return None
    button = tag("button", "Restore the gateway", class_="button", type="submit")
    restore = action_form(f"{order_path(order_id)}/restore-gateway", button)
    form = _reason_form(order_id, "resume", "Resume", "the gateway works again", "button main")
    return tag("div", restore if environment.kind is Kind.ENGINE else None, form, class_="acts")


def _reason_form(order_id: str, action: str, label: str, reason: str, style: str) -> Html:
    limits = {"required": True, "maxlength": _LONGEST_REASON}
    box = tag("input", name="reason", value=reason, aria_label=f"Reason to {action}", **limits)
    button = tag("button", label, class_=style, type="submit")
    return action_form(f"{order_path(order_id)}/{action}", box, button)
