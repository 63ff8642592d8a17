"""The return that a planning region sends its municipalities: an Excel workbook to fill in and send back.

Sheet *Atskaite* holds the table with lists to choose from, *Norādes* says what to fill in, *Saraksti* holds the lists
and *Pārbaude* adds up what was entered.  Filled in, it is read by ``socsvc import`` with no mapping.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from socsvc_analysis.codes import lookup
from socsvc_analysis.reference import COUNTRY_REGION, Reference, present_municipalities, region_code
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.spreadsheet import headed, on_paper, same_bytes
from socsvc_analysis.tables import COMMUNITY, INSTITUTIONAL
from socsvc_analysis.wording import Words, alphabetical, in_language

COLUMNS = ("Pašvaldība", "Pakalpojums", "Mērķgrupa", "Gads", "Klienti", "Vietas", "Piezīmes")
WIDTHS = (30, 48, 52, 8, 12, 12, 40)
TWO_LINES = 30
"""Height of a row: the longest names take two lines, and not every program makes room for them."""
ROWS = 300
"""Rows to fill in; more than any region needs."""
FIRST = 2
SERVICES = (COMMUNITY, INSTITUTIONAL)
"""Settings of the services that are asked about."""
EARLIEST = 1990
FILLED_IN = PatternFill("solid", fgColor="FFFBE6")
LINE = Side(style="thin", color="B8B8B8")
CELL = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
"""A filled cell hides the lines of the sheet: without its own nobody sees where to write, on paper least of all."""


def write(region: str, year: int, path: str | Path, reference: Reference) -> Path:
    """Write the return of ``region`` for ``year`` to ``path``; the same arguments give the same bytes.

    Raises :class:`~socsvc_analysis.schema.DataError` for an unknown region or an impossible year.
    """
    path = Path(path)
    region_code(region, reference.regions)
    if not EARLIEST <= year <= dt.date.max.year:
        raise DataError(
            [Problem("year", f"is not a year that returns are made for (from {EARLIEST})", value=str(year))]
        )
    if path.suffix.lower() != ".xlsx":
        raise DataError([Problem("file", "must end in .xlsx: the return is an Excel workbook", value=path.name)])
    words = in_language("lv", reference)
    lists = _lists(region, year, reference)
    book = openpyxl.Workbook()
    _table(book.worksheets[0], lists, year, words)
    _instructions(book.create_sheet(words.say("template_instructions")), region, year, reference, words)
    _list_sheet(book.create_sheet(words.say("template_lists")), lists, book)
    _checks(book.create_sheet(words.say("template_checks")), lists["Pašvaldība"], words)
    book.properties.creator = "socsvc_analysis"
    book.properties.title = words.say("template_title", region=words.place(region), year=str(year))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(same_bytes(book))
    return path


def _lists(region: str, year: int, reference: Reference) -> dict[str, list[str]]:
    """What may be chosen in each column."""
    units = present_municipalities(reference.municipalities, min(f"{year}-12-31", dt.date.max.isoformat()))
    if region != COUNTRY_REGION:
        units = units[units["region"] == region]
    services = reference.service_types
    services = services[services["care_setting"].isin(SERVICES)].sort_values("order", kind="stable")
    groups = reference.target_groups.sort_values("order", kind="stable")
    return {
        "Pašvaldība": sorted(units["name_long"], key=alphabetical),
        "Pakalpojums": list(services["title_lv"]),
        "Mērķgrupa": list(groups["title_lv"]),
    }


def _table(sheet: Worksheet, lists: dict[str, list[str]], year: int, words: Words) -> None:
    sheet.title = words.say("template_table")
    for at, (heading, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True), start=1):
        headed(sheet.cell(1, at, heading))
        sheet.column_dimensions[get_column_letter(at)].width = width
    for row in range(FIRST, FIRST + ROWS):
        sheet.row_dimensions[row].height = TWO_LINES
        for at in range(1, len(COLUMNS) + 1):
            cell = sheet.cell(row, at)
            cell.protection = Protection(locked=False)
            cell.fill = FILLED_IN
            cell.border = CELL
            cell.alignment = Alignment(wrap_text=COLUMNS[at - 1] != "Gads", vertical="top")
    for at, heading in enumerate(COLUMNS, start=1):
        area = f"{get_column_letter(at)}{FIRST}:{get_column_letter(at)}{FIRST + ROWS - 1}"
        if heading in lists:
            sheet.add_data_validation(_choice(_name(heading), area, words))
        elif heading == "Gads":
            sheet.add_data_validation(_number(area, words.say("template_year_wrong"), EARLIEST, year))
        elif heading in ("Klienti", "Vietas"):
            sheet.add_data_validation(_number(area, words.say("template_number_wrong"), 0, 1_000_000))
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.print_title_rows = "1:1"
    on_paper(sheet)


def _choice(name: str, area: str, words: Words) -> DataValidation:
    choice = DataValidation("list", formula1=f"={name}", allow_blank=True, showErrorMessage=True)
    choice.errorTitle, choice.error = words.say("template_wrong"), words.say("template_choice_wrong")
    choice.add(area)
    return choice


def _number(area: str, said: str, least: int, most: int) -> DataValidation:
    """Whole numbers; a warning only, so that the mark for an unknown number can be entered."""
    number = DataValidation(
        "whole", operator="between", formula1=str(least), formula2=str(most), allow_blank=True, showErrorMessage=True
    )
    number.errorStyle, number.errorTitle, number.error = "warning", "Atskaite", said
    number.add(area)
    return number


def _instructions(sheet: Worksheet, region: str, year: int, reference: Reference, words: Words) -> None:
    measures = lookup(reference.measures, "measure", "definition_lv")
    lines = [
        (words.say("template_title", region=words.place(region), year=str(year)), True),
        *((words.say(f"template_step_{step}", year=str(year)), False) for step in range(1, 8)),
        (words.say("template_definitions"), True),
        (words.say("template_definition", term="Klienti", meaning=measures["clients"]), False),
        (words.say("template_definition", term="Vietas", meaning=measures["places"]), False),
    ]
    for row, (line, bold) in enumerate(lines, start=1):
        cell = sheet.cell(row, 1, line)
        cell.font = Font(bold=bold, size=14 if row == 1 else 11)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 110
    sheet.protection.sheet = True
    on_paper(sheet)


def _list_sheet(sheet: Worksheet, lists: dict[str, list[str]], book: openpyxl.Workbook) -> None:
    """The lists to choose from, one below each letter; their headings are no headings of a return."""
    for at, (heading, values) in enumerate(lists.items(), start=1):
        letter = get_column_letter(at)
        for row, value in enumerate(values, start=1):
            sheet.cell(row, at, value)
        sheet.column_dimensions[letter].width = 50
        area = f"'{sheet.title}'!${letter}$1:${letter}${len(values)}"
        book.defined_names[_name(heading)] = DefinedName(_name(heading), attr_text=area)
    sheet.protection.sheet = True


def _checks(sheet: Worksheet, municipalities: list[str], words: Words) -> None:
    """Sums of what was entered, by municipality, and the rows that lack something."""
    table = f"'{words.say('template_table')}'!"
    areas = {heading: f"{table}${letter}${FIRST}:${letter}${FIRST + ROWS - 1}"
             for heading, letter in zip(COLUMNS, "ABCDEFG", strict=True)}  # fmt: skip
    for at, key in enumerate(("template_of", "template_rows", "template_clients", "template_places"), start=1):
        headed(sheet.cell(1, at, words.say(key)))
        sheet.column_dimensions[get_column_letter(at)].width = 34 if at == 1 else 22
    for row, name in enumerate(municipalities, start=2):
        sheet.cell(row, 1, name)
        sheet.cell(row, 2, f"=COUNTIF({areas['Pašvaldība']},A{row})")
        sheet.cell(row, 3, f"=SUMIFS({areas['Klienti']},{areas['Pašvaldība']},A{row})")
        sheet.cell(row, 4, f"=SUMIFS({areas['Vietas']},{areas['Pašvaldība']},A{row})")
    last = len(municipalities) + 1
    sheet.cell(last + 1, 1, words.say("template_all")).font = Font(bold=True)
    for at in range(2, 5):
        letter = get_column_letter(at)
        sheet.cell(last + 1, at, f"=SUM({letter}2:{letter}{last})").font = Font(bold=True)
    started = "+".join(f'({areas[each]}<>"")' for each in COLUMNS[:6])
    keys = "*".join(f'({areas[each]}<>"")' for each in ("Pašvaldība", "Pakalpojums", "Mērķgrupa", "Gads"))
    numbers = f'((({areas["Klienti"]}<>"")+({areas["Vietas"]}<>""))>0)'
    sheet.cell(last + 3, 1, words.say("template_incomplete"))
    sheet.cell(last + 3, 2, f"=SUMPRODUCT((({started})>0)*(1-{keys}*{numbers}))")
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True
    on_paper(sheet)


def _name(heading: str) -> str:
    """The name of a list in formulas, which know no diacritics everywhere."""
    return {"Pašvaldība": "Pasvaldibas", "Pakalpojums": "Pakalpojumi", "Mērķgrupa": "Merkgrupas"}[heading]
