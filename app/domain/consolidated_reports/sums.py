"""Adding up trees of figures as the API answers them: sums of numbers, and rates of sums."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.figures.rates import rate

RATE = {"numerator", "base", "percent"}


def added(trees: Sequence[Any]) -> Any:
    """Trees of figures of one form as one: numbers are sums, rates the quotients of theirs."""
    first = trees[0]
    if isinstance(first, Mapping):
        if first.keys() == RATE:
            return rate(sum(one["numerator"] for one in trees), sum(one["base"] for one in trees))
        return {name: added([tree[name] for tree in trees]) for name in first}
    return None if first is None else sum(trees)


def deadlines(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The oldest of the deadlines that have passed, and the next one with all that fall on it."""
    overdue = [one["oldest_overdue_on"] for one in found if one["oldest_overdue_on"]]
    following = [one["next_deadline_on"] for one in found if one["next_deadline_on"]]
    soonest = min(following, default=None)
    return {
        "oldest_overdue_on": min(overdue, default=None),
        "next_deadline_on": soonest,
        "next_deadline_count": sum(
            one["next_deadline_count"]
            for one in found
            if soonest is not None and one["next_deadline_on"] == soonest
        ),
    }


def nothing(tree: Any) -> Any:
    """A tree of the same form in which everything is nought."""
    if isinstance(tree, Mapping):
        if tree.keys() == RATE:
            return rate(0, 0)
        return {name: nothing(value) for name, value in tree.items()}
    return None if tree is None else 0
