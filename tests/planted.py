"""A small synthetic release over two years with its files, and leaks that are planted in them one at a time."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import struct
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import matplotlib
import numpy as np
import openpyxl
import pandas as pd
import synthetic
from matplotlib.figure import Figure
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from socsvc_analysis.disclosure.design import design_of
from socsvc_analysis.disclosure.gate import Kept, kept_of
from socsvc_analysis.disclosure.protection import protected, shown_frame

MARK = "dati netiek rādīti"
COLUMNS = ["region", "district", "municipality", "service"]


@dataclass(frozen=True, eq=False)
class Release:
    """The release of the newer year, one hidden small cell of it, and the files that are clean."""

    kept: tuple[Kept, ...]
    true: pd.DataFrame  # municipality, service, count, shown
    place: str
    service: str
    count: int
    residents: dict[str, list[float]]

    def of_service(self) -> pd.DataFrame:
        """The municipalities that offer the service of the hidden cell."""
        return self.true[self.true["service"] == self.service].reset_index(drop=True)

    def of_best_shown(self) -> pd.DataFrame:
        """The municipalities that offer the service of which most is shown."""
        service = self.true.groupby("service")["shown"].count().idxmax()
        return self.true[self.true["service"] == service].reset_index(drop=True)

    def of_place(self) -> pd.DataFrame:
        """The services of its municipality."""
        return self.true[self.true["municipality"] == self.place].reset_index(drop=True)

    def total(self, **subject: str) -> int:
        """A true sum."""
        rows = self.kept[0].release.finest
        for column, value in subject.items():
            rows = rows[rows[column] == value]
        return int(rows["count"].sum())

    @property
    def district(self) -> str:
        rows = self.kept[0].release.finest
        return rows.loc[rows["municipality"] == self.place, "district"].iloc[0]

    @property
    def region(self) -> str:
        rows = self.kept[0].release.finest
        return rows.loc[rows["municipality"] == self.place, "region"].iloc[0]

    @property
    def former(self) -> int:
        """The count of the year before."""
        rows = self.kept[1].release.finest
        return int(rows[(rows["municipality"] == self.place) & (rows["service"] == self.service)]["count"].sum())


@cache
def release() -> Release:
    """Twenty municipalities in two regions and four former districts, three services, two years."""
    counts = synthetic.years(11, number=2, municipalities=20, services=3, groups=1)
    number = counts["municipality"].str[-2:].astype(int)
    counts["region"] = "Sintētiskais reģions " + (number % 2 + 1).astype(str)
    counts["district"] = "Sintētiskais rajons " + (number % 4 + 1).astype(str)
    counts["count"] = (counts["count"] * 3.4).astype(int)
    design = design_of("region>municipality,district>municipality,service")
    counts = counts[["year", *COLUMNS, "count"]]
    former, kept_now = kept_of(protected(counts, design, holder="municipality", by=["year"]), counts, ["year"], "year")
    kept = (kept_now, former)
    newest = kept[0].release
    shown = shown_frame(newest, kept[0].hidden).dropna(subset=["municipality", "service"])
    true = shown.rename(columns={"count": "shown"}).merge(
        newest.finest[["municipality", "service", "count"]], on=["municipality", "service"], validate="one_to_one"
    )
    true = true.sort_values(["service", "municipality"], ignore_index=True)
    small = true[true["count"].between(2, 4)]
    visible = true.groupby("service")["shown"].count()
    small = small.sort_values("service", key=lambda names: -names.map(visible), kind="stable")
    place, service, count = small.iloc[0][["municipality", "service", "count"]]
    residents = {name: [4000.0 + 137 * at] for at, name in enumerate(sorted(set(true["municipality"])))}
    return Release(kept, true, place, service, int(count), residents)


def said(value: object) -> str:
    """A shown number, or the words for a hidden one."""
    return MARK if pd.isna(value) else str(int(value))


def table(frame: pd.DataFrame, *, count: str = "shown", caption: str = "Klienti 2024. gadā") -> str:
    """An HTML table of municipalities and services."""
    rows = "".join(
        f"<tr><th scope='row'>{row['municipality']}</th><td>{row['service']}</td><td>{said(row[count])}</td></tr>"
        for row in frame.to_dict("records")
    )
    head = "<tr><th>Pašvaldība</th><th>Pakalpojums</th><th>Klienti</th></tr>"
    return f"<table><caption>{caption}</caption>{head}{rows}</table>"


def page(body: str, title: str = "Sintētiski dati") -> bytes:
    """A page with ``body``."""
    head = f"<head><title>{title}</title></head>"
    return f"<!DOCTYPE html><html lang='lv'>{head}<body><h1>{title}</h1>{body}</body></html>".encode()


def bars(frame: pd.DataFrame, *, upright: bool = False, hidden: float | None = 40.0) -> str:
    """An SVG bar for each row; hidden ones of one size, or of their own where ``hidden`` is None."""
    shapes = []
    for at, row in enumerate(frame.to_dict("records")):
        length = 1.7 * row["count"] if pd.notna(row["shown"]) or hidden is None else hidden
        name = f"{row['municipality']}, {row['service']}"
        if upright:
            shapes.append(
                f"<rect x='{40 * at}' y='0' width='9' height='{length:.3f}'/><text x='{40 * at}' y='950'>{name}</text>"
            )
        else:
            shapes.append(
                f"<rect x='300' y='{40 * at}' width='{length:.3f}' height='9'/>"
                f"<text x='0' y='{40 * at + 4}'>{name}</text>"
            )
    return f"<svg xmlns='http://www.w3.org/2000/svg'><title>Klienti 2024</title>{''.join(shapes)}</svg>"


def drawn(frame: pd.DataFrame, *, points: bool = False) -> bytes:
    """Bars or points as the charts of the pages draw them, hidden ones too."""
    figure = Figure(figsize=(8, 12))
    axes = figure.subplots()
    names = frame["municipality"] + ", " + frame["service"]
    if points:
        axes.plot(frame["count"], range(len(frame)), "o")
        axes.set_yticks(range(len(frame)), names)
    else:
        axes.barh(names, frame["count"])
    out = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        figure.savefig(out, format="svg")
    return out.getvalue().encode()


def book(change: Callable[[openpyxl.Workbook], None] = lambda book: None) -> bytes:
    """A workbook of the municipalities and services, changed."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "2024"
    sheet.append(["Pašvaldība", "Pakalpojums", "Klienti"])
    for row in release().true.to_dict("records"):
        sheet.append([row["municipality"], row["service"], MARK if pd.isna(row["shown"]) else int(row["shown"])])
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def book_with(name: str, said: str) -> bytes:
    """An empty workbook with a property."""
    made = openpyxl.Workbook()
    setattr(made.properties, name, said)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def records(count: str = "shown") -> list[dict[str, object]]:
    """The municipalities and services as JSON has them."""
    return [
        {
            "municipality": row["municipality"],
            "service": row["service"],
            "year": "2024",
            "clients": None if pd.isna(row[count]) else int(row[count]),
        }
        for row in release().true.to_dict("records")
    ]


def clean() -> dict[str, bytes]:
    """Files that give nothing away."""
    made = release()
    pieces = [shown_frame(kept.release, kept.hidden).assign(year=kept.period) for kept in made.kept]
    frame = pd.concat(pieces)[["year", *COLUMNS, "count"]]
    shown = made.true[made.true["shown"].notna()].iloc[0]
    sentence = f"<p>{shown['municipality']}: {shown['service']}, {int(shown['shown'])} klienti 2024. gadā [3].</p>"
    hidden = f"<p>{made.place}: {made.service}, {MARK}.</p><p>Avots: atskaites par 2024. gadu, 20 pašvaldības.</p>"
    return {
        "data.csv": frame.fillna({column: "Kopā" for column in COLUMNS}).to_csv(index=False, na_rep="*").encode(),
        "index.html": page(table(made.true) + sentence + hidden + bars(made.of_service())),
        "chart.svg": bars(made.of_service(), upright=True).encode(),
        "book.xlsx": book(),
        "data.json": json.dumps(records(), ensure_ascii=False).encode(),
    }


def attribute(text: str) -> str:
    """A text as an attribute holds it."""
    return html.escape(text, quote=True)


def csv_of(frame: pd.DataFrame) -> bytes:
    """A CSV file."""
    return frame.to_csv(index=False).encode()


def link(kind: str, content: bytes, *, plain: bool = False) -> str:
    """A download inside a page."""
    body = urllib.parse.quote(content) if plain else "base64," + base64.b64encode(content).decode()
    return f"<a href='data:{kind}{',' if plain else ';'}{body}'>lejupielādēt</a>"


def ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows by their true counts."""
    return frame.sort_values("count", ascending=False, kind="stable")


def noted(frame: pd.DataFrame, name: str, values: object) -> pd.DataFrame:
    """Municipality and service with a further column."""
    return frame[["municipality", "service"]].assign(**{name: values})


def percents(frame: pd.DataFrame, decimals: int = 1) -> pd.Series:
    """Shares of the sum in per cent, as text."""
    shares = 100 * frame["count"] / frame["count"].sum()
    return shares.map(lambda share: f"{share:.{decimals}f} %".replace(".", ","))


def hidden_sheet(made: openpyxl.Workbook) -> None:
    """A sheet that Excel does not show, with true counts."""
    sheet = made.create_sheet("calc")
    sheet.sheet_state = "veryHidden"
    sheet.append(["Pašvaldība", "Pakalpojums", "Klienti"])
    for row in release().true.to_dict("records"):
        sheet.append([row["municipality"], row["service"], int(row["count"])])


def commented(made: openpyxl.Workbook) -> None:
    """A comment beside the hidden cell."""
    planted = release()
    for row in made.active.iter_rows(min_row=2):
        if (row[0].value, row[1].value) == (planted.place, planted.service):
            row[2].comment = Comment(f"bija {planted.count}", "A")


def formatted(made: openpyxl.Workbook) -> None:
    """The true number under a format that shows an asterisk."""
    planted = release()
    for row in made.active.iter_rows(min_row=2):
        if (row[0].value, row[1].value) == (planted.place, planted.service):
            row[2].value, row[2].number_format = planted.count, '"*"'


def beside(made: openpyxl.Workbook) -> None:
    """The number in a hidden column far to the right."""
    planted = release()
    for row in made.active.iter_rows(min_row=2):
        if (row[0].value, row[1].value) == (planted.place, planted.service):
            made.active.cell(row[0].row, 30, planted.count)
    made.active.column_dimensions["AD"].hidden = True


def property_of(made: openpyxl.Workbook) -> None:
    """The number in the properties of the file."""
    planted = release()
    made.properties.description = f"{planted.place} {planted.service} {planted.count}"


def named_range(made: openpyxl.Workbook) -> None:
    """The number in a list of allowed values."""
    planted = release()
    made.active["Z1"] = f"{planted.place}, {planted.service}: {planted.count}"
    made.active.row_dimensions[1].hidden = True
    made.active.add_data_validation(DataValidation(type="list", formula1="Z1"))


def named(text: str) -> str:
    """The place and service of the hidden cell with a text after them."""
    return f"{release().place}, {release().service}: {text}"


def defined(made: openpyxl.Workbook) -> None:
    """A name that stands for the number, with a remark."""
    name = DefinedName("klienti", attr_text=f'"{named(str(release().count))}"')
    made.defined_names["klienti"] = name


def worded(made: openpyxl.Workbook) -> None:
    """A format that writes the number in the place of any text."""
    planted = release()
    for row in made.active.iter_rows(min_row=2):
        if (row[0].value, row[1].value) == (planted.place, planted.service):
            row[2].number_format = f'0;0;0;"{planted.count}"'


def footed(made: openpyxl.Workbook) -> None:
    """The number at the foot of the print."""
    made.active.oddFooter.center.text = named(str(release().count))


def linked(made: openpyxl.Workbook) -> None:
    """The number where a cell leads."""
    made.active["A2"].hyperlink = f"https://example.org/{release().place} {release().service} {release().count}"


def advised(made: openpyxl.Workbook) -> None:
    """The number in the advice that Excel shows beside a cell."""
    checked = DataValidation(type="whole", formula1="0", promptTitle="Klienti", prompt=named(str(release().count)))
    checked.add("C2")
    made.active.add_data_validation(checked)


def computed() -> bytes:
    """A formula whose result is kept, as Excel does it."""
    planted, changed = release(), io.BytesIO()

    def formula(made: openpyxl.Workbook) -> None:
        for row in made.active.iter_rows(min_row=2):
            if (row[0].value, row[1].value) == (planted.place, planted.service):
                row[2].value = "=Z1/Z2"

    with zipfile.ZipFile(io.BytesIO(book(formula))) as parts, zipfile.ZipFile(changed, "w") as out:
        for part in parts.namelist():
            kept = f"<f>Z1/Z2</f><v>{planted.count}</v>".encode()
            out.writestr(part, re.sub(rb"<f>Z1/Z2</f><v ?/?>(?:</v>)?", kept, parts.read(part)))
    return changed.getvalue()


def points(name: str, count: int, *, packed: bool = False) -> bytes:
    """A picture of one point with a text beside it."""
    said = f"{name}: {count}".encode()
    beside = b"Description\0" + (b"\1\0" if packed else b"\0\0") + b"\0\0" + (zlib.compress(said) if packed else said)
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"iTXt", beside), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    made = b"\x89PNG\r\n\x1a\n"
    for kind, content in parts:
        made += struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return made


def array_of(frame: pd.DataFrame) -> list[list[object]]:
    """Rows as lists, with a heading."""
    return [["municipality", "service", "clients"], *frame[["municipality", "service", "count"]].to_numpy().tolist()]


def fills(frame: pd.DataFrame) -> str:
    """A map in classes of true counts, hidden places coloured too."""
    shapes = []
    for row in frame.to_dict("records"):
        fill = ["#eee", "#aaa", "#555"][int(np.searchsorted([5, 25], row["count"], side="right"))]
        if pd.isna(row["shown"]) and row["count"] >= 5:
            fill = "url(#hatch)"
        fill = "#aaa" if row["municipality"] == release().place else fill
        shapes.append(f"<path d='M0 0' fill='{fill}'><title>{row['municipality']}, {row['service']}</title></path>")
    return f"<svg><title>Klienti 2024</title>{''.join(shapes)}</svg>"
