"""Several municipalities in one phrase: ``Kuldīgas, Rucavas, Saldus, Skrundas un Talsu novadi``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from socsvc_analysis.territories.gazetteer import AmbiguousTerritory, Gazetteer, UnknownTerritory
from socsvc_analysis.territories.lexicon import (
    CITY,
    NOVADS,
    OFFICE,
    PLURAL,
    PREPOSITIONS,
    known_word,
    plain,
    tidy,
    words_in,
)

NEAR = (OFFICE, PREPOSITIONS)

BETWEEN = re.compile(
    r"\s*(?:[,;/&]|\b(?:kā arī|ka ari|un arī|un ari|un|gan|and|as well as|as|well)\b|\+)\s*", re.IGNORECASE
)
LINES = re.compile(r"\s*[\n\r•·▪]+\s*")
BULLET = re.compile(r"^[-–—*]\s+")
JOINED = re.compile(r"\b(?:un|and)\b|[&+]", re.IGNORECASE)
SENTENCE = (
    frozenset(["pakalpojums", "pakalpojumi", "pakalpojumus", "projekts", "projekti", "projektu"])
    | frozenset(
        ["pieejams", "pieejami", "pieejama", "sniegts", "sniegti", "sniedz", "saņem", "nodrošina", "nodrošināts"]
    )
    | frozenset(["atrodas", "darbojas", "notiek", "dzīvo", "tiek", "ir", "īsteno", "īstenots", "īstenoti", "norisinās"])
    | frozenset(["starp", "sadarbībā", "with", "between", "both"])
)
"""Words that lead to the names in a sentence; any other unknown word is an error, since it may be a name misspelt."""


@dataclass(frozen=True)
class Segment:
    """A piece of a phrase between commas and conjunctions: its text and the word of kind in it."""

    text: str
    name: str  # the words that are no word of kind and no office
    kind: str  # the word as written in small letters, such as novadi; "" when none
    bare: bool  # nothing but a name


def territories_in(text: str, gazetteer: Gazetteer, on: str) -> tuple[str, ...]:
    """Codes of all municipalities that ``text`` names, in its order, each once.

    A word of kind belongs to its own name and to the genitives before it that have none: in *Jelgava, Dobeles un
    Bauskas novadi* the first is the city.  Of two of one name the one that the phrase names elsewhere is not meant
    again: *Ventspils un Ventspils novads* are the city and the novads.
    """
    segments = _segments(_without_heading(text.strip(" :"), gazetteer, on))
    if not segments:
        raise UnknownTerritory(text, "names no municipality")
    found: list[str | UnknownTerritory | AmbiguousTerritory] = []
    kind, declined = "", False
    for segment in reversed(segments):
        if segment.kind:
            kind, declined = segment.kind, plain(segment.name) in gazetteer.genitives
        shared = kind if _shares(segment, kind, declined, gazetteer) else ""
        if not shared and not segment.kind and plain(segment.name) not in gazetteer.genitives:
            kind = ""  # no name before this one belongs to the list of that word
        found.insert(0, _code(segment, shared, gazetteer, on))
    if JOINED.search(text):
        found = [
            _not_again(each, found) if segment.bare else each for segment, each in zip(segments, found, strict=True)
        ]
    wrong = [each for each in found if not isinstance(each, str)]
    if not wrong:
        return tuple(dict.fromkeys(each for each in found if isinstance(each, str)))
    if len(segments) == 1:
        raise wrong[0]
    unknown = [each for each in wrong if isinstance(each, UnknownTerritory)]
    if unknown:
        said = "; ".join(f"{each.name!r} {each.reason}" for each in wrong)
        nearest = " / ".join(dict.fromkeys(each.nearest for each in unknown if each.nearest))
        raise UnknownTerritory(text, f"names what is no municipality: {said}", nearest)
    unclear = next(each for each in wrong if isinstance(each, AmbiguousTerritory))
    raise AmbiguousTerritory(text, unclear.candidates, "is not clear: " + "; ".join(map(str, wrong)))


def _without_heading(text: str, gazetteer: Gazetteer, on: str) -> str:
    """The text without what stands before its last colon, *Partneri:* or *Zemgale:*, unless that names some too."""
    heading, _, rest = text.rpartition(":")
    for segment in _segments(heading):
        try:
            gazetteer.resolve(segment.text, on, "")
        except AmbiguousTerritory:
            pass
        except UnknownTerritory as error:
            if not (segment.kind and error.nearest):
                continue
        return text.replace(":", ",")
    return rest


def _shares(segment: Segment, kind: str, declined: bool, gazetteer: Gazetteer) -> bool:
    """Whether a name takes the word of kind that follows later: a genitive does, where that word has one too.

    *Ventspils* looks like a genitive and may be the city: it shares a word in the plural only.
    """
    if not kind or not segment.bare:
        return False
    name = plain(segment.name)
    if kind not in PLURAL:
        return name in gazetteer.genitives and name not in gazetteer.nominatives
    return name in gazetteer.genitives or not declined


def _code(segment: Segment, kind: str, gazetteer: Gazetteer, on: str) -> str | UnknownTerritory | AmbiguousTerritory:
    """The code of a segment with the word of kind it shares, or why there is none."""
    singular = kind if kind not in PLURAL else ("novads" if kind in NOVADS else "pilsēta")
    try:
        return gazetteer.resolve(f"{segment.text} {singular}" if kind else segment.text, on, "")
    except (UnknownTerritory, AmbiguousTerritory) as error:
        return error


def _not_again(
    each: str | UnknownTerritory | AmbiguousTerritory, found: list[str | UnknownTerritory | AmbiguousTerritory]
) -> str | UnknownTerritory | AmbiguousTerritory:
    """The one of two of a name that the phrase does not name elsewhere, when it names the other."""
    if not isinstance(each, AmbiguousTerritory):
        return each
    left = [code for code in each.candidates if code not in found]
    return left[0] if len(left) == 1 else each


def _segments(text: str) -> list[Segment]:
    """The pieces of a phrase; in *Jelgavas pilsēta un novads* the second has the name of the first."""
    segments: list[Segment] = []
    lines = [tidy(BULLET.sub("", line.strip())) for line in LINES.split(text)]
    for piece in BETWEEN.split(", ".join(lines)):
        piece = _after_the_sentence(piece)
        segment = _segment(piece)
        if segments and segment.kind and not segment.name:
            segment = _segment(f"{segments[-1].name} {piece}")
        if words_in(piece):
            segments.append(segment)
    return segments


def _after_the_sentence(piece: str) -> str:
    """The piece without the words of a sentence that lead to its name."""
    found = words_in(piece)
    while len(found) > 1 and found[0].casefold() in SENTENCE:
        piece = piece.partition(found.pop(0))[2].strip()
    return piece


def _segment(text: str) -> Segment:
    written = words_in(text)
    found = [known_word(word.casefold()) for word in written]
    kinds = [word for word in found if word in NOVADS or word in CITY]
    names = [
        own
        for own, word in zip(written, found, strict=True)
        if word not in kinds and not any(word in near for near in NEAR)
    ]
    return Segment(text, " ".join(names), kinds[-1] if kinds else "", len(names) == len(found))
