"""Texts around a table that are only its title, the name of a part, or a word about all of its numbers."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from socsvc_analysis.intake.qualifiers import MADE

ORDINARY = re.compile(
    r"(?:pārskat|atskait|tabul|dat[iu]|pielikum|pakalpojum|dienest|pašvald|dom[eēa]|novad|nodaļ|form|report|table|annex|return"
    r"|service|municipal|eksport|export|lapa|sheet|list|kopsav|apkopo|kopij|copy|sociāl|palīdzīb|statisti|informācij|klient"
    r"|person|saņ[eē]m|skait|snie[gd]|sabiedrīb|balstīt|pieejam|reģion|region|plānošan|pilsēt|valstspil|latvij|republik"
    r"|ministrij|labklājīb|departament|aģentūr|pārvald|iestād|gad|rādītāj|mērķ|grup|veid|sadalīj|period|kop|vispārīg|galven|anket"
    r"|veidlap|stāvokl|zemgal|vidzem|kurzem|latgal|rīg|deinstitucionaliz|iela|ielā|social|welfare|ministry|annual|year|data|number|client)\w*"
    r"|pa|par|līdz|un|uz|no|ar|pie|pēc|kas|to|the|of|for|and|in|by|nr|g|sd|di|\d+",
    re.IGNORECASE,
)
"""Words of titles, which need not be used."""
NUMBERS_OF_SHEETS = re.compile(r"\W*(?:\d{1,2}|[ivx]{1,4})\W*", re.IGNORECASE)
"""The name of a sheet that may number it, or the quarter or the month of its numbers."""
ADDRESS = re.compile(
    r"\biel[aāu]\b|\btālr|\btelefon|e-past|@|www\.|\breģ\.|\bLV-?\d{4}\b|kontaktperson|adrese", re.IGNORECASE
)
OF_NUMBERS = re.compile(
    "skaitļi|skaitlis|skaits|summas?|dati|rādītāji|tabul[aā]|piezīmes?|norādīt(?:i|as|s)|dot(?:i|as)|izteikt(?:i|as)|ir"
    "|vis(?:i|as|os)|mēnesī|mēneša|gad[āa]|par|note|figures|amounts|numbers|are|given|all|in"
)
"""Words beside the one that says what all numbers of a table are."""


def says_more(text: str, unread: Iterable[str], places: Container[str]) -> bool:
    """Whether a text alone above a table, or the name of its sheet, says more than titles do.

    ``unread`` are its words that are not understood, ``places`` the names of places.

    >>> [says_more(each, each.casefold().split(), ()) for each in ("Vecā versija", "II", "Pārskats", "Lapa1")]
    [True, True, False, False]
    """
    words = [*unread]
    if MADE.search(text) or ADDRESS.search(text):
        return False
    return bool(words and NUMBERS_OF_SHEETS.fullmatch(text)) or any(
        not ORDINARY.fullmatch(each) and each not in places for each in words
    )
