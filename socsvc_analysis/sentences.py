"""The catalogue of sentences, and sentences that remember which one they are."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from socsvc_analysis.schema import DataError, Problem, nearest

MESSAGES = "socsvc_analysis/messages"
PROGRAM_LANGUAGE = "en"
"""What a sentence says as plain text; readers get it in their language."""


class Sentence(str):
    """One sentence of the catalogue with its values: English where it is used as text, any language on request.

    A problem of a received file is such a sentence, so that the terminal, the letter to the sender and ``--json`` say
    the same from one entry of ``messages/*.toml``.

    >>> below = Sentence("reason_region")
    >>> below, below.in_language("lv"), below.key
    ('is a region, not a municipality', 'ir reģions, nevis pašvaldība', 'reason_region')
    """

    key: str
    values: dict[str, object]

    def __new__(cls, key: str, **values: object) -> Sentence:
        made = super().__new__(cls, _filled(key, PROGRAM_LANGUAGE, values))
        made.key, made.values = key, values
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.key, self.values)

    def in_language(self, language: str) -> str:
        """The sentence in ``language`` (``lv`` or ``en``); sentences among its values are said in it too."""
        return _filled(self.key, language, self.values)


class Title(Sentence):
    """A name that a row of the data has in both languages, such as that of a service.

    >>> Title("aprūpe mājās", "home care").in_language("lv"), Title("aprūpe mājās", "home care")
    ('aprūpe mājās', 'home care')
    """

    def __new__(cls, lv: str, en: str) -> Title:
        made = str.__new__(cls, en)
        made.key, made.values = "", {"lv": lv, "en": en}
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return Title, (self.values["lv"], self.values["en"])

    def in_language(self, language: str) -> str:
        """The name in ``language``."""
        return str(self.values[language])


def said_in(language: str, text: str) -> str:
    """``text`` in ``language`` where it is a sentence of the catalogue, else as it is."""
    return text.in_language(language) if isinstance(text, Sentence) else text


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """All sentences of ``messages/*.toml`` by key; the same key in two files is an error.

    What stands under a language is a text, or texts by plural form or case, or the names of the months.
    """
    sentences: dict[str, dict[str, Any]] = {}
    for file in sorted(files("socsvc_analysis").joinpath("messages").iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".toml"):
            continue
        try:
            entries = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as failure:
            raise DataError([Problem(f"{MESSAGES}/{file.name}", f"is not readable TOML ({failure})")]) from failure
        for key, languages in entries.items():
            if key in sentences:
                raise DataError([Problem(file.name, "is a sentence of another file too", value=key)])
            sentences[key] = languages
    return sentences


def wording_of(key: str, language: str) -> Any:
    """What the catalogue has under ``key`` in ``language``: a text, or texts by plural form or case.

    >>> wording_of("reason_regoin", "en")
    Traceback (most recent call last):
    ...
    socsvc_analysis.schema.DataError: 1 problem in the data:
      socsvc_analysis/messages: 'reason_regoin' is not a known sentence; nearest known: reason_region
    """
    known = catalogue()
    if key not in known:
        raise DataError([Problem(MESSAGES, "is not a known sentence", value=key, nearest=nearest(key, known))])
    if language not in known[key]:
        raise DataError([Problem(MESSAGES, f"has no wording in {language}", value=key)])
    return known[key][language]


def filled(wording: str, key: str, values: Mapping[str, object]) -> str:
    """``wording``, which is one of the sentence ``key``, with its gaps filled; an error where one has no value.

    >>> filled("{part} of {whole}", "card_of", {"part": 1})
    Traceback (most recent call last):
    ...
    socsvc_analysis.schema.DataError: 1 problem in the data:
      socsvc_analysis/messages: 'card_of' has a gap {whole}, for which no value was given
    """
    try:
        return wording.format(**values)
    except KeyError as gap:
        said = f"has a gap {{{gap.args[0]}}}, for which no value was given"
        raise DataError([Problem(MESSAGES, said, value=key)]) from gap


def _filled(key: str, language: str, values: dict[str, object]) -> str:
    pattern: str = wording_of(key, language)
    told = {name: said_in(language, each) if isinstance(each, str) else each for name, each in values.items()}
    return filled(pattern, key, told) if told else pattern


def _again(key: str, values: dict[str, object]) -> Sentence:
    return Sentence(key, **values)


def texts() -> Iterator[str]:
    """Every wording of every sentence, in both languages."""
    waiting: list[Any] = [*catalogue().values()]
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case dict(forms):
                waiting += forms.values()
            case more:
                waiting += more
