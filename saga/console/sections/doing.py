"""What can be done about an order, as forms: the console's own POST routes do it."""

from urllib.parse import quote

from saga.console.html import Html, tag
from saga.console.source import Environment, Kind
from saga.console.words import ago
from saga.orders.api_view import milliseconds
from saga.orders.record import Record

_LONGEST_REASON = 255


def parked(record: Record, environment: Environment) -> Html | None:
    """What a parked order waits for, and how it goes on; None for any other."""
    return _parked(record, environment) if record.status == "PARKED" else None


def cancel(record: Record, environment: Environment) -> Html | None:
    """A button for an order that can still be cancelled; it asks for the reason."""
    if record.status != "PENDING" or not environment.writable:
        return None
    form = _form(record.order_id, "cancel", "Cancel the order", "no longer wanted", "button danger")
    return tag("details", tag("summary", "Cancel …", class_="button"), form, class_="menu")


def resume_form(order_id: str) -> Html:
    """Takes a parked order up again."""
    return _form(order_id, "resume", "Resume", "the gateway works again", "button main")


def make_well_form(order_id: str) -> Html:
    """Ends the outage of the simulated gateway, which is why an order was parked."""
    button = tag("button", "End the gateway's outage", class_="button", type="submit")
    said = tag("p", class_="said", role="status")
    return tag("form", button, said, action=_action(order_id, "make-well"), data_send=True, class_="act")


def _parked(record: Record, environment: Environment) -> Html:
    mark = record.order["parked"]
    failures = ", ".join(f"{state} gave up: {error}" for state, error in mark.get("failures", {}).items())
    why = tag(
        "p",
        tag("strong", "‖ Parked "),
        ago(milliseconds(mark["at"])),
        f": {failures or 'a compensation gave up'}. Not undone: {', '.join(mark.get('notUndone', []))}. ",
        "Once the cause is gone, resume it: every step is fenced, so nothing is done twice.",
    )
    forms = [resume_form(record.order_id)] if environment.writable else []
    if environment.writable and environment.kind is Kind.ENGINE:
        forms.insert(0, make_well_form(record.order_id))
    return tag("div", why, tag("div", *forms, class_="acts"), class_="notice parked")


def _form(order_id: str, what: str, words: str, reason: str, look: str) -> Html:
    label = f"Why {words.lower()}"
    box = tag("input", name="reason", value=reason, required=True, maxlength=_LONGEST_REASON, aria_label=label)
    button = tag("button", words, class_=look, type="submit")
    said = tag("p", class_="said", role="status")
    return tag("form", box, button, said, action=_action(order_id, what), data_send=True, class_="act")


def _action(order_id: str, what: str) -> str:
    return f"/orders/{quote(order_id, safe='')}/{what}"
