"""Answers whose JSON is ready before the framework sees it, typed by the schema that they follow.

A route declares its answer in its return annotation alone: the schema itself, which the framework
serialises, or `Answer[Schema]` where the text is ours: because `fields` and `expand` shape it, or
because PostgreSQL made it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from fastapi import Query, Request, Response
from fastapi.dependencies.utils import get_typed_return_annotation

from app.http.parameters import chosen, some_of
from app.http.patterns import Pattern
from app.schemas.common import Out
from app.schemas.expanded import EXPANDED

JSON = "application/json"
PARTIAL = "application/vnd.tiendo.partial+json"
"""The media type of answers narrowed by `fields`: their items have the named members alone."""

FIELDS = "Chỉ trả các trường này / answer these members only"
EXPAND = "Kèm toàn bộ các tài nguyên này trong `expanded` / add these resources whole"

Schema = TypeVar("Schema", bound=Out)


class Answer(Response, Generic[Schema]):
    """A response whose body is the JSON text of a *Schema*."""

    media_type = JSON


def declared_schema(endpoint: Callable[..., Any]) -> Any:
    """The schema that an endpoint's return annotation declares; None where it declares none. The
    first member of a union counts: the route's own status carries it."""
    annotation = get_typed_return_annotation(endpoint)
    if get_origin(annotation) in (Union, UnionType):
        annotation = get_args(annotation)[0]
    if get_origin(annotation) is Answer:
        annotation = get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, Response):
        return None
    return annotation


def json_of(item: Out, fields: frozenset[str] = frozenset()) -> str:
    """The JSON text of *item*: of all its members, or of those in *fields*."""
    return item.model_dump_json(include=set(fields) or None, by_alias=True)


@dataclass(frozen=True, slots=True)
class Shape(Generic[Schema]):
    """The shape of an answer: its members (none named: all), and the resources that go with it."""

    request: Request
    out: type[Schema]
    fields: frozenset[str]
    expand: tuple[str, ...]

    @property
    def media_type(self) -> str:
        """The media type of the whole answer, or of one narrowed by `fields`."""
        return PARTIAL if self.fields else JSON

    def texts(self, items: Iterable[Schema | str], expanded: Sequence[str]) -> list[str]:
        """The JSON of items, which are objects of the schema or JSON texts already in this shape.

        *expanded* holds the JSON of `expanded` for each item; empty where none was asked for.
        """
        given: list[Any] = list(items)
        # The items of a page are of one kind: to look at each of them takes longer than all else.
        is_text = set(map(type, given)) <= {str}
        texts = given if is_text else [self._text(item) for item in given]
        if not expanded:
            return texts
        pairs = zip(texts, expanded, strict=True)
        return [f'{text[:-1]},"expanded":{more}}}' for text, more in pairs]

    def _text(self, item: Schema | str) -> str:
        return item if isinstance(item, str) else json_of(item, self.fields)

    def answer(self, item: Schema | str, expanded: Sequence[str] = ()) -> Answer[Schema]:
        """One item, with the JSON of its `expanded`, if any."""
        [text] = self.texts([item], expanded)
        return Answer(text, media_type=self.media_type)


def shaped(out: type[Out]) -> Callable[..., Any]:
    """The dependency that reads in which shape one *out* is asked for."""
    names, more = out.model_fields, EXPANDED.get(out)
    expandable = more.model_fields if more else {}

    async def with_expand(
        request: Request,
        fields: Annotated[str | None, Query(description=FIELDS), Pattern(some_of(names))] = None,
        expand: Annotated[
            str | None, Query(description=EXPAND), Pattern(some_of(expandable))
        ] = None,
    ) -> Shape[Any]:
        return shape_of(request, out, fields, expand)

    async def without_expand(
        request: Request,
        fields: Annotated[str | None, Query(description=FIELDS), Pattern(some_of(names))] = None,
    ) -> Shape[Any]:
        return shape_of(request, out, fields, None)

    return with_expand if expandable else without_expand


def shape_of(
    request: Request, out: type[Schema], fields: str | None, expand: str | None
) -> Shape[Schema]:
    """The shape that `fields` and `expand` name, each name once; the id is always included."""
    named = frozenset(chosen(fields) or ())
    if named:
        named |= {next(iter(out.model_fields))}
    return Shape(request, out, named, tuple(dict.fromkeys(chosen(expand) or ())))
