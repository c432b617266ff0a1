"""Texts that somebody typed, as XML can hold them."""

import re

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """The text with U+FFFD in the place of characters that XML can't hold."""
    return NOT_XML.sub("\ufffd", text)
