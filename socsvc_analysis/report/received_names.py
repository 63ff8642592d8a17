"""What received files and their figures are called in the copy of the data for the public.

Inside they are named by the hash of the file and the row in it.  Whoever has all of a return but one number could try
numbers until the hash is right, and rows that came in the order of their numbers would tell that order.  In the copy a
file is named by when it came from whom, and a figure by what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from socsvc_analysis.files import sha256
from socsvc_analysis.observations import IDENTITY

SHORT = 8
"""Letters of a hash in the names of sources, figures and folders."""
DIGITS = 12
"""Of a hash in the number of a figure: two of one file practically never have the same."""
OF_FILE = ("file", "sender", "imported")
NAMED = re.compile(r"\bR-([0-9a-f]{8})-[0-9]+\b|\breturn_([0-9a-f]{8})\b|/([0-9a-f]{8})(?=-)|\b[0-9a-f]{64}\b")
"""A figure, a source, a kept file, or a whole hash."""


def marks_of(received: pd.DataFrame) -> dict[str, str]:
    """For the hash of each restricted file what stands in its place; ``received`` are rows of ``received_files``.

    >>> rows = pd.DataFrame({"sha256": ["12ab"], "file": ["a.csv"], "sender": [""], "imported": ["2026-02-01"],
    ...                      "access": ["restricted"]})
    >>> marks_of(rows) == marks_of(rows.assign(sha256="34cd")), len(marks_of(rows)["12ab"])
    (False, 64)
    >>> list(marks_of(rows).values()) == list(marks_of(rows.assign(sha256="34cd")).values())
    True
    """
    rows = received[received["access"] != "open"]
    again = rows.groupby(list(OF_FILE)).cumcount()
    said = zip(*(rows[name] for name in OF_FILE), map(int, again), strict=True)
    return {code: sha256(repr(each).encode()) for code, each in zip(rows["sha256"], said, strict=True)}


def renamed(text: str, marks: Mapping[str, str], figures: Mapping[str, str]) -> str:
    """A file of the copy, or its descriptor, with the names that come from what is in received files replaced.

    ``marks`` as :func:`marks_of` gives them, ``figures`` as :func:`names_of_figures` does.
    """
    short = {code[:SHORT]: mark[:SHORT] for code, mark in marks.items()}

    def other(found: re.Match[str]) -> str:
        figure, source, folder = found.groups()
        code = figure or source or folder
        if not code:
            return marks.get(found[0], found[0])
        if figure in short:
            return figures.get(found[0], f"R-{short[figure]}-0")
        return found[0].replace(code, short.get(code, code))

    return NAMED.sub(other, text)


def names_of_figures(frames: list[pd.DataFrame], marks: Mapping[str, str]) -> dict[str, str]:
    """What each figure of a restricted file is called: by its file and by what it is about, not by its row.

    ``frames`` have ``id`` (and perhaps ``replaced``, a figure about the same) and columns that say what it is about.
    """
    short = {code[:SHORT]: mark[:SHORT] for code, mark in marks.items()}
    names: dict[str, str] = {}
    taken: set[str] = set()
    for frame in frames:
        named = [frame[column].astype(str) for column in IDENTITY if column in frame]
        about = ["|".join(texts) for texts in zip(*named, strict=True)]
        for column in frame.columns.intersection(["id", "replaced"]):
            for figure, said in zip(frame[column], about, strict=True):
                code = figure[2 : 2 + SHORT] if figure.startswith("R-") else ""
                if code in short and figure not in names:
                    number = int(sha256(said.encode())[:DIGITS], 16)
                    while f"R-{short[code]}-{number}" in taken:
                        number += 1
                    names[figure] = f"R-{short[code]}-{number}"
                    taken.add(names[figure])
    return names
