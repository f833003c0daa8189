"""Numbers as people read them: as many digits as they are good for, a dash for what is not known."""

from __future__ import annotations

import math
from collections.abc import Iterable

UNKNOWN = "–"  # noqa: RUF001 - an en dash
MINUS = "\N{MINUS SIGN}"

_HUNDRED = 100.0
_MINUTE = 60.0


def fixed(number: float | None, digits: int = 1) -> str:
    """Write a number with a fixed count of decimals, thousands apart; a dash where it is unknown."""
    if number is None or not math.isfinite(number):
        return UNKNOWN
    text = f"{number:,.{digits}f}"
    return text.replace("-", MINUS) if float(text.replace(",", "")) else text.lstrip("-")


def signed(number: float | None, digits: int = 1) -> str:
    """Write a difference with its sign, a true minus."""
    text = fixed(number, digits)
    return f"+{text}" if text[0].isdigit() and text.strip("0.,") else text


def span(interval: tuple[float, float] | None, digits: int = 1) -> str:
    """Write an interval from its lower to its upper end."""
    return UNKNOWN if interval is None else f"{fixed(interval[0], digits)}–{fixed(interval[1], digits)}"  # noqa: RUF001


def dollars(amount: float | None) -> str:
    """Write USD with the digits that a small amount needs: two significant ones, at least cents."""
    if amount is None or not math.isfinite(amount):
        return UNKNOWN
    return f"${small(amount)}"


def small(amount: float | None) -> str:
    """Write an amount that may be far below 1: two decimals, or two significant digits if those say more."""
    if amount is None or not math.isfinite(amount):
        return UNKNOWN
    if amount == 0 or amount >= 0.1:  # noqa: PLR2004 - two decimals are two significant digits from here on
        return fixed(amount, 2)
    return f"{amount:.{min(8, 1 - math.floor(math.log10(amount)))}f}"


def decimals(amounts: Iterable[float | None], least: int = 2, most: int = 6) -> int:
    """Give the decimals that a column needs so that its smallest amount has two significant digits."""
    known = [amount for amount in amounts if amount and math.isfinite(amount)]
    return max([least, *(min(most, 1 - math.floor(math.log10(abs(amount)))) for amount in known)])


def seconds(time: float | None) -> str:
    """Write a time: tenths of a second below a hundred, else minutes and seconds."""
    if time is None or not math.isfinite(time):
        return UNKNOWN
    if time < _HUNDRED:
        return f"{time:.1f} s"
    minutes, rest = divmod(round(time), int(_MINUTE))
    hours, minutes = divmod(minutes, int(_MINUTE))
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun, in the right number."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: list[str]) -> str:
    """Join names as a sentence does: "a", "a and b", "a, b and c"."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""
