"""The rules by which returns are read, as a list for those who build their own exports."""

from __future__ import annotations

from typing import Any

import pandas as pd

from socsvc_analysis.intake.received import KEYS
from socsvc_analysis.reference import Reference, present_municipalities
from socsvc_analysis.sentences import catalogue
from socsvc_analysis.tables import KINDS

VERSION = "8"
"""Raised whenever a file that was accepted would be refused, or the other way round."""
REQUIRED = ("territory", "year")
CHECKS = ("reason_", "refusal_", "personal_")
"""Beginnings of the keys of sentences that refuse a row or a file."""
WARNINGS = ("note_",)


def rules(year: int, reference: Reference, language: str) -> dict[str, Any]:
    """Everything that a return for ``year`` may say, and every check, in ``language``.

    ``columns`` are the headings that are understood, by what they mean; ``values`` the codes and titles of what may
    stand below them; ``checks`` the sentence of each reason for which a row or a file is refused, by its key, which
    ``socsvc import --json`` calls ``rule``; ``warnings`` those of what is told and taken all the same.
    """
    sentences = catalogue()

    def said(beginnings: tuple[str, ...]) -> dict[str, str]:
        return {key: str(entry[language]) for key, entry in sorted(sentences.items()) if key.startswith(beginnings)}

    units = present_municipalities(reference.municipalities, f"{year}-12-31")
    synonyms = reference.value_names
    return {
        "version": VERSION,
        "year": year,
        "required": list(REQUIRED),
        "columns": _headings(reference),
        "values": {
            "territory": dict(zip(units["code"], units["name_long"], strict=True)),
            "service_type": _titles(reference.service_types, "service_type", language),
            "target_group": _titles(reference.target_groups, "target_group", language),
            "measure": _titles(reference.measures, "measure", language),
            "kind": {kind: ", ".join(_synonyms_of(synonyms, "kinds", kind)) for kind in KINDS},
            **{
                key: {code: ", ".join(_synonyms_of(synonyms, table, code)) for code in _codes(synonyms, table)}
                for key, table in (("unit", "units"), ("sex", "sexes"))
            },
        },
        "checks": said(CHECKS),
        "warnings": said(WARNINGS),
    }


def _headings(reference: Reference) -> dict[str, list[str]]:
    """The headings that are understood, by key or measure."""
    table = reference.column_names
    found = table.groupby("column", sort=False)["heading"].agg(list)
    first = [key for key in KEYS if key in found]
    return {
        column: found[column] for column in (*first, *(each for each in map(str, found.index) if each not in first))
    }


def _titles(table: pd.DataFrame, code: str, language: str) -> dict[str, str]:
    return dict(zip(table[code], table[f"title_{language}"], strict=True))


def _codes(synonyms: pd.DataFrame, table: str) -> list[str]:
    return list(dict.fromkeys(synonyms.loc[synonyms["table"] == table, "code"]))


def _synonyms_of(synonyms: pd.DataFrame, table: str, code: str) -> list[str]:
    return list(synonyms.loc[(synonyms["table"] == table) & (synonyms["code"] == code), "name"])
