"""Preferences of a caller (RFC 7240), which has unknown ones passed over."""

from typing import Annotated

from fastapi import Depends, Header

RESPOND_ASYNC = "respond-async"


async def respond_async(
    prefer: Annotated[
        str | None,
        Header(
            max_length=200,
            description=(
                "`respond-async`: trả lời 202 ngay, việc làm sau (RFC 7240)"
                " / answer 202 at once and do the work afterwards"
            ),
        ),
    ] = None,
) -> bool:
    """True if the caller would rather not wait for long work."""
    return any(
        one.partition(";")[0].strip().lower() == RESPOND_ASYNC for one in (prefer or "").split(",")
    )


RespondAsync = Annotated[bool, Depends(respond_async)]
