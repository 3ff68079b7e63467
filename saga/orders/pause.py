"""A paused order: what waits and for what, and when it is tried again. Its status stays PENDING or CANCELLING."""

from saga.http import Json
from saga.text.durations import age
from saga.text.safe import clean, counted, error_text
from saga.text.times import clock, local, milliseconds


def waiting(paused: Json) -> str:
    """Return which state waits, and for what, of a pause as the API shows it."""
    return f"{_state(paused)} waits ({error_text(paused['reason'], paused.get('cause'))})"


def tries(paused: Json, now: int) -> str:
    """Return how often it was tried, since when, and when it is tried next; `now` is in ms since the epoch."""
    since = local(milliseconds(paused["since"]), now)
    return f"{counted(paused['attempts'], 'failed attempt')} since {since}, {next_attempt(paused, now)}"


def next_attempt(paused: Json, now: int) -> str:
    """Return when it is tried next. The sweeper comes once a minute, so it may be a minute late."""
    if "nextAttemptAt" not in paused:
        return "trying again now"
    at = milliseconds(paused["nextAttemptAt"])
    return f"next attempt {f'in {age(at - now)}' if at > now else 'within a minute'} ({clock(at)[:8]})"


def ended_by(detail: Json) -> str:
    """Return the attempt after which an order was resumed, in the detail of that event; empty if it was not paused."""
    return f"attempt {clean(detail['attempts'])} of {_state(detail)}" if "attempts" in detail else ""


def _state(paused: Json) -> str:
    return clean(paused.get("state") or "the execution")
