"""Durations for people. Their unit is the millisecond."""

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
_UNITS = ((DAY, "d", HOUR, "h"), (HOUR, "h", MINUTE, "min"), (MINUTE, "min", SECOND, "s"))


def duration(milliseconds: int) -> str:
    """Return 120 ms, 4.35 s, 2 min 20 s, 3 h 5 min or 2 d 4 h."""
    if milliseconds < SECOND:
        return f"{milliseconds} ms"
    for unit, name, smaller, smaller_name in _UNITS:
        if milliseconds >= unit:
            return f"{milliseconds // unit} {name} {milliseconds % unit // smaller} {smaller_name}"
    return f"{milliseconds // SECOND}.{milliseconds % SECOND // 10:02} s"


def tick(milliseconds: int) -> str:
    """Return 20 ms, 5 s, 2 min or 1 h 30 min, without units that are zero, for a scale of round durations."""
    if SECOND <= milliseconds < MINUTE:
        return f"{milliseconds // SECOND} s"
    return duration(milliseconds).removesuffix(" 0 s")


def age(milliseconds: int) -> str:
    """Return 5 min, in the largest unit that isn't zero."""
    for unit, name, _, _ in _UNITS:
        if milliseconds >= unit:
            return f"{milliseconds // unit} {name}"
    return f"{max(0, milliseconds) // SECOND} s"
