"""Rates as all figures state them."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any


def rate(numerator: int, base: int) -> dict[str, Any]:
    """A rate with its numerator and base; half a hundredth is rounded up, as in all figures."""
    percent = None
    if base:
        exact = Decimal(100 * numerator) / base
        percent = float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
    return {"numerator": numerator, "base": base, "percent": percent}
