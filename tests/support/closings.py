"""The body of a plan's closing that carries nothing over."""

CLOSING = {"reason": "Kế hoạch hết thời gian thực hiện.", "outcome": "unfinished"}
