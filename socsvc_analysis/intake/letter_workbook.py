"""The workbook that goes back to a sender: the rejected rows with the wrong cells marked and the reasons beside them.

It is a return itself: mended and sent back it is read like any other, and its columns of reasons are passed over.
"""

from __future__ import annotations

from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from socsvc_analysis.codes import records
from socsvc_analysis.intake.numbers import Exact
from socsvc_analysis.intake.received import UNNAMED, ReceivedTable
from socsvc_analysis.intake.result import ImportResult
from socsvc_analysis.intake.rulebook import VERSION
from socsvc_analysis.spreadsheet import headed, on_paper, same_bytes
from socsvc_analysis.wording import Words, in_language

WRONG = PatternFill("solid", fgColor="F8CBAD")
KEYS = {
    "territory": "Pašvaldība",
    "service_type": "Pakalpojums",
    "target_group": "Mērķgrupa",
    "year": "Gads",
    "kind": "Skaitļa veids",
    "sex": "Dzimums",
    "age": "Vecums",
    "unit": "Mērvienība",
}
"""Headings for what the file said once for all rows: above the table, in the name of the sheet or in its own."""
WIDTH, WIDE = 18, 60


def book(file: str, result: ImportResult) -> bytes:
    """The workbook about the rejected rows of ``file``; the same rows give the same bytes."""
    latvian, english = (in_language(language, None) for language in ("lv", "en"))
    made = openpyxl.Workbook()
    _about(made.worksheets[0], file, result, (latvian, english))
    frame, wrong = result.rejected.frame, result.rejected.wrong
    tables = result.rejected.rows.tables
    of_table = result.rejected.rows.table[result.rejected.numbers]
    for number, table in enumerate(tables):
        mine = [at for at, each in enumerate(of_table.tolist()) if each == number]
        if mine:
            sheet = made.create_sheet(_title(table.sheet or latvian.say("template_table"), made))
            rows = zip(records(frame.iloc[mine]), (wrong[at] for at in mine), strict=True)
            _fill(sheet, table, list(rows), (latvian, english))
    made.move_sheet(made.worksheets[0], len(made.worksheets) - 1)
    made.active = 0
    made.properties.creator = "socsvc_analysis"
    return same_bytes(made)


def _title(name: str, made: openpyxl.Workbook) -> str:
    """The name of the sheet as received; a second table of it gets a number."""
    name = name[:28]
    taken = set(made.sheetnames)
    return next(each for each in (name, *(f"{name} {number}" for number in range(2, 100))) if each not in taken)


def _fill(
    sheet: Worksheet,
    table: ReceivedTable,
    rows: list[tuple[dict[str, Any], frozenset[str]]],
    languages: tuple[Words, Words],
) -> None:
    latvian, english = languages
    said = {KEYS[key]: value for key, value in table.defaults.items() if key in KEYS and value}
    cells = [heading for heading in table.rows.cells if not heading.startswith(UNNAMED)]
    said = {heading: value for heading, value in said.items() if heading not in cells}
    headings = [
        latvian.say("letter_row_number"),
        *said,
        *cells,
        latvian.say("letter_problem"),
        english.say("letter_problem"),
    ]
    for at, heading in enumerate(headings, start=1):
        headed(sheet.cell(1, at))
        _text(sheet.cell(1, at), heading)
        sheet.column_dimensions[get_column_letter(at)].width = WIDE if at > len(headings) - 2 else WIDTH
    for down, (record, wrong) in enumerate(rows, start=2):
        sheet.cell(down, 1, record["row"])
        for at, heading in enumerate((*said, *cells), start=2):
            cell = sheet.cell(down, at)
            _put(cell, said[heading] if heading in said else record[heading])
            if heading in wrong:
                cell.fill = WRONG
        for at, language in enumerate(("problem_lv", "problem"), start=len(headings) - 1):
            _text(sheet.cell(down, at), str(record[language]))
            sheet.cell(down, at).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    on_paper(sheet)


def _put(cell: Cell | MergedCell, value: object) -> None:
    """A cell as received: a number of the sender's workbook stays one, a text stays the text it was."""
    if isinstance(value, Exact):
        cell.value = int(value.number) if value.number.is_integer() else value.number
    else:
        _text(cell, str(value))


def _text(cell: Cell | MergedCell, text: str) -> None:
    """A text that no program takes for a formula."""
    cell.value = "".join(each for each in text if each >= " " or each in "\n\t")
    cell.data_type = "s"
    cell.number_format = "@"


def _about(sheet: Worksheet, file: str, result: ImportResult, languages: tuple[Words, Words]) -> None:
    sheet.title = languages[0].say("template_instructions")
    years = ", ".join(result.years)
    for words in languages:
        rejected, rows = words.number(result.rows_rejected), words.number(result.rows_in)
        for line, bold in (
            (words.say("letter_title", file=file), True),
            (words.say("letter_count", rejected=rejected, rows=rows), False),
            (words.say("letter_mend"), False),
            (words.say("letter_rules", version=VERSION, years=years), False),
        ):
            sheet.append([""])
            cell = sheet.cell(sheet.max_row, 1)
            _text(cell, line)
            cell.font = Font(bold=bold)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 110
    on_paper(sheet)
