"""Several municipalities in one phrase: ``Kuldīgas, Rucavas, Saldus, Skrundas un Talsu novadi``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from socsvc_analysis.territories.gazetteer import AmbiguousTerritory, Gazetteer, UnknownTerritory
from socsvc_analysis.territories.wording import CITY, NOVADS, OFFICE, PLURAL, known_word, plain, words

BETWEEN = re.compile(r"\s*(?:[,;/&\n]|\b(?:kā arī|un arī|un|and|as well as|as|well)\b|\+)\s*")


@dataclass(frozen=True)
class Segment:
    """A piece of a phrase between commas and conjunctions: its text and the word of kind in it."""

    text: str
    name: str  # the words that are no word of kind and no office
    kind: str  # the word as written, such as novadi; "" when none
    bare: bool  # nothing but a name


def territories_in(text: str, gazetteer: Gazetteer, on: str) -> tuple[str, ...]:
    """Codes of all municipalities that ``text`` names, in its order, each once.

    A word of kind in the plural belongs to every name before it that has none; one in the singular to its own name,
    and to names before it that can only be a genitive.
    """
    segments = _segments(plain(text.rpartition(":")[2]))
    if not segments:
        raise UnknownTerritory(text, "names no municipality")
    codes: list[str] = []
    unknown: list[UnknownTerritory] = []
    ambiguous: list[AmbiguousTerritory] = []
    kind = ""
    for segment in reversed(segments):
        kind = segment.kind or kind
        try:
            codes.insert(0, _code(segment, kind, gazetteer, on))
        except UnknownTerritory as error:
            unknown.insert(0, error)
        except AmbiguousTerritory as error:
            ambiguous.insert(0, error)
    if unknown:
        if len(segments) == 1:
            raise unknown[0]
        said = "; ".join(str(error) for error in (*unknown, *ambiguous))
        raise UnknownTerritory(text, f"names what is no municipality: {said}")
    if ambiguous:
        if len(segments) == 1:
            raise ambiguous[0]
        said = "; ".join(map(str, ambiguous))
        raise AmbiguousTerritory(text, ambiguous[0].candidates, f"is not clear: {said}")
    return tuple(dict.fromkeys(codes))


def _code(segment: Segment, kind: str, gazetteer: Gazetteer, on: str) -> str:
    if not segment.bare or not kind:
        return gazetteer.resolve(segment.text, on, "")
    if kind in PLURAL or words(segment.text)[0] not in gazetteer.nominatives:
        return gazetteer.resolve(f"{segment.text} {kind}", on, "")
    return gazetteer.resolve(segment.text, on, "")


def _segments(text: str) -> list[Segment]:
    """The pieces of a phrase; in *Jelgavas pilsēta un novads* the second has the name of the first."""
    segments: list[Segment] = []
    for piece in BETWEEN.split(text):
        segment = _segment(piece)
        if segments and segment.kind and not segment.name:
            segment = _segment(f"{segments[-1].name} {piece}")
        if words(piece):
            segments.append(segment)
    return segments


def _segment(text: str) -> Segment:
    found = [known_word(word) for word in words(text)]
    kinds = [word for word in found if word in NOVADS or word in CITY]
    names = [word for word in found if word not in kinds and word not in OFFICE]
    return Segment(text, " ".join(names), kinds[-1] if kinds else "", names == found)
