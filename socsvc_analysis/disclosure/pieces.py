"""What a finished file says, in pieces: passages, tables, and shapes that are drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["Bar", "Document", "Grid", "Passage", "words_of"]

JOINED = re.compile(r"[^\w,.%+−–-]+|_|(?<!\d)[.,]|[.,](?!\d)|-(?!\d)|(?<=\w)-")


def words_of(name: str) -> str:
    """The words and numbers of which the name of a file or of a part of a page is made.

    >>> words_of("lv/novads-client_rates-2.svg")
    'lv novads client rates 2 svg'
    """
    return " ".join(JOINED.sub(" ", name).split())


@dataclass(frozen=True)
class Passage:
    """Words with the numbers among them; ``about`` are words beside them that say of what."""

    place: str
    said: str
    about: str = ""
    mixed: bool = False
    """Whether it holds several pieces, each of which is a passage of its own and may tell of something else."""
    anchor: str = ""
    """What the part of the page is called in which it stands, as words."""


@dataclass(frozen=True)
class Grid:
    """A table: its heading row, its rows, and the words above it."""

    place: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    about: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Bar:
    """A drawn shape that has a size or a colour, with the words on it or beside it."""

    place: str
    said: str
    length: float | None
    fill: str = ""
    kind: str = "style"
    """What is told: width or height of a shape, x or y of its far end, or the size in a style."""
    about: str = ""
    """The heading above it and what the picture is called."""


@dataclass
class Document:
    """The contents of a file that can tell a number: passages, tables and drawn shapes."""

    passages: list[Passage] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    where: str = ""
    """What the file is called, as words."""
    unread: list[str] = field(default_factory=list)
    """What is in it or is itself of a kind that is not read."""

    def take(self, other: Document) -> None:
        """Add what another document says, such as a download inside a page."""
        self.passages += other.passages
        self.grids += other.grids
        self.bars += other.bars
        self.unread += other.unread
