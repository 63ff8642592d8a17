"""The catalogue of sentences, and sentences that remember which one they are."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from socsvc_analysis.schema import DataError, Problem

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
        for key, languages in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if key in sentences:
                raise DataError([Problem(file.name, "is a sentence of another file too", value=key)])
            sentences[key] = languages
    return sentences


def _filled(key: str, language: str, values: dict[str, object]) -> str:
    pattern: str = catalogue()[key][language]
    told = {name: said_in(language, each) if isinstance(each, str) else each for name, each in values.items()}
    return pattern.format(**told) if told else pattern


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
