"""Separating groups from tasks, and giving tasks the values that their group has for all of
them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.documents.tables.columns import year_of
from app.documents.tables.ordinals import (
    BULLET,
    HEADLINE,
    SECTION,
    Level,
    begins_with_bullet,
    level_of,
    names_part,
    without_bullet,
)
from app.documents.tables.plan_rows import RowKind
from app.documents.tables.table_headings import ColumnRole
from app.documents.tables.task_rows import Draft


@dataclass(slots=True, eq=False)
class Node:
    """A draft at its place in the outline."""

    draft: Draft
    level: Level
    parent: "Node | None"
    children: list["Node"] = field(default_factory=list)
    kind: RowKind = RowKind.TASK

    def group(self) -> "Node | None":
        """The nearest group above it."""
        above = self.parent
        while above is not None and above.kind is not RowKind.GROUP:
            above = above.parent
        return above

    def path(self) -> tuple[int, str]:
        """The key of a row among all rows: numbering may begin again in each group, not below a
        task."""
        return (id(self.group()), self.draft.ordinal)

    def year(self) -> int | None:
        """The year that the heading of its column or the nearest group above it names."""
        above: Node | None = self.parent
        while above is not None:
            if above.kind is RowKind.GROUP and (named := year_of(above.draft.title)):
                return named
            above = above.parent
        return self.draft.year

    def below(self) -> Iterable["Node"]:
        waiting = list(self.children)
        while waiting:
            node = waiting.pop()
            waiting.extend(node.children)
            yield node


def outlined(drafts: list[Draft], *, expects_lead: bool) -> list[Node]:
    """The drafts in their order as groups and tasks, with their inherited values and their
    warnings."""
    _settle_unnumbered(drafts)
    nodes = _nested(drafts)
    for node in nodes:
        node.kind = _kind(node)
    _settle_empty_parts(nodes)
    _settle_repeated(nodes)
    _number_bullets(nodes)
    for node in nodes:
        if node.kind is RowKind.GROUP:
            _pass_down(node)
    _warn(nodes, expects_lead=expects_lead)
    return nodes


def _settle_unnumbered(drafts: list[Draft]) -> None:
    """Make groups of the rows with an ordinal if none of them assigns a task and all rows without
    an ordinal do."""
    rows = [draft for draft in drafts if not draft.fills_row and draft.level is None]
    numbered = [draft for draft in rows if draft.ordinal]
    others = [draft for draft in rows if not draft.ordinal]
    heads = numbered and rows[0].ordinal and all(draft.is_bare for draft in numbered)
    if heads and len(others) > 1 and not any(draft.is_bare for draft in others):
        for draft in others:
            draft.level = BULLET


def _nested(drafts: list[Draft]) -> list[Node]:
    """Nest by levels as they appear: a level seen before closes everything since it."""
    nodes: list[Node] = []
    stack: list[Node] = []
    letter = ""
    for draft in drafts:
        level = _level(draft, nodes[-1] if nodes else None, letter)
        if level.family == "letter":
            letter = draft.ordinal[:1]
        while stack and _closes(level, stack):
            stack.pop()
        node = Node(draft, level, stack[-1] if stack else None)
        if node.parent is not None:
            node.parent.children.append(node)
        stack.append(node)
        nodes.append(node)
    return nodes


def _level(draft: Draft, previous: Node | None, letter: str) -> Level:
    if draft.level is not None or draft.ordinal:
        is_part = draft.is_bare and names_part(draft.ordinal)
        return draft.level or (HEADLINE if is_part else level_of(draft.ordinal, letter))
    if draft.fills_row:
        return HEADLINE
    if begins_with_bullet(draft.title):
        return BULLET
    # A row that lost its ordinal is taken for a neighbour of the row above, never for its part.
    if previous is None:
        return Level("number")
    is_headed = previous.level == HEADLINE or (
        previous.level.is_top and previous.draft.is_bare and not draft.is_bare
    )
    return Level("number") if is_headed else previous.level


def _closes(level: Level, stack: list[Node]) -> bool:
    top = stack[-1].level
    if top.family == level.family and top.depth >= level.depth:
        return True
    if level.is_top and not top.is_top:
        return True
    return any(
        node.level.family == level.family and node.level.depth >= level.depth for node in stack
    )


def _kind(node: Node) -> RowKind:
    draft = node.draft
    if draft.fills_row:
        return RowKind.GROUP
    if not node.children:
        return RowKind.TASK
    leads = draft.lead and draft.has_own_lead
    if leads and any(below.draft.lead for below in node.below()) and not _stands_for_blanks(node):
        return RowKind.TASK  # it has its own work beside that of its parts
    return RowKind.GROUP


def _stands_for_blanks(node: Node) -> bool:
    """True if blank cells below those of a part ("I") stand for the values of the part."""
    return node.level.is_top and any(child.draft.is_bare for child in node.children)


def _settle_empty_parts(nodes: list[Node]) -> None:
    """A part ("IV") without rows of its own is still a part where its neighbours are."""
    parts = {node.level for node in nodes if node.kind is RowKind.GROUP and node.level.is_top}
    for node in nodes:
        if node.level in parts and node.draft.is_bare and not node.children:
            node.kind = RowKind.GROUP


def _settle_repeated(nodes: list[Node]) -> None:
    """ "a)" under the tasks 1 and 2 become "1.a)" and "2.a)", and bullets are counted."""
    counts = Counter(node.path() for node in nodes if node.kind is RowKind.TASK)
    repeated = [
        node
        for node in nodes
        if node.kind is RowKind.TASK and node.draft.ordinal and counts[node.path()] > 1
    ]
    for node in repeated:
        above = node.parent
        if above is None or not above.draft.ordinal:
            continue
        if above.kind is RowKind.TASK or node.level == BULLET:
            count = str(above.children.index(node) + 1)
            own = count if node.level == BULLET else node.draft.ordinal
            node.draft.ordinal = f"{above.draft.ordinal}.{own}"
            node.draft.warn("ordinal_from_path", *_FROM_PATH)


def _number_bullets(nodes: list[Node]) -> None:
    """Bullets and other rows without an ordinal below a heading are counted, or no two of them
    could be told apart when the plan is issued."""
    for node in nodes:
        above = node.parent
        if node.level != BULLET or node.draft.ordinal or node.kind is not RowKind.TASK or not above:
            continue
        parts = [one for one in above.children if one.level == BULLET]
        count = str(parts.index(node) + 1)
        node.draft.ordinal = ".".join(filter(None, (above.draft.ordinal, count)))
        node.draft.title = without_bullet(node.draft.title)
        node.draft.warn("ordinal_from_path", *_COUNTED)


_COUNTED = (
    "Dòng không có số thứ tự nên được đánh số theo mục cấp trên.",
    "The row has no ordinal; it was numbered below the row that heads it.",
)
_FROM_PATH = (
    "Số thứ tự lặp lại ở nhiều mục nên được ghi kèm số của mục cấp trên.",
    "The ordinal is used in several places, so that of the row above it was put before it.",
)


def _pass_down(group: Node) -> None:
    values = group.draft.values
    for child in group.children:
        given = child.draft.values
        inherited = []
        if group.draft.lead and not child.draft.lead:
            inherited.append(ColumnRole.LEAD)
            if not given.get(ColumnRole.COORDINATING) and values.get(ColumnRole.COORDINATING):
                inherited.append(ColumnRole.COORDINATING)
        if group.draft.time and not child.draft.time:
            inherited.append(ColumnRole.TIME)
        if not inherited:
            continue
        given.update((role, values[role]) for role in inherited)
        child.draft.warn(
            "inherited_from_group",
            "Ô để trống, nội dung được lấy theo dòng nhóm "
            f"“{group.draft.ordinal or group.draft.title[:60]}”.",
            "Empty cells were filled from the group "
            f'"{group.draft.ordinal or group.draft.title[:60]}".',
        )


def _warn(nodes: list[Node], *, expects_lead: bool) -> None:
    seen: set[tuple[int, str]] = set()
    for node in nodes:
        draft = node.draft
        if not draft.ordinal and node.level not in {HEADLINE, BULLET, SECTION}:
            draft.warn("ordinal_missing", "Dòng không có số thứ tự.", "The row has no ordinal.")
        if not draft.title:
            draft.warn("title_missing", "Dòng không có nội dung.", "The row has no title.")
        if node.kind is RowKind.GROUP and not node.children:
            draft.warn("group_empty", "Nhóm không có nhiệm vụ nào.", "The group has no tasks.")
        if expects_lead and node.kind is RowKind.TASK and not draft.lead:
            draft.warn(
                "lead_missing", "Nhiệm vụ không ghi cơ quan chủ trì.", "The task names no lead."
            )
        _warn_duplicate(node, seen)


def _warn_duplicate(node: Node, seen: set[tuple[int, str]]) -> None:
    draft = node.draft
    # "1" under I and "1" under II are different ordinals.
    if not draft.ordinal or node.kind is not RowKind.TASK:
        return
    path = node.path()
    if path in seen:
        draft.warn(
            "ordinal_duplicate",
            f"Số thứ tự “{draft.ordinal}” bị trùng với một dòng trước.",
            f'The ordinal "{draft.ordinal}" is used by an earlier row too.',
        )
    seen.add(path)
