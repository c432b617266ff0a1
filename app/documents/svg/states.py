"""The look of each state of an assignment: its words, its symbol, its colour, its pattern in grey.

Words and symbols stand beside colours, so that nobody has to tell colours apart.
"""

from typing import NamedTuple

from app.errors import Text


class StateLook(NamedTuple):
    """The look of a state; `css` is its short name in the style sheet.

    Numbers on it are written in `ink`, with a rim of `rim` where a pattern lies behind them.
    """

    words: Text
    symbol: str
    fill: str
    css: str
    ink: str = "#fff"
    rim: str = "none"


HATCH, DOTS = "url(#hatch)", "url(#dots)"
LINES, STRIPES = "url(#lines)", "url(#stripes)"
DARK = "#1c2430"
LOOKS: dict[str, StateLook] = {
    "on_time": StateLook(Text("Hoàn thành đúng hạn", "Completed in time"), "✓", "#1f7a54", "on"),
    "late": StateLook(
        Text("Hoàn thành quá hạn", "Completed late"), "✓", HATCH, "late", DARK, "#fff"
    ),
    "awaiting_confirmation": StateLook(
        Text("Chờ xác nhận hoàn thành", "Awaiting confirmation"), "…", LINES, "wait", DARK, "#fff"
    ),
    "in_time": StateLook(Text("Trong hạn", "In time"), "○", "#b9c7db", "time", DARK),
    "due_soon": StateLook(Text("Sắp đến hạn", "Due soon"), "◔", "#d99a00", "soon", DARK),
    "overdue": StateLook(Text("Quá hạn", "Overdue"), "!", STRIPES, "over", "#fff", "#8f1c15"),
    "awaiting_handover": StateLook(
        Text("Chờ bàn giao", "Awaiting a handover"), "⇄", DOTS, "hand", DARK, "#fff"
    ),
    "stopped": StateLook(
        Text("Tạm dừng, thu hồi, kết thúc", "Suspended, ended"), "–", "#8b93a0", "stop", DARK
    ),
}
"""In the order in which bars are drawn."""
PATTERNS = (
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><rect width="6" height="6" fill="#1f7a54"/>'
    '<rect width="2.4" height="6" fill="#cfe8dc"/></pattern>'
    '<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" fill="#d9cdf0"/>'
    '<circle cx="3" cy="3" r="1.5" fill="#5b3f96"/></pattern>'
    '<pattern id="lines" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<rect width="5" height="5" fill="#cfe0f5"/><rect width="2.2" height="5" fill="#2f6fb7"/>'
    "</pattern>"
    '<pattern id="stripes" width="7" height="7" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(-45)"><rect width="7" height="7" fill="#b3261e"/>'
    '<rect width="1.2" height="7" fill="#f3c4c0"/></pattern>'
)
"""The definitions of the patterns that `fill` names: once in a page, or in a picture that stands
alone."""
