"""The end of a page: the terms it uses, whom to ask, and how accessible it is."""

from __future__ import annotations

import html
import re

import pandas as pd

from socsvc_analysis.markup import escaped
from socsvc_analysis.sections import glossary
from socsvc_analysis.wording import Words

STATEMENT = 4
"""Paragraphs of the accessibility statement before contacts."""
UNSEEN = re.compile(r"<(style|script|svg)\b.*?</\1>", re.DOTALL)


def closing(page: str, words: Words) -> str:
    """Sections on terms, contacts and accessibility for the page whose chapters are the HTML ``page``."""
    terms = glossary(text_of(page), words=words).markup
    parts = [f"<h2>{escaped(words.say('closing_heading'))}</h2>"]
    if terms:
        parts.append(f'<h3 id="glossary">{escaped(words.say("glossary_caption"))}</h3>{terms}')
    parts.append(f'<h3 id="contact">{escaped(words.say("closing_contact"))}</h3><p>{contact_sentence(words)}</p>')
    parts.append(f'<h3 id="accessibility">{escaped(words.say("closing_accessibility"))}</h3>{statement(words)}')
    return f'<section class="sources closing" id="about">{"".join(parts)}</section>'


def statement(words: Words) -> str:
    """The accessibility statement that Cabinet Regulation No 445 asks for: what holds, what not, how to complain."""
    who = contact("accessibility", words)
    where = contact("complaint", words)
    paragraphs = [escaped(words.say(f"accessibility_{number}")) for number in range(1, STATEMENT + 1)]
    paragraphs.append(_asked("accessibility_report", who, words))
    if where is not None:
        paragraphs.append(_asked("accessibility_complain", where, words))
    if who is not None and who["reviewed"]:
        paragraphs.append(
            escaped(words.say("accessibility_reviewed", date=words.date_long(who["reviewed"], "locative")))
        )
    return "".join(f"<p>{each}</p>" for each in paragraphs)


def contact(purpose: str, words: Words) -> pd.Series | None:
    """The row of the contacts for ``purpose``; None when there is none."""
    rows = words.tables.contacts
    found = rows[rows["contact"] == purpose]
    return found.iloc[0] if len(found) else None


def text_of(page: str) -> str:
    """What a reader of the HTML ``page`` reads, without the insides of pictures.

    >>> text_of("<p>Day&nbsp;care <b>centre</b></p><svg><text>no</text></svg>")
    'Day care centre'
    """
    bare = re.sub(r"<[^>]*>", " ", UNSEEN.sub(" ", page))
    return re.sub(r"\s+", " ", html.unescape(bare)).strip()


def contact_sentence(words: Words) -> str:
    """Who answers questions about the data and the page."""
    return _asked("contact_questions", contact("data", words), words)


def _asked(purpose: str, row: pd.Series | None, words: Words) -> str:
    """The sentence ``purpose`` with who answers; a placeholder is not named, but said to be missing."""
    if row is not None and row["placeholder"]:
        return escaped(words.say("contact_placeholder"))
    return f"{escaped(words.say(purpose))} {_reached(row, words)}"


def _reached(row: pd.Series | None, words: Words) -> str:
    """Who answers and how to reach them."""
    if row is None:
        return escaped(words.say("contact_unknown"))
    parts = [escaped(row[f"name_{words.language}"])]
    if row["email"]:
        parts.append(f'<a href="mailto:{escaped(row["email"])}">{escaped(row["email"])}</a>')
    if row["url"]:
        parts.append(f'<a href="{escaped(row["url"])}" rel="noreferrer">{escaped(row["url"])}</a>')
    return ", ".join(parts) + "."
