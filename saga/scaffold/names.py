"""The names of a new step. All follow from those of its states and its participant."""

import builtins
import keyword
import re

from saga.failures import UsageFailure

_STATE, _PARTICIPANT = re.compile("[A-Z][a-z]+([A-Z][a-z0-9]+)+"), re.compile("[a-z][a-z0-9_]*")
_LONGEST = 40  # letters: a function's name has at most 64, including that of the stack
_TAKEN = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "store"}  # store is a module that entry points import
_PAST = """
    Buy Bought, Give Given, Hold Held, Keep Kept, Make Made, Pay Paid, Put Put, Refer Referred,
    Send Sent, Set Set, Take Taken, Win Won, Write Written
"""
_IRREGULAR: dict[str, str] = dict(re.findall(r"(\w+) (\w+)", _PAST))
_DOUBLED = re.compile("[^aeiou]*[aeiou][^aeiouwxy]|.*[^aeiou][aeiou]l", re.IGNORECASE)  # Ship, Cancel; not Book, Sail


def names(
    step: str, undo: str, participant: str, event: str | None = None, undo_event: str | None = None
) -> dict[str, str]:
    """Return all names by what they are for.

    Raises:
        UsageFailure: a name cannot be used.
    """
    if not _PARTICIPANT.fullmatch(participant) or participant in (*keyword.kwlist, "sagakit", "tests"):
        raise UsageFailure(f"--participant {participant!r}: expected the name of a package, such as shipping")
    found = {"participant": participant}
    for prefix, state, chosen in (("", step, event), ("undo_", undo, undo_event)):
        for name in (state, chosen or state):
            if not _STATE.fullmatch(name) or len(name) > _LONGEST:
                limit = f"at most {_LONGEST} letters"
                raise UsageFailure(f"{name!r}: expected two words or more, such as BookShipment, {limit}")
        verb, noun = _verb_and_noun(state)
        if verb.lower() in {*_TAKEN, found.get("entry")}:
            raise UsageFailure(f"{state}: {verb.lower()!r} is reserved. Choose another verb")
        own = {"state": state, "entry": verb.lower(), "stem": snake(state), "constant": verb.upper()}
        own |= {"done": past(verb).lower(), "event": chosen or f"{noun}{past(verb)}"}
        found |= {f"{prefix}{kind}": name for kind, name in own.items()}
    if found["event"] == found["undo_event"]:
        raise UsageFailure(f"{found['event']}: a step and its compensation need an event each")
    noun = _verb_and_noun(step)[1]
    return {**found, "noun": snake(noun), "thing": snake(noun).replace("_", " "), **table(plural(noun))}


def table(things: str) -> dict[str, str]:
    """Return the names of a table of such things."""
    return {"Things": things, "rows": snake(things)}


def past(verb: str) -> str:
    """Return the participle of a verb, by a simple rule. If it is wrong, an option sets the name of the event."""
    stem = f"{verb}{verb[-1]}" if _DOUBLED.fullmatch(verb) else re.sub("(?<![aeiou])y$", "i", verb.removesuffix("e"))
    return _IRREGULAR.get(verb, f"{stem}ed")


def plural(noun: str) -> str:
    """Return the plural of a noun."""
    if re.search("(s|x|z|ch|sh)$", noun):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"


def snake(name: str) -> str:
    """Return the name of a file: book_shipment."""
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()


def _verb_and_noun(state: str) -> tuple[str, str]:
    verb = snake(state).partition("_")[0]
    return verb.capitalize(), state[len(verb) :]
