"""The circuit breaker in front of the payment gateway."""

from saga.console.elements import markup
from saga.console.html import Html, facts, tag
from saga.console.labels import ago, pill
from saga.console.layout import Page
from saga.console.sections.forms import action_form
from saga.operations import circuit

_STATES = {
    "CLOSED": ("✓", "succeeded", "Calls reach the gateway."),
    "OPEN": ("✗", "failed", "Calls fail at once. The saga retries, then pauses until the gateway answers."),
    "HALF_OPEN": ("▸", "running", "One call goes through to test whether the gateway answers again."),
}
_UNKNOWN = ("?", "not_reached", "The console doesn't know this state.")


def build(page: Page) -> None:
    """Add the elements of the page."""
    markup(tag("h1", "Circuit breaker"))
    markup(tag("p", "All functions share one breaker in front of the payment gateway.", class_="muted"))
    card = markup(classes="card").props("hidden")

    def show(found: circuit.Breaker) -> None:
        card.props(remove="hidden")
        card.set_content(_state(found, writable=page.environment.writable))

    page.poll(lambda: page.source.read(circuit.breaker), show)


def _state(breaker: circuit.Breaker, *, writable: bool) -> Html:
    glyph, style, text = _STATES.get(breaker.state, _UNKNOWN)
    state = tag("p", pill(breaker.state.replace("_", " "), glyph, f"{style} big"), " ", text)
    since = "not open" if breaker.since is None else ago(breaker.since)
    numbers = facts({"Open since": since, "Consecutive failures": breaker.failures})
    button = tag("button", "Close the circuit", class_="button main", type="submit")
    reset = action_form("/breaker/reset", button) if writable and breaker.state != "CLOSED" else None
    return tag("div", state, numbers, reset, class_="pad stack")
