"""The names of the sample's registry as cells of a plan are read by them."""

from app.documents.agency_names import Mention, NameBook
from tests.support.sample_names import known_names

BOOK = NameBook(known_names())
EVERY_DAY = NameBook(known_names(day=None))


def codes(text: str, book: NameBook = BOOK) -> list[str | None]:
    """The codes that the names of a cell stand for; None where nobody is known by a name."""
    return [mention.code for mention in book.read_cell(text)]


def only(text: str, book: NameBook = BOOK) -> Mention:
    """The one name of a cell."""
    (mention,) = book.read_cell(text)
    return mention


def suggested(mention: Mention) -> list[str]:
    """The codes that a person is offered for a name."""
    return [suggestion.code for suggestion in mention.suggestions]
