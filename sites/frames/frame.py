"""A page as it is for every reader, and how it is filled for one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.template import Context, NodeList

from sites.frames.nobody import Guard
from sites.frames.slots import Slot, slot, split
from sites.frames.squeezed import Still, squeeze, still

#: What a hole looks like is kept for so many states of readers: five shelves, followed or not, and more.
MOST_VARIANTS: Final = 64
#: Bytes from which on a piece is compressed by itself; shorter ones lose too much by it.
_STILL_FROM: Final = 700
#: Bytes that a hole keeps alive beside its texts, by a guess: what surrounds it in its template.
_OF_A_HOLE: Final = 4_000


@dataclass(frozen=True)
class Personal:
    """What is one person's on a page.

    ``variables`` are those that holes name: values that can be told apart (hashable), or, for
    ``{% hole mark for … %}``, functions that give such. Where it does not matter for the page's shape
    what a value is, a slot stands for it. ``texts`` are the slots' texts by their names, as HTML.
    """

    variables: Mapping[str, Any]
    texts: Mapping[str, str]


class Hole:
    """A part of a page that is one person's; drawn once for all whose variables are the same."""

    def __init__(self, body: NodeList, names: tuple[str, ...], key: Any, context: Context) -> None:
        self._body, self._names, self._key = body, names, key
        self._around: dict[Any, Any] = {**context.flatten(), "frame": None}
        self._around.pop("forloop", None)  # has gone on by then
        assert context.template is not None  # noqa: S101 - while something is drawn there is one
        self._template = context.template
        self._variants: dict[tuple[Any, ...], list[bytes | Slot]] = {}

    def drawn_for(self, person: Personal) -> list[bytes | Slot]:
        found = [person.variables[name] for name in self._names]
        if self._key is not None:
            found = [value(self._key) if callable(value) else value for value in found]
        values = tuple(found)
        variant = self._variants.get(values)
        if variant is None:
            variant = split(self._draw(values))
            if len(self._variants) < MOST_VARIANTS:
                self._variants[values] = variant
        return variant

    def _draw(self, values: tuple[Any, ...]) -> str:
        context = Context({**self._around, **dict(zip(self._names, values, strict=True))})
        template = self._template
        with context.bind_template(template), context.render_context.push_state(template):
            return str(self._body.render(context))


@dataclass
class Builder:
    """What a frame is made of while it is drawn. ``guarded`` are the page's variables that are one
    person's; ``touched`` says which of them, or what else of a person, was asked for."""

    guarded: frozenset[str]
    touched: list[str] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    context: dict[str, Any] = field(default_factory=dict)

    def hole(self, body: NodeList, names: tuple[str, ...], key: Any, context: Context) -> Slot:
        self.holes.append(Hole(body, names, key, context))
        return slot(f"hole {len(self.holes) - 1}")

    def surround(self, context: dict[str, Any] | None) -> dict[str, Any]:
        """Give a view's context as a frame may see it."""
        self.context = context or {}
        guards = {name: Guard(name, self.touched) for name in self.guarded}
        return {**self.context, **guards, "frame": self, "csrf_token": slot("csrf")}


class Frame:
    """A drawn page; ``context`` is its view's, ``styles`` what its policy lets through."""

    def __init__(self, text: str, made: Builder, *, match: Any, styles: list[str]) -> None:
        self.match, self.styles, self.context = match, styles, made.context
        self._holes = {slot(f"hole {n}"): hole for n, hole in enumerate(made.holes)}
        self._runs = list(_runs(split(text)))
        self.size = 2 * len(text) + _OF_A_HOLE * (1 + len(made.holes))

    def fill(self, person: Personal, *, is_gzipped: bool) -> bytes:
        """Give the page for one person, perhaps as a gzip stream."""
        filled: list[Still | bytes] = []
        for run in self._runs:
            if isinstance(run, Still):
                filled.append(run)
            else:
                out: list[bytes] = []
                self._fill(run, person, out)
                filled.append(b"".join(out))
        if is_gzipped:
            return squeeze(filled)
        return b"".join(run.text if isinstance(run, Still) else run for run in filled)

    def _fill(self, pieces: list[bytes | Slot], person: Personal, out: list[bytes]) -> None:
        for piece in pieces:
            if isinstance(piece, bytes):
                out.append(piece)
            elif (hole := self._holes.get(piece)) is not None:
                self._fill(hole.drawn_for(person), person, out)
            else:
                out.append(person.texts[piece.name].encode())


def _runs(pieces: list[bytes | Slot]) -> Iterator[Still | list[bytes | Slot]]:
    """Give what is long and stays by itself, and all between together."""
    moving: list[bytes | Slot] = []
    for piece in pieces:
        if isinstance(piece, bytes) and len(piece) >= _STILL_FROM:
            if moving:
                yield moving
                moving = []
            yield still(piece)
        else:
            moving.append(piece)
    if moving:
        yield moving
