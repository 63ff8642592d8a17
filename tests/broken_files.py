"""Received files that are a little or very wrong, made anew for each test, and what must become of each.

Every number and personal code in them is invented.  An expectation is what a careful official would want: the file is
refused with a sentence that holds a given word, rows are quarantined in given numbers, or the total is right.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

HEAD = "municipality,service,target_group,year,clients,places"
GOOD = (
    "Bauskas novads,home_care,all,2025,12,20",
    "Dobeles novads,home_care,all,2025,30,40",
    "Jelgavas novads,home_care,all,2025,8,10",
    "Talsu novads,home_care,all,2025,50,60",
)
TOTAL = 100
"""Clients of the good rows."""
CODE = "010190-12345"  # invented


@dataclass(frozen=True)
class Expected:
    """What must become of a file."""

    code: int  # 0 all accepted, 3 some rejected, 2 refused
    said: str = ""  # somewhere in the report
    rows_in: int | None = None
    accepted: int | None = None
    rejected: int | None = None
    duplicates: int | None = None
    total: float | None = None
    secret: str = ""  # must not be anywhere in the report


@dataclass(frozen=True)
class Case:
    """A broken file."""

    name: str
    file: str
    write: Callable[[Path], None]
    expected: Expected


CASES: list[Case] = []


def refused(said: str, secret: str = "") -> Expected:
    return Expected(2, said, secret=secret)


def right(total: float = TOTAL, rows: int = 4, duplicates: int = 0, said: str = "") -> Expected:
    return Expected(0, said, rows, rows - duplicates, 0, duplicates, total)


def kept(rejected: int, said: str, total: float, rows: int = 5, duplicates: int = 0) -> Expected:
    return Expected(3, said, rows, rows - rejected - duplicates, rejected, duplicates, total)


def case(name: str, content: bytes | str, expected: Expected, file: str = "return.csv") -> None:
    """A file of given bytes."""
    raw = content.encode() if isinstance(content, str) else content
    CASES.append(Case(name, file, lambda path: path.write_bytes(raw) and None, expected))


def table(*rows: str, head: str = HEAD, end: str = "\n") -> str:
    return end.join([head, *rows]) + end


def bad_row(name: str, row: str, said: str, secret: str = "") -> None:
    """A sound return with one bad row at its end."""
    case(name, table(*GOOD, row), Expected(3, said, 5, 4, 1, 0, TOTAL, secret))


def good_row(name: str, row: str, more: float) -> None:
    """A sound return with one unusual but sound row at its end."""
    case(name, table(*GOOD, row), right(TOTAL + more, 5))


def book(name: str, expected: Expected, change: Callable[[openpyxl.Workbook], None], file: str = "return.xlsx") -> None:
    """A workbook with the good rows, changed."""

    def write(path: Path) -> None:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        sheet.title = "Dati"
        for row in (HEAD, *GOOD):
            sheet.append([int(cell) if cell.isdigit() else cell for cell in row.split(",")])
        change(workbook)
        workbook.save(path)

    CASES.append(Case(name, file, write, expected))


def archive(name: str, said: str, change: Callable[[dict[str, bytes]], None]) -> None:
    """A workbook whose parts were tampered with."""

    def write(path: Path) -> None:
        made = io.BytesIO()
        workbook = openpyxl.Workbook()
        for row in (HEAD, *GOOD):
            workbook.active.append(row.split(","))
        workbook.save(made)
        with zipfile.ZipFile(made) as parts:
            contents = {each: parts.read(each) for each in parts.namelist()}
        change(contents)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
            for part, content in contents.items():
                changed.writestr(part, content)

    CASES.append(Case(name, "return.xlsx", write, refused(said)))


LATVIAN = table(
    "Bauskas novads;aprūpe mājās;visi;2025;12;20",
    "Ķekavas novads;aprūpe mājās;visi;2025;88;90",
    head="Pašvaldība;Pakalpojums;Mērķgrupa;Gads;Klienti;Vietas",
)

# Encodings
case("utf-8 with a byte order mark", b"\xef\xbb\xbf" + table(*GOOD).encode(), right())
case("utf-16 with a byte order mark", table(*GOOD).encode("utf-16"), right())
case("utf-16 without one", table(*GOOD).encode("utf-16-le"), right())
case("windows-1257", LATVIAN.encode("cp1257"), right(100, 2))
case("windows-1252 with other letters", LATVIAN.replace("ū", "ü").encode("cp1257"), refused("no Latvian letter"))
case("latin-1", table("Müncheng,home_care,all,2025,1,1").encode("latin-1"), refused("no Latvian letter"))
case("one bad byte", table(*GOOD).encode() + b"Tukuma novads,home_care,all,2025,\xff\xfe5,6\n", refused("UTF-8"))
case(
    "utf-8 read as windows-1252 and saved",
    LATVIAN.encode().decode("cp1252", "replace").encode(),
    refused("letters were lost"),
)
case(
    "utf-8 read as windows-1257 and saved",
    LATVIAN.encode().decode("cp1257", "replace").encode(),
    refused("letters were lost"),
)
case("replacement characters", LATVIAN.replace("ā", "\ufffd"), refused("letters were lost"))
case("zero bytes", table(*GOOD).encode() + b"\0\0\0", refused("zero bytes"))

# What is no table
case("empty", b"", refused("is empty"))
case("blanks only", b"   \n\n  \n", refused("return.csv"))
case("a page named xls", "<html><table><tr><td>1</td></tr></table></html>", refused("page or document"), "return.xls")
case("a page named csv", "<!DOCTYPE html><html></html>", refused("page or document"))
case("xml spreadsheet 2003", '<?xml version="1.0"?><Workbook/>', refused("page or document"), "return.xls")
case("pdf named xlsx", b"%PDF-1.7 x", refused("not a spreadsheet"), "return.xlsx")
case("a picture", b"\x89PNG\r\n\x1a\n123", refused("not a spreadsheet"), "return.xlsx")
case("gzip", b"\x1f\x8b\x08\0\0", refused("not a spreadsheet"), "return.csv")
case("rich text", "{\\rtf1 hello}", refused("page or document"), "return.csv")
case("a sound CSV named xlsx", table(*GOOD), right(), "return.xlsx")
case("truncated zip", b"PK\x03\x04\x14\0\0\0\x08\0abc", refused("damaged"), "return.xlsx")
case("old workbook of nothing", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, refused("damaged"), "return.xls")
case(
    "encrypted workbook",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
    refused("password"),
    "return.xlsx",
)
case("header only", HEAD + "\n", refused("no rows"))
case("no header", "\n".join(GOOD), refused("no table was found"))
case("unknown headings", table("1,2,3", head="a,b,c"), refused("no table was found"))
case(
    "no municipality",
    table("home_care,2025,5", "shelter,2025,6", head="service,year,clients"),
    refused("no column says the municipality"),
)
case(
    "no numbers",
    table("Bauskas novads,home_care,2025", head="municipality,service,year"),
    refused("no column holds a number"),
)
case("no year", table("Bauskas novads,5,6", head="municipality,clients,places"), refused("no column says the year"))
case(
    "year in the file name",
    table("Bauskas novads,5,6", head="municipality,clients,places"),
    right(5, 1),
    "return_2024.csv",
)
case(
    "two years in the file name",
    table("Bauskas novads,5", head="municipality,clients"),
    refused("year"),
    "2023_2024.csv",
)
case(
    "two columns of clients",
    table("Bauskas novads,2025,5,6", head="municipality,year,clients,Number of clients"),
    refused("means the same"),
)
case(
    "numbers of nobody knows what",
    table("Bauskas novads,2025,5", head="municipality,year,Skaits"),
    refused("does not say what it counts"),
)
case("one column only", "clients\n5\n6\n", refused("return.csv"))

# Delimiters and quotation marks
for delimiter, named in ((";", "semicolons"), ("\t", "tabulators"), ("|", "bars")):
    case(named, table(*GOOD).replace(",", delimiter), right())
case("sep= line", "sep=;\n" + table(*GOOD).replace(",", ";"), right())
case("unclosed quotation mark", table(*GOOD, '"Tukuma novads,home_care,all,2025,5,6'), refused("quotation"))
case(
    "mixed delimiters",
    table(*GOOD, "Tukuma novads;home_care;all;2025;5;6"),
    Expected(3, rows_in=5, accepted=4, rejected=1, total=TOTAL),
)
case("line break in a cell", table(*GOOD[:3], '"Talsu\nnovads",home_care,all,2025,50,60'), right())
case("carriage returns only", table(*GOOD, end="\r"), right())
case("windows line ends", table(*GOOD, end="\r\n"), right())
case(
    "a comma too many",
    table(*GOOD, "Tukuma novads,,home_care,all,2025,5,6"),
    Expected(3, rows_in=5, accepted=4, rejected=1, total=TOTAL),
)
case(
    "a cell too few",
    table(*GOOD, "Tukuma novads,home_care,all,5,6"),
    Expected(3, rows_in=5, accepted=4, rejected=1, total=TOTAL),
)
case("ten thousand columns", ",".join(["x"] * 10_000) + "\n", refused("column"))


# Numbers
def styled(name: str, clients: list[str], expected: Expected) -> None:
    names = [row.split(",")[0] for row in GOOD]
    rows = [f"{place};home_care;all;2025;{count}" for place, count in zip(names, clients, strict=False)]
    case(name, table(*rows, head="municipality;service;target_group;year;clients"), expected)


styled("blank as thousands", ["1 200", "30", "8", "50"], right(1288))
styled("no-break blank as thousands", ["1\u00a0200", "30", "8", "50"], right(1288))
styled("thin blank as thousands", ["1\u2009200", "30", "8", "50"], right(1288))
styled("point as thousands, comma as decimals", ["1.200,0", "30,0", "8,0", "50,0"], right(1288))
styled("comma as thousands, point as decimals", ["1,200.0", "30.0", "8.0", "50.0"], right(1288))
styled("could be a thousand or one", ["1,200", "3,000", "8,500", "5,000"], refused("can be read as"))
styled("two styles in one column", ["1.200,5", "1,200.5", "8", "50"], refused("another style"))
styled("footnote marks", ["12*", "30**", "8 1)", "50¹"], right(100))
styled("marks for unknown", ["12", "…", "x", "88"], right(100))
for text, said in (
    ("-5", "below zero"),
    ("−5", "below zero"),
    ("2.5", "fraction"),
    ("12%", "percentage"),
    ("€ 12", "money"),
    ("ap. 50", "more than a number"),
    ("<5", "more than a number"),
    ("5-10", "more than a number"),
    ("1O", "not a number"),
    ("١٢", "not a number"),
    ("1e3", "not a number"),
    ("NaN", "not a number"),
    ("inf", "not a number"),
    ("#REF!", "error value"),
    ("=A1+1", "formula"),
    ("12 34", "not a number"),
    ("(5)", "more than a number"),
    ("9" * 20, "too many digits"),
    ("99999999", "more than"),
    ("2025-05-03", "is a date"),
    ("five", "not a number"),
    ("TRUE", "not a number"),
    ("1/2", "more than a number"),
    ("+-5", "more than a number"),
):
    bad_row(f"clients are {text}", f"Tukuma novads,home_care,all,2025,{text},6", said)
good_row("clients with their unit", "Tukuma novads,home_care,all,2025,5 pers.,6", 5)
bad_row("no number in the row", "Tukuma novads,home_care,all,2025,,", "has no number")

# Keys
for place, said in (
    ("Bauskss novads", "nearest known: Bauskas novads"),
    ("Jelgavas", "can mean"),
    ("Ventspils", "can mean"),
    ("Zemgale", "is a region"),
    ("Auces novads", "became"),
    ("Latvija", "is the country"),
    ("Vircavas pagasts", "parish"),
    ("Jelgavas rajons", "district"),
    ("Labklājības ministrija", "institution"),
    ("Joniškis", "not in Latvia"),
    ("0460800", "became"),
    ("9999999", "not an ATVK code"),
    ("", "is empty"),
    ("<script>alert(1)</script>", "not a known"),
    ("=cmd|' /C calc'!A0", "not a known"),
    ("@SUM(A1)", "not a known"),
    ("x" * 5000, "not a known"),
    ("123", "not a known"),
):
    bad_row(f"municipality is {place[:30]}", f"{place},shelter,all,2025,5,6", said)
for place in (
    "TUKUMA NOVADS",
    "Tukuma nov.",
    "tukums",
    "Tukumā",
    "Tukuma novada pašvaldība",
    "Tukuma novada sociālais dienests",
    "52000",
    "LV0052000",
    "Tukuma\u00a0novads",
    "Tukuma\u200b novads",
    " Tukuma  novads ",
    "Tukuma novads*",
):
    good_row(f"municipality written {place!r}", f"{place},home_care,all,2025,5,6", 5)
for year, said in (
    ("2031", "future"),
    ("1890", "before 1990"),
    ("25", "year"),
    ("2024/2025", "year"),
    ("", "is empty"),
    ("next", "year"),
    ("2025-13-01", "calendar"),
    ("31.02.2025", "calendar"),
):
    bad_row(f"year is {year or 'empty'}", f"Tukuma novads,home_care,all,{year},5,6", said)
good_row("year with words", "Tukuma novads,home_care,all,2025. gads,5,6", 5)
bad_row("unknown service", "Tukuma novads,home_car,all,2025,5,6", "nearest known: home_care")
bad_row("unknown group", "Tukuma novads,home_care,childs,2025,5,6", "is not a known target group")
bad_row("empty service", "Tukuma novads,,all,2025,5,6", "is empty")
bad_row("clients under service", "Tukuma novads,5,all,2025,home_care,6", "is not a known service")
bad_row("clients and no places", "Tukuma novads,shelter,all,2025,5,0", "no places")
bad_row("clients and unknown places", "Tukuma novads,shelter,all,2025,5,", "number of places is empty")
good_row("places said to be unknown", "Tukuma novads,shelter,all,2025,5,…", 5)
bad_row("control characters", "Tukuma\x07 novads x,home_care,all,2025,5,6", "not a known")
bad_row("text that runs from right to left", "\u202esdavon amukuT,home_care,all,2025,5,6", "not a known")

# Rows together
case("the same row twice", table(*GOOD, GOOD[0]), right(rows=5, duplicates=1))
case(
    "the same row in other words",
    table(*GOOD, "BAUSKAS NOV.,aprūpe mājās,visi,2025,12,20"),
    right(rows=5, duplicates=1),
)
case(
    "two numbers of the same",
    table(*GOOD, "Tukuma novads,home_care,all,2025,5,6", "Tukuma novads,home_care,all,2025,7,6"),
    kept(2, "contradicts", TOTAL, 6),
)
case(
    "more than half bad",
    table(GOOD[0], "x,home_care,all,2025,5,6", "y,home_care,all,2025,5,6"),
    refused("more than half"),
)
case(
    "half bad", table(*GOOD[:2], "x,home_care,all,2025,5,6", "y,home_care,all,2025,5,6"), kept(2, "not a known", 42, 4)
)
case("a right total", table(*GOOD, "Kopā,,,,100,130"), right())
case("a right total with other words", table(*GOOD, "Pavisam novados:,,,,100,130"), right())
case("a wrong total", table(*GOOD, "Kopā,,,,110,130"), refused("total"))
case("a wrong total of places", table(*GOOD, "Kopā,,,,100,131"), refused("total"))
case("subtotals", table(*GOOD[:2], "Kopā,,,,42,60", *GOOD[2:], "Kopā,,,,58,70", "Pavisam,,,,100,130"), right())
case("a wrong subtotal", table(*GOOD[:2], "Kopā,,,,43,60", *GOOD[2:], "Pavisam,,,,100,130"), refused("total"))
case("a total above the rows", table("Kopā,,,,100,130", *GOOD), right())
case("the header again in the middle", table(*GOOD[:2], HEAD, *GOOD[2:]), right())
case("empty rows", table(GOOD[0], ",,,,,", *GOOD[1:3], "", GOOD[3]), right())
case("notes above and below", "Atskaite,,,,,\nIzdomāti dati,,,,,\n\n" + table(*GOOD, "", "* precizēts,,,,,"), right())
case(
    "an unknown column",
    table(*(row + ",5" for row in GOOD), head=HEAD + ",jauda2"),
    right(said="is not a known heading"),
)

# Data about persons
case(
    "a personal code in a column",
    table(*GOOD, f"Tukuma novads,home_care,{CODE},2025,5,6"),
    refused("personal identity code", CODE),
)
case("a personal code in a note", table(*GOOD) + f"\nKlients {CODE}\n", refused("personal identity code", CODE))
case(
    "a personal code of the new kind",
    table(*GOOD, "321234-56789,home_care,all,2025,5,6"),
    refused("personal identity code", "321234"),
)
case(
    "a personal code with blanks",
    table(*GOOD, "010190 - 12345,home_care,all,2025,5,6"),
    refused("personal identity code", "010190"),
)
case(
    "a column of names",
    table(*(row + ",Anna" for row in GOOD), head=HEAD + ",Vārds"),
    refused("data about a person", "Anna"),
)
case(
    "a column of birth dates",
    table(*(row + ",1990-01-01" for row in GOOD), head=HEAD + ",Dzimšanas datums"),
    refused("data about a person", "1990-01-01"),
)
case(
    "an e-mail address in a row",
    table(*GOOD, "Tukuma novads,a.b@example.org,all,2025,5,6"),
    refused("e-mail", "a.b@example"),
)
case(
    "a telephone number in a row",
    table(*GOOD, "Tukuma novads,+371 26 123 456,all,2025,5,6"),
    refused("telephone", "26 123"),
)
case(
    "a code in a heading",
    table(*(row + ",1" for row in GOOD), head=f"{HEAD},{CODE}"),
    refused("personal identity code", CODE),
)
for name, written in (
    ("a blank for the hyphen", "010190 12345"),
    ("nothing for the hyphen", "01019012345"),
    ("a long hyphen", "010190—12345"),
    ("an underscore", "010190_12345"),
    ("a soft hyphen", "010190\u00ad-12345"),
    ("an invisible blank", "010190-\u200b12345"),
    ("wide digits", "０１０１９０-１２３４５"),
    ("the new kind and no hyphen", "32010112345"),
):
    case(
        f"a personal code with {name}",
        table(GOOD[0] + f",{written}", *GOOD[1:], head=HEAD + ",Piezīmes"),
        refused("personal identity code", written),
    )
for heading in ("VARDS UZVARDS", "Bērna vārds, uzvārds", "Dzim. dati", "Client name", "Klients", "Persona"):
    case(
        f"persons below the heading {heading}",
        table(*(row + ",Anna Paraugs" for row in GOOD), head=f'{HEAD},"{heading}"'),
        refused("data about a person", "Anna"),
    )
case("a code in the name of the file", table(*GOOD), refused("its name holds", CODE), f"klients {CODE}.csv")
case(
    "a second table with other headings",
    table(*GOOD[:2], HEAD.replace("clients,places", "places,clients"), "Talsu novads,home_care,all,2025,6,5"),
    refused("second table"),
)
case(
    "a second row of headings below a general one",
    "Pašvaldība;Pakalpojums;Mērķgrupa;Gads;Skaits;\n;;;;Klienti;Vietas\n" + "\n".join(GOOD).replace(",", ";"),
    right(),
)
case(
    "measures named in rows as in headings",
    "Pašvaldība,Pakalpojums,Mērķgrupa,Gads,Rādītājs,Vērtība\n"
    "Bauskas novads,home_care,all,2025,Klientu skaits,40\nDobeles novads,home_care,all,2025,Klienti,60\n",
    right(rows=2),
)
case("a total that is a formula", table(*GOOD, "Kopā,,,,=SUM(E2:E5),"), right(said="cannot be checked"))
case(
    "another delimiter far below the headings",
    table(*GOOD, *[GOOD[0]] * 45).replace(",", ";") + "Tukuma novads;home_care;all;2025;1,0;2\n",
    right(TOTAL + 1, 50, 45),
)
case("a cell without end", table(*GOOD, "x" * 140_000), refused("characters"))
bad_row("more clients than residents", "Tukuma novads,home_care,all,2025,400000,5", "people who live there")
good_row("a word for not known", "Tukuma novads,home_care,all,2025,nav zināms,5", 0)


# Workbooks
def cell(at: str, value: object) -> Callable[[openpyxl.Workbook], None]:
    return lambda workbook: workbook.active.__setitem__(at, value)


def hidden_sheet(workbook: openpyxl.Workbook) -> None:
    sheet = workbook.create_sheet("Paslēpta")
    sheet.append(HEAD.split(","))
    sheet.append(["Tukuma novads", "home_care", "all", 2025, 999, 999])
    sheet.sheet_state = "hidden"


def second_sheet(*rows: list[object]) -> Callable[[openpyxl.Workbook], None]:
    def add(workbook: openpyxl.Workbook) -> None:
        sheet = workbook.create_sheet("Vēl")
        for row in rows:
            sheet.append(row)

    return add


def merged_numbers(workbook: openpyxl.Workbook) -> None:
    workbook.active.merge_cells("E2:E3")


def merged_names(workbook: openpyxl.Workbook) -> None:
    sheet = workbook.active
    sheet["A3"], sheet["B3"] = "Bauskas novads", "shelter"
    sheet.merge_cells("A2:A3")


def two_header_rows(workbook: openpyxl.Workbook) -> None:
    sheet = workbook.active
    sheet.insert_rows(1)
    sheet["A1"], sheet["E1"] = "Kur un kas", "2025"
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("E1:F1")


def far_cell(workbook: openpyxl.Workbook) -> None:
    workbook.active["XFD1048576"] = 1


def hidden_row(workbook: openpyxl.Workbook) -> None:
    workbook.active.row_dimensions[3].hidden = True


def zero_format(workbook: openpyxl.Workbook) -> None:
    workbook.active["A2"] = 25000
    workbook.active["A2"].number_format = "0000000"


def percent_format(workbook: openpyxl.Workbook) -> None:
    workbook.active["E2"] = 0.12
    workbook.active["E2"].number_format = "0%"


def error_cell(workbook: openpyxl.Workbook) -> None:
    workbook.active["E2"] = "#DIV/0!"


book("sound workbook", right(), lambda workbook: None)
book("formula without a stored value", Expected(3, "formula", 4, 3, 1, 0, 88), cell("E2", "=6+6"))
book("an error value", Expected(3, "error value", 4, 3, 1, 0, 88), error_cell)
book("a fraction", Expected(3, "fraction", 4, 3, 1, 0, 88), cell("E2", 12.5))
book("a truth value", Expected(3, "not a number", 4, 3, 1, 0, 88), cell("E2", True))
book("numbers as text", right(), cell("E2", "12"))
book("a percentage format", Expected(3, "percentage", 4, 3, 1, 0, 88), percent_format)
book("a code that lost its zeros", right(), zero_format)
book("a hidden sheet", right(said="hidden"), hidden_sheet)
book("a hidden row", right(said="hidden"), hidden_row)
book(
    "the same table on two sheets",
    right(rows=8, duplicates=4),
    second_sheet(
        HEAD.split(","), *([cell if not cell.isdigit() else int(cell) for cell in row.split(",")] for row in GOOD)
    ),
)
book(
    "another number on the second sheet",
    Expected(3, "contradicts", 5, 3, 2, 0, 88),
    second_sheet(HEAD.split(","), ["Bauskas novads", "home_care", "all", 2025, 13, 20]),
)
book("a sheet of notes", right(said="was not read"), second_sheet(["Lasi mani"], ["Paldies"]))
book("a personal code on another sheet", refused("personal identity code", CODE), second_sheet(["x", CODE]))
book("merged numbers", Expected(3, "merged", 4, 2, 2, 0, 58), merged_numbers)
book("merged names", right(), merged_names)
book("two rows of headings", right(), two_header_rows)
book("a cell at the end of the sheet", refused("delete what lies beside"), far_cell)
book("a column beside the table", Expected(3, "outside the columns", 4, 3, 1, 0, 88), cell("H2", "x"))


def comment(workbook: openpyxl.Workbook) -> None:
    workbook.active["A2"].comment = openpyxl.comments.Comment(f"klients {CODE}", "x")


def titled(workbook: openpyxl.Workbook) -> None:
    workbook.active.title = CODE


def raised_sign(workbook: openpyxl.Workbook) -> None:
    raised = TextBlock(InlineFont(vertAlign="superscript"), "1")
    workbook.active["E2"] = CellRichText("12", raised)


def footer(workbook: openpyxl.Workbook) -> None:
    workbook.active.oddFooter.center.text = f"klients {CODE}"


book("a personal code in a comment", refused("comment", CODE), comment)
book("a personal code for the name of a sheet", refused("name of the sheet", CODE), titled)
book("a personal code in a footer", refused("text box", CODE), footer)
book("a raised footnote sign", right(), raised_sign)
book("the noise of binary fractions", right(), cell("E2", 3 * 0.1 * 40))


def opendocument(name: str, expected: Expected, change: Callable[[str], str]) -> None:
    """An ODS file with the good rows, its XML changed."""

    def written(cell: str) -> str:
        kind = f'office:value-type="float" office:value="{cell}"' if cell.isdigit() else 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{cell}</text:p></table:table-cell>"

    def write(path: Path) -> None:
        rows = "".join(
            f"<table:table-row>{''.join(map(written, row.split(',')))}</table:table-row>" for row in (HEAD, *GOOD)
        )
        names = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in
                         (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style")))  # fmt: skip
        style = '<style:style style:name="up"><style:text-properties style:text-position="33% 58%"/></style:style>'
        content = (
            f'<?xml version="1.0"?><office:document-content {names}><office:automatic-styles>{style}'
            "</office:automatic-styles><office:body><office:spreadsheet>"
            f'<table:table table:name="Dati">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>"
        )
        with zipfile.ZipFile(path, "w") as parts:
            parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            parts.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{MANIFEST}"/>')
            parts.writestr("content.xml", change(content))

    CASES.append(Case(name, "return.ods", write, expected))


MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
TWELVE = '<table:table-cell office:value-type="float" office:value="12">'
opendocument("an OpenDocument sheet", right(), lambda content: content)
opendocument(
    "merged numbers in an OpenDocument sheet",
    Expected(3, "merged", 4, 2, 2, 0, 58),
    lambda content: content.replace(TWELVE, TWELVE.replace(" ", ' table:number-rows-spanned="2" ', 1)),
)
opendocument(
    "a raised sign in an OpenDocument sheet",
    right(),
    lambda content: content.replace(
        TWELVE + "<text:p>12<",
        '<table:table-cell office:value-type="string"><text:p>12<text:span text:style-name="up">1</text:span><',
    ),
)
opendocument(
    "a hidden row in an OpenDocument sheet",
    right(said="hidden"),
    lambda content: content.replace("<table:table-row>", '<table:table-row table:visibility="collapse">').replace(
        ' table:visibility="collapse"', "", 1
    ),
)
opendocument(
    "a personal code in a comment of an OpenDocument sheet",
    refused("comment", CODE),
    lambda content: content.replace(TWELVE, f"{TWELVE}<office:annotation><text:p>{CODE}</text:p></office:annotation>"),
)


def bomb(contents: dict[str, bytes]) -> None:
    contents["xl/media/zeros.bin"] = b"\0" * (20 * 2**20)


def big(contents: dict[str, bytes]) -> None:
    contents["xl/media/noise.xml"] = b"<a>" + bytes(range(1, 60)) * 1_200_000


def entity(contents: dict[str, bytes]) -> None:
    sheet = contents["xl/worksheets/sheet1.xml"]
    bombed = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + sheet
    contents["xl/worksheets/sheet1.xml"] = bombed


def outside_entity(contents: dict[str, bytes]) -> None:
    strings = contents["xl/workbook.xml"]
    contents["xl/workbook.xml"] = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + strings


def climbing(contents: dict[str, bytes]) -> None:
    contents["../../evil.xml"] = b"<a/>"


def without_sheet(contents: dict[str, bytes]) -> None:
    del contents["xl/worksheets/sheet1.xml"]


def torn_sheet(contents: dict[str, bytes]) -> None:
    contents["xl/worksheets/sheet1.xml"] = contents["xl/worksheets/sheet1.xml"][:300]


def document(contents: dict[str, bytes]) -> None:
    contents.clear()
    contents["word/document.xml"] = b"<a/>"


def plain_archive(contents: dict[str, bytes]) -> None:
    contents.clear()
    contents["return.csv"] = table(*GOOD).encode()


archive("a bomb of zeros", "200 times", bomb)
archive("too much unpacked", "60 MB", big)
archive("an entity bomb", "entities", entity)
archive("an entity from outside", "entities", outside_entity)
archive("a part that climbs out", "outside its folder", climbing)
archive("a sheet is missing", "no sheet of cells", without_sheet)
archive("a torn sheet", "damaged", torn_sheet)
archive("a text document", "text document", document)
archive("an archive of a table", "an archive", plain_archive)
