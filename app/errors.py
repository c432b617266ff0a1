"""Refusals: a request we understood and do not carry out, in both languages."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar, NamedTuple


class Text(NamedTuple):
    """A sentence for a person, Vietnamese first; which one is sent follows `Accept-Language`."""

    vi: str
    en: str


class Fault(NamedTuple):
    """One thing that is wrong, and where: `pointer` is a JSON pointer (RFC 6901) or a parameter."""

    pointer: str
    code: str
    detail: Text


class TrackerError(Exception):
    """Base of all refusals: each subclass has one HTTP status, one stable code and one title.

    A subclass whose refusals always say the same sentence has it as its `detail`; one whose
    sentence names facts takes these and builds it in `__init__`. `members` are facts for programs,
    beside the members that every problem has (RFC 9457, 3.2).
    """

    status: ClassVar[HTTPStatus]
    code: ClassVar[str]
    title: ClassVar[Text]
    detail: Text

    def __init__(self, detail: Text | None = None, faults: Sequence[Fault] = ()) -> None:
        """Refuse with *detail*; without one, with the first fault's or the one of the class."""
        if detail is not None:
            self.detail = detail
        elif faults:
            self.detail = faults[0].detail
        super().__init__(self.detail.en)
        self.faults = tuple(faults)
        self.headers: dict[str, str] = {}
        self.members: dict[str, int] = {}


class NotFoundError(TrackerError):
    """The row is not there, or is not for this caller: both are answered alike."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"
    title = Text("Không tìm thấy", "Not found")


class ConflictError(TrackerError):
    """The request contradicts the stored rows."""

    status = HTTPStatus.CONFLICT
    code = "conflict"
    title = Text("Mâu thuẫn với dữ liệu hiện có", "Conflict with what is stored")


class InvalidError(TrackerError):
    """The body is well formed and its content can't be accepted; `faults` name every reason."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"
    title = Text("Nội dung không hợp lệ", "Invalid content")


def invalid_at(pointer: str, code: str, text: Text) -> InvalidError:
    """The refusal of a body for one reason, at one JSON pointer."""
    return InvalidError(faults=[Fault(pointer, code, text)])


class PermissionDeniedError(TrackerError):
    """The caller may see this but not do it."""

    status = HTTPStatus.FORBIDDEN
    code = "permission_denied"
    title = Text("Không có quyền thực hiện", "Not permitted")


class UnreadableFileError(TrackerError):
    """A file that is not what it claims to be, is broken, or is made to do harm."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unreadable_file"
    title = Text("Không đọc được tệp", "Unreadable file")


class SlowRequestError(TrackerError):
    """The body did not come to its end within the time of a request."""

    status = HTTPStatus.REQUEST_TIMEOUT
    code = "request_timeout"
    title = Text("Nội dung gửi lên đến quá chậm", "The request came too slowly")
    detail = Text(
        "Hệ thống đã chờ nội dung gửi lên quá lâu; hãy gửi lại.",
        "The request body was waited for too long; please send it again.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.headers["Connection"] = "close"


class FileTooLargeError(TrackerError):
    """A file, or its unpacked bytes, is beyond the declared limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "file_too_large"
    title = Text("Tệp quá lớn", "File too large")


class FileNotWrittenError(TrackerError):
    """Writing a file took more time or memory than there is for one."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "file_not_written"
    title = Text("Không ghi được tệp", "The file was not written")


class UnsupportedMediaTypeError(TrackerError):
    """The body is of a kind that this operation does not read."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_media_type"
    title = Text("Kiểu nội dung không được hỗ trợ", "Unsupported media type")


class InternalError(TrackerError):
    """Our fault; the log has it under the request id."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal_error"
    title = Text("Lỗi hệ thống", "Internal error")
    detail = Text(
        "Hệ thống gặp lỗi; hãy báo kèm mã yêu cầu này.",
        "Something failed here; please report it with this request id.",
    )


class OAuthError(TrackerError):
    """A refusal of the token endpoints; its code is also the `error` of RFC 6749, 5.2."""

    status = HTTPStatus.BAD_REQUEST


INTERNAL = InternalError()
