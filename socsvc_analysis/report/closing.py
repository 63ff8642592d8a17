"""The end of a page: the terms it uses, whom to ask, and how accessible it is."""

from __future__ import annotations

import pandas as pd

from socsvc_analysis.markup import Html, piece
from socsvc_analysis.sections import glossary
from socsvc_analysis.wording import Words

STATEMENT = 4
"""Paragraphs of the accessibility statement before contacts."""


def closing(page: str, words: Words) -> Html:
    """Sections on terms, contacts and accessibility for the page that says ``page``."""
    terms = glossary(page, words=words)
    return piece(
        "closing",
        terms=terms if terms.markup else "",
        contact=contact_sentence(words),
        statement=statement(words),
        words=words,
    )


def statement(words: Words) -> list[str | Html]:
    """The accessibility statement that Cabinet Regulation No 445 asks for: what holds, what not, how to complain."""
    who = contact("accessibility", words)
    where = contact("complaint", words)
    paragraphs: list[str | Html] = [words.say(f"accessibility_{number}") for number in range(1, STATEMENT + 1)]
    paragraphs.append(_question_and_contact("accessibility_report", who, words))
    if where is not None:
        paragraphs.append(_question_and_contact("accessibility_complain", where, words))
    if who is not None and who["reviewed"]:
        paragraphs.append(words.say("accessibility_reviewed", date=words.date_long(who["reviewed"], "locative")))
    return paragraphs


def contact(purpose: str, words: Words) -> pd.Series | None:
    """The row of the contacts for ``purpose``; None when there is none."""
    rows = words.reference.contacts
    found = rows[rows["contact"] == purpose]
    return found.iloc[0] if len(found) else None


def contact_sentence(words: Words) -> str | Html:
    """Who answers questions about the data and the page."""
    return _question_and_contact("contact_questions", contact("data", words), words)


def _question_and_contact(purpose: str, row: pd.Series | None, words: Words) -> str | Html:
    """The sentence ``purpose`` with who answers; a placeholder is not named, but said to be missing."""
    if row is None:
        return f"{words.say(purpose)} {words.say('contact_unknown')}"
    if row["placeholder"]:
        return words.say("contact_placeholder")
    return piece(
        "asked",
        question=words.say(purpose),
        name=row[f"name_{words.language}"],
        email=row["email"],
        address=row["url"],
    )
