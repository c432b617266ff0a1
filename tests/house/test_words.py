"""The code uses the words of the glossary: one word for each thing."""

from tests.support.source import FILES, identifiers, name_of, words

# Words that stood for something which has another name, with that name.
BANNED = {
    "duty": "assignment",
    "duties": "assignments",
    "deed": "act",
    "deeds": "acts",
    "hand": "transfer",
    "hands": "transfers",
    "told": "the noun of what is written or shown",
    "tell": "record, show or write",
    "tells": "records, shows or writes",
    "telling": "recording, showing or writing",
    "urge": "remind",
    "urges": "reminds",
    "urged": "reminded",
    "urging": "reminder",
    "spare": "raise if not modified",
    "surroundings": "request context",
}
# By hand is not by a rule; to hand over is what a handover does.
MEANT_OTHERWISE = {("by", "hand"), ("hand", "over")}


def banned(identifier: str) -> list[str]:
    """The words of an identifier that another word has replaced."""
    found = ["", *words(identifier), ""]
    return [
        word
        for before, word, after in zip(found, found[1:], found[2:], strict=False)
        if word in BANNED and not {(before, word), (word, after)} & MEANT_OTHERWISE
    ]


def test_an_identifier_has_no_word_that_another_has_replaced() -> None:
    unclean = {
        name_of(path): found
        for path in FILES
        if (found := sorted(one for one in identifiers(path) if banned(one)))
    }

    assert len(FILES) > 80
    assert unclean == {}


def test_words_are_found_in_names_of_every_form() -> None:
    assert [banned(name) for name in ("OpenDuty", "_TOLD", "urge_all", "by_hand", "handover")] == [
        ["duty"],
        ["told"],
        ["urge"],
        [],
        [],
    ]
