"""The rejected rows of a file, ready to be sent back: a table to mend (CSV) and a page to read and print (HTML)."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd

from socsvc_analysis.markup import escaped
from socsvc_analysis.wording import Words, in_language

FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
NUMBER = re.compile(r"^\s*[+-]?[\d\s.,]+\s*$")
NAMES = ("rejected.csv", "rejected.html")
LANGUAGES = ("lv", "en")
STYLE = (
    "body{font:16px/1.45 system-ui,sans-serif;margin:1.5rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0 2rem}"
    "th,td{border:1px solid #8a8a8a;padding:.3rem .5rem;text-align:left;vertical-align:top;"
    "overflow-wrap:break-word;max-width:22rem}"
    "caption{text-align:left;font-weight:bold;padding:.3rem 0}th{background:#eee}"
    ".scroll{overflow-x:auto}td.why{min-width:14rem}"
    "@media print{body{margin:0;max-width:none;font-size:11pt}.scroll{overflow:visible}tr{break-inside:avoid}}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write(folder: Path, file: str, rejected: pd.DataFrame, rows_in: int) -> None:
    """Write ``rejected.csv`` and ``rejected.html`` about ``file`` into ``folder``.

    ``rejected`` has the columns ``sheet row problem problem_lv`` and the cells as received.
    """
    folder.mkdir(parents=True, exist_ok=True)
    first = ["sheet", "row", "problem_lv", "problem"]
    both = rejected[[*first, *(column for column in rejected.columns if column not in first)]]
    table, page = NAMES
    (folder / table).write_bytes(_csv(both))
    (folder / page).write_bytes(_page(file, both, rows_in).encode())


def remove(folder: Path) -> None:
    """Take away what was written about an earlier state of a file of which now nothing is rejected."""
    for name in NAMES:
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers.

    >>> neutral("=1+1"), neutral("-5"), neutral("-5+A1"), neutral("Auce")
    ("'=1+1", '-5', "'-5+A1", 'Auce')
    """
    return "'" + cell if FORMULA.match(cell) and not NUMBER.match(cell) else cell


def _csv(rejected: pd.DataFrame) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([neutral(str(column)) for column in rejected.columns])
    for row in rejected.astype(object).where(rejected.notna(), "").itertuples(index=False):
        writer.writerow([neutral(str(cell)) for cell in row])
    # The mark by which spreadsheets know UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _page(file: str, rejected: pd.DataFrame, rows_in: int) -> str:
    words = {language: in_language(language, None) for language in LANGUAGES}
    title = words["lv"].say("letter_title", file=file)
    parts = [_part(words[language], file, rejected, rows_in) for language in LANGUAGES]
    return (
        '<!doctype html>\n<html lang="lv"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(title)}</title><style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _part(words: Words, file: str, rejected: pd.DataFrame, rows_in: int) -> str:
    """The letter in one language."""
    reason = "problem_lv" if words.language == "lv" else "problem"
    cells = [column for column in rejected.columns if column not in ("sheet", "row", "problem", "problem_lv")]
    sheets = ["sheet"] if rejected["sheet"].any() else []
    heads = [words.say(f"letter_{each}") for each in (*sheets, "row", "problem")] + cells
    rows = []
    for record in rejected.astype(object).where(rejected.notna(), "").to_dict("records"):
        shown = [record[each] for each in (*sheets, "row")]
        body = "".join(f"<td>{escaped(str(cell))}</td>" for cell in shown)
        body += f'<td class="why">{escaped(str(record[reason]))}</td>'
        rows.append("<tr>" + body + "".join(f"<td>{escaped(str(record[each]))}</td>" for each in cells) + "</tr>")
    count = {"rejected": words.number(len(rejected)), "rows": words.number(rows_in)}
    return (
        f'<section lang="{words.language}"><h1>{escaped(words.say("letter_title", file=file))}</h1>'
        f"<p>{escaped(words.say('letter_count', **count))}</p><p>{escaped(words.say('letter_what_to_do'))}</p>"
        f'<div class="scroll" tabindex="0"><table><caption>{escaped(words.say("letter_caption"))}</caption><thead><tr>'
        + "".join(f'<th scope="col">{escaped(str(each))}</th>' for each in heads)
        + f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )
