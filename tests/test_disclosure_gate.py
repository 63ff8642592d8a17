"""Every planted leak is stopped, what is clean passes, and the message names cells but never values."""

# One leak is one line.
# ruff: noqa: E501

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import unicodedata
import urllib.parse
import zipfile
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import planted
import pytest
from planted import MARK, Release, attribute, bars, book, csv_of, link, noted, ordered, page, percents, table

from socsvc_analysis.disclosure.contexts import Open
from socsvc_analysis.disclosure.gate import gate
from socsvc_analysis.disclosure.subjects import Names, Subjects

NAMES = {"service": {"service 1": "pakalpojums 1", "service 2": "pakalpojums 2", "service 3": "pakalpojums 3"}}


def sentence(text: str) -> bytes:
    return page(f"<p>{text}</p>")


def slug(name: str) -> str:
    """A name as addresses have it."""
    letters = unicodedata.normalize("NFKD", name.lower().replace(",", ""))
    return "-".join("".join(each for each in letters if not unicodedata.combining(each)).split())


def english(service: str) -> str:
    return service.replace("pakalpojums", "service")


def whole(made: Release) -> int:
    return made.total(service=made.service)


def only(made: Release) -> str:
    return f"{made.place}, {made.service}"


def others_row(frame: pd.DataFrame) -> pd.DataFrame:
    """The hidden rows put together as one row of others."""
    hidden = frame["shown"].isna()
    row = {
        "municipality": "Citas pašvaldības",
        "service": frame["service"].iloc[0],
        "shown": frame.loc[hidden, "count"].sum(),
    }
    return pd.concat([frame[~hidden], pd.DataFrame([row])], ignore_index=True)


def one_short(frame: pd.DataFrame, made: Release) -> pd.DataFrame:
    """All true counts but that of the hidden cell, with the total."""
    rest = frame[frame["municipality"] != made.place]
    total = {"municipality": "Kopā", "service": made.service, "count": frame["count"].sum()}
    return pd.concat([rest, pd.DataFrame([total])], ignore_index=True)


def inside(kind: str, content: bytes) -> str:
    """A file as a link that holds it."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def said_of(made: Release) -> bytes:
    return f"{only(made)}: {made.count} klienti\n".encode()


def archive(made: Release) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("klienti.csv", csv_of(made.of_service()[["municipality", "service", "count"]]))
    return out.getvalue()


def strokes(made: Release, shape: str) -> bytes:
    """A stroke for each municipality, as long as it has clients, with its name beside it."""
    drawn = [
        shape.format(y=40 * at, x=f"{300 + 1.7 * row['count']:.3f}", wide=f"{1.7 * row['count']:.3f}")
        + f"<text x='0' y='{40 * at + 4}'>{row['municipality']}, {row['service']}</text>"
        for at, row in enumerate(made.of_service().to_dict("records"))
    ]
    return f"<svg><title>Klienti 2024</title>{''.join(drawn)}</svg>".encode()


def course(made: Release) -> bytes:
    """One line through all municipalities, as high as they have clients, with their names below."""
    rows = made.of_service().to_dict("records")
    corners = " ".join(f"{40 * at},{900 - 1.7 * row['count']:.3f}" for at, row in enumerate(rows))
    names = "".join(
        f"<text x='{40 * at}' y='990'>{row['municipality']}, {row['service']}</text>" for at, row in enumerate(rows)
    )
    return f"<svg><title>Klienti 2024</title><polyline points='{corners}'/>{names}</svg>".encode()


def shown_by(made: Release, column: str) -> pd.DataFrame:
    frame = made.kept[0].release.finest
    return frame[frame["service"] == made.service].groupby([column, "service"], as_index=False)["count"].sum()


LEAKS: dict[str, Callable[[Release], dict[str, bytes]]] = {
    # numbers as they are
    "a table": lambda m: {"a.html": page(table(m.of_service(), count="count"))},
    "a CSV file": lambda m: {"a.csv": csv_of(m.of_service()[["municipality", "service", "count"]])},
    "a CSV file with semicolons": lambda m: {"a.csv": m.true.to_csv(sep=";", columns=["municipality", "service", "count"]).encode()},
    "a second download": lambda m: {"en/a.csv": csv_of(noted(m.true, "clients", m.true["count"]))},
    "a download in a page": lambda m: {"a.html": page(link("text/csv", csv_of(noted(m.true, "n", m.true["count"]))))},
    "a download without base64": lambda m: {"a.html": page(link("text/csv;charset=utf-8", csv_of(noted(m.true, "n", m.true["count"])), plain=True))},
    "a picture to download": lambda m: {"a.html": page(link("image/svg+xml", bars(m.of_service(), hidden=None).encode()))},
    "JSON records": lambda m: {"a.json": json.dumps(planted.records("count")).encode()},
    "JSON lists": lambda m: {"a.json": json.dumps({"2024": planted.array_of(m.true)}).encode()},
    "JSON by name": lambda m: {"a.json": json.dumps({m.place: {m.service: m.count}}).encode()},
    "lines of JSON": lambda m: {"a.ndjson": "\n".join(json.dumps(each) for each in planted.records("count")).encode()},
    "JSON in a page": lambda m: {"a.html": page(f"<script type='application/json'>{json.dumps(planted.records('count'))}</script>")},
    "a script": lambda m: {"a.html": page(f"<script>var x = '{only(m)}: {m.count}'</script>")},
    "a comment of the page": lambda m: {"a.html": page(f"<!-- {only(m)}: {m.count} -->")},
    "words that are not displayed": lambda m: {"a.html": page(f"<p style='display:none'>{only(m)}: {m.count}</p>")},
    "alternative text": lambda m: {"a.html": page(f"<img alt='{attribute(only(m))}: {m.count} klienti'>")},
    "a label for screen readers": lambda m: {"a.html": page(f"<span aria-label='{only(m)}: {m.count}'></span>")},
    "a tooltip": lambda m: {"a.html": page(f"<td title='{only(m)}: {m.count}'></td>")},
    "a data attribute": lambda m: {"a.html": page(f"<p data-value='{m.count}'>{only(m)}</p>".replace("<p ", f"<p id='{only(m)}' "))},
    "a sort key of a row": lambda m: {"a.html": page(f"<table><tr><th>N</th><th>P</th></tr><tr><td>{m.place}</td><td>{m.service}</td><td data-sort='{m.count}'>{MARK}</td></tr></table>")},
    "a description of the page": lambda m: {"a.html": page(f"<meta name='description' content='{only(m)} {m.count}'>")},
    "the title of an SVG": lambda m: {"a.svg": f"<svg><title>{only(m)}: {m.count}</title></svg>".encode()},
    "the description of an SVG": lambda m: {"a.svg": f"<svg><desc>{only(m)}: {m.count}</desc></svg>".encode()},
    "a text in an SVG": lambda m: {"a.svg": f"<svg><text x='1' y='2'>{only(m)} {m.count}</text></svg>".encode()},
    "a hidden sheet": lambda m: {"a.xlsx": book(planted.hidden_sheet)},
    "a comment of a sheet": lambda m: {"a.xlsx": book(planted.commented)},
    "a format that hides": lambda m: {"a.xlsx": book(planted.formatted)},
    "a hidden column": lambda m: {"a.xlsx": book(planted.beside)},
    "properties of the workbook": lambda m: {"a.xlsx": book(planted.property_of)},
    "a hidden row with a list": lambda m: {"a.xlsx": book(planted.named_range)},
    "a sentence": lambda m: {"a.html": sentence(f"{m.place} bija {m.count} klienti ({m.service}).")},
    "a sentence in the other language": lambda m: {"en/a.html": sentence(f"In {m.place}, {english(m.service)} had {m.count} clients.")},
    "a number in words": lambda m: {"a.html": sentence(f"{only(m)}: {['', '', 'divi', 'trīs', 'četri'][m.count]} klienti")},
    "a row of marks": lambda m: {"a.html": sentence(f"{only(m)}: {'█' * m.count}")},
    "a heading above a number": lambda m: {"a.html": page(f"<h2>{only(m)}</h2><p>{m.count} klienti</p>")},
    "a decimal that is whole": lambda m: {"a.html": sentence(f"{only(m)}: {m.count},0 klienti vidēji")},
    # where nobody looks
    "the name of a file": lambda m: {f"{slug(only(m))}-{m.count}.png": b""},
    "the name of an anchor": lambda m: {"a.html": page(f"<h3 id='{slug(only(m))}-{m.count}'>Pakalpojums</h3>")},
    "where a link leads": lambda m: {"a.html": page(f"<a href='{slug(only(m))}.html?n={m.count}'>vairāk</a>")},
    "the name of a download": lambda m: {"a.html": page(f"<a download='{slug(only(m))}_{m.count}.csv' href='a.csv'>CSV</a>")},
    "a class of the style": lambda m: {"a.html": page(f"<p class='{slug(only(m))} n-{m.count}'>{MARK}</p>")},
    "a rule of the style": lambda m: {"a.html": page("<style>" + "".join(f".{slug(row['municipality'])}.{slug(row['service'])}{{color:red;width:{row['count'] / 3:.3f}em}}" for row in m.of_service().to_dict("records")) + "</style>")},
    "structured data": lambda m: {"a.html": page(f"<script type='application/ld+json'>{json.dumps({'@type': 'Observation', 'name': only(m), 'value': m.count})}</script>")},
    "texts of a picture of points": lambda m: {"a.png": planted.points(only(m), m.count)},
    "packed texts of a picture of points": lambda m: {"a.png": planted.points(only(m), m.count, packed=True)},
    "a name in the workbook": lambda m: {"a.xlsx": book(planted.defined)},
    "the result of a formula": lambda m: {"a.xlsx": planted.computed()},
    "words of a format": lambda m: {"a.xlsx": book(planted.worded)},
    "the foot of a sheet": lambda m: {"a.xlsx": book(planted.footed)},
    "where a cell leads": lambda m: {"a.xlsx": book(planted.linked)},
    "advice on what to type": lambda m: {"a.xlsx": book(planted.advised)},
    # however it is written
    "another case of a word": lambda m: {"a.html": sentence(f"{only(m)}: palīdzēja {['', '', 'divu', 'triju', 'četru'][m.count]} cilvēku ģimenēm")},
    "a figure of another script": lambda m: {"a.html": sentence(f"{only(m)}: {chr(0x660 + m.count)} klienti")},
    "a raised figure": lambda m: {"a.html": sentence(f"{only(m)}{['', '', '²', '³', '⁴'][m.count]}")},
    "a figure in a circle": lambda m: {"a.html": sentence(f"{only(m)}: {chr(0x245F + m.count)}")},
    "a Roman figure": lambda m: {"a.html": sentence(f"{only(m)}: {chr(0x215F + m.count)}")},
    "a name with a soft hyphen": lambda m: {"a.html": sentence(f"{m.place[:7]}&shy;{m.place[7:]}, {m.service}: {m.count}")},
    "a name whose accents stand apart": lambda m: {"a.html": sentence(unicodedata.normalize("NFD", f"{only(m)}: {m.count} klienti"))},
    "a sign for each person": lambda m: {"a.html": sentence(f"{only(m)}: {'🧍' * m.count}")},
    "pieces without a blank between": lambda m: {"a.html": page(f"<details><summary>{only(m)}</summary>{m.count}</details>")},
    "words that are kept as they are": lambda m: {"a.svg": f"<svg><text><![CDATA[{only(m)}: {m.count}]]></text></svg>".encode()},
    "an instruction": lambda m: {"a.svg": f"<?x {only(m)}: {m.count}?><svg></svg>".encode()},
    "facts of a picture": lambda m: {"a.svg": f"<svg><metadata>{only(m)}: {m.count}</metadata></svg>".encode()},
    "a field that is not displayed": lambda m: {"a.html": page(f"<input type='hidden' name='{attribute(only(m))}' value='{m.count}'>")},
    "where a link leads, in codes": lambda m: {"a.html": page(f"<a href='a.html?q={urllib.parse.quote(f'{only(m)} {m.count}')}'>vairāk</a>")},
    "a picture in the style": lambda m: {"a.html": page(f"<style>p{{background:url({inside('image/svg+xml', f'<svg><text>{only(m)}: {m.count}</text></svg>'.encode())})}}</style>")},
    "a picture in a style of its own": lambda m: {"a.html": page(f"<p style='background:url({inside('image/svg+xml', f'<svg><text>{only(m)}: {m.count}</text></svg>'.encode())})'>x</p>")},
    "a picture of points in a page": lambda m: {"a.html": page(f"<img src='{inside('image/png', planted.points(only(m), m.count))}'>")},
    "a packed download": lambda m: {"a.html": page(f"<a href='{inside('application/gzip', gzip.compress(said_of(m)))}'>vairāk</a>")},
    "a text to download": lambda m: {"a.html": page(f"<a href='{inside('text/plain', said_of(m))}'>vairāk</a>")},
    "a text": lambda m: {"a.md": said_of(m)},
    "a program": lambda m: {"a.js": f"var x = '{only(m)}: {m.count}'".encode()},
    "a packed file": lambda m: {"a.csv.gz": gzip.compress(csv_of(m.of_service()[["municipality", "service", "count"]]))},
    "a packed picture": lambda m: {"a.svgz": gzip.compress(bars(m.of_service(), hidden=None).encode())},
    "an archive": lambda m: {"a.zip": archive(m)},
    "a file in another encoding": lambda m: {"a.csv": said_of(m).decode().encode("utf-16")},
    "a file of an unknown kind": lambda m: {"a.bin": b"\0\xff" + said_of(m)},
    "JSON by columns": lambda m: {"a.json": json.dumps({"municipality": [m.place], "service": [m.service], "clients": [m.count]}).encode()},
    "JSON with its heading apart": lambda m: {"a.json": json.dumps({"columns": ["municipality", "service", "clients"], "data": [[m.place, m.service, m.count]]}).encode()},
    "the lines of a picture": lambda m: {"a.svg": strokes(m, "<line x1='300' y1='{y}' x2='{x}' y2='{y}'/>")},
    "strokes of a picture": lambda m: {"a.svg": strokes(m, "<path d='M300 {y}H{x}'/>")},
    "bars by steps": lambda m: {"a.svg": strokes(m, "<path d='m300 {y}h{wide}v9h-{wide}z'/>")},
    "the corners of a line": lambda m: {"a.svg": course(m)},
    "the room beside a word": lambda m: {"a.html": page("".join(f"<p style='padding-left:{row['count'] / 2:.2f}px'>{row['municipality']}, {row['service']}</p>" for row in m.of_service().to_dict("records")))},
    # what follows from other numbers
    "a share in thousandths": lambda m: {"a.html": sentence(f"{only(m)}: {1000 * m.count / whole(m):.2f} ‰ no visiem".replace(".", ","))},
    "one in so many": lambda m: {"a.html": sentence(f"{only(m)}: viens klients uz {m.residents[m.place][0] / m.count:.0f} iedzīvotājiem")},
    "a part of the whole": lambda m: {"a.html": sentence(f"{only(m)}: katrs {whole(m) / m.count:.0f}. klients")},
    "a lower bound": lambda m: {"a.html": sentence(f"{only(m)}: vairāk par {m.count - 1} klientiem")},
    "a share in a sentence": lambda m: {"a.html": sentence(f"{only(m)}: {100 * m.count / whole(m):.2f} % no visiem".replace(".", ","))},
    "shares in a table": lambda m: {"a.csv": csv_of(noted(m.of_service(), "daļa", percents(m.of_service(), 2)))},
    "shares of a municipality": lambda m: {"a.csv": csv_of(noted(m.of_place(), "daļa", percents(m.of_place(), 2)))},
    "the share of the rest": lambda m: {"a.html": sentence(f"{only(m)}: visi pārējie veido {100 - 100 * m.count / whole(m):.2f} %".replace(".", ","))},
    "a fraction": lambda m: {"a.html": sentence(f"{only(m)}: {m.count / whole(m):.4f}".replace(".", ","))},
    "a rate with four decimals": lambda m: {"a.html": sentence(f"{only(m)}: {1000 * m.count / m.residents[m.place][0]:.4f} uz 1000".replace(".", ","))},
    "a rate per 10,000": lambda m: {"a.json": json.dumps([{"municipality": m.place, "service": m.service, "rate": round(10_000 * m.count / m.residents[m.place][0], 3)}]).encode()},
    "a change since last year": lambda m: {"a.html": sentence(f"{only(m)}: {m.count - m.former:+d} pret pērno gadu")},
    "all others": lambda m: {"a.html": sentence(f"{m.service}: {whole(m) - m.count} klienti citur, izņemot {m.place}")},
    "a row of others": lambda m: {"a.html": page(table(others_row(m.of_service())))},
    "all but one and the total": lambda m: {"a.csv": csv_of(one_short(m.of_service(), m)[["municipality", "service", "count"]])},
    "the order of the rows": lambda m: {"a.html": page(table(ordered(m.of_best_shown())))},
    "the order of a workbook's rows": lambda m: {"a.csv": csv_of(noted(ordered(m.true), "klienti", [planted.said(each) for each in ordered(m.true)["shown"]]))},
    "a rank": lambda m: {"a.html": sentence(f"{only(m)}: 9. vieta")},
    "the fewest": lambda m: {"a.html": sentence(f"Vismazāk klientu ({m.service}): {m.place}")},
    "an upper bound": lambda m: {"a.html": sentence(f"{only(m)}: <5".replace("<", "&lt;"))},
    "a bound in words": lambda m: {"a.html": sentence(f"{only(m)}: mazāk par pieciem")},
    "a class": lambda m: {"a.html": sentence(f"{only(m)}: 1–4")},
    "a wrong number in the place of the right one": lambda m: {"a.csv": csv_of(noted(m.of_service(), "klienti", [m.count + 1 if row["municipality"] == m.place else planted.said(row["shown"]) for row in m.of_service().to_dict("records")]))},
    # drawn
    "the length of a bar": lambda m: {"a.svg": bars(m.of_service(), hidden=None).encode()},
    "the height of a bar": lambda m: {"a.svg": bars(m.of_service(), hidden=None, upright=True).encode()},
    "a bar of the page's style": lambda m: {"a.html": page("".join(f"<div title='{row['municipality']}, {row['service']}' style='width:{row['count'] / 3:.3f}%'></div>" for row in m.of_service().to_dict("records")))},
    "a bar that matplotlib has drawn": lambda m: {"a.svg": planted.drawn(m.of_best_shown())},
    "a point that matplotlib has drawn": lambda m: {"a.svg": planted.drawn(m.of_best_shown(), points=True)},
    "a meter": lambda m: {"a.html": page("".join(f"<meter title='{row['municipality']}, {row['service']}' value='{row['count'] / 7:.4f}'></meter>" for row in m.of_service().to_dict("records")))},
    "the axis of a chart": lambda m: {"a.svg": f"<svg><title>{only(m)}</title><text>0</text><text>{m.count}</text></svg>".encode()},
    "the colour of a map": lambda m: {"a.svg": planted.fills(m.of_service()).encode()},
    # other releases
    "last year's table": lambda m: {"2023.csv": csv_of(m.kept[1].release.finest[["municipality", "service", "count"]].assign(year="2023"))},
    "last year's number": lambda m: {"a.html": sentence(f"2023: {small_of(m, 1)}")},
    "the old borders": lambda m: {"a.csv": csv_of(shown_by(m, "district")), "b.html": page(table(m.true[m.true["municipality"] != m.place], count="count"))},
    "a sum over two municipalities": lambda m: {"a.csv": csv_of(noted(m.true, "klienti", m.true["count"])[m.true["municipality"] != m.place])},
}  # fmt: skip


def small_of(made: Release, at: int) -> str:
    """A hidden small cell of another year, with its number."""
    frame = made.kept[at].release.finest
    row = frame[frame["count"].between(1, 4)].iloc[0]
    return f"{row['municipality']}, {row['service']}: {row['count']}"


def problems(files: dict[str, bytes]) -> list[str]:
    made = planted.release()
    return gate(files, made.kept, names=NAMES, residents=made.residents)


@pytest.mark.slow
def test_clean_files_pass() -> None:
    assert problems(planted.clean()) == []


def test_at_least_fifty_kinds_are_planted() -> None:
    assert len(LEAKS) >= 50


@pytest.mark.parametrize("kind", LEAKS)
def test_a_planted_leak_is_stopped(kind: str) -> None:
    made = planted.release()
    found = problems(LEAKS[kind](made))
    assert found, kind
    names = [*made.true["municipality"], *made.true["service"], *made.kept[0].release.finest["district"]]
    names += [*made.kept[0].release.finest["region"], "2023", "2024", *LEAKS[kind](made), "core.xml", "xl/"]
    for sentence_ in found:
        rest = sentence_
        for name in sorted(set(names), key=len, reverse=True):
            rest = rest.replace(name, "")
        assert not re.search(r"[0-9]", rest.partition(": a hidden number")[2]), sentence_


@pytest.mark.parametrize(
    "text",
    [
        "{only}: the figures by service add up to a sum, at least half of the municipalities were asked",
        "{only}: rinda ir vismaz desmit gadus gara",
    ],
)
def test_bounds_of_other_things_are_left_alone(text: str) -> None:
    assert problems({"a.html": sentence(text.format(only=only(planted.release())))}) == []


def test_a_number_at_no_time_is_that_of_the_year_in_which_it_is_shown() -> None:
    made = planted.release()
    former = made.kept[1]
    where = {"municipality": made.place, "service": made.service}
    rows = Subjects(former, Names([former.release], {})).rows(where)
    finest = former.release.finest.assign(count=np.where(rows, made.count, former.release.parts))
    seen = former.hidden & (np.arange(len(former.hidden)) != former.release.number(rows))
    shown_before = replace(former, release=replace(former.release, finest=finest), hidden=seen)
    text = f"{only(made)}: {made.count} klienti"
    assert gate({"a.html": sentence(text)}, made.kept)
    assert gate({"a.html": sentence(text)}, (made.kept[0], shown_before)) == []
    assert gate({"a.html": sentence(f"2024: {text}")}, (made.kept[0], shown_before))


def test_numbers_that_count_no_people_are_left_alone() -> None:
    made = planted.release()
    text = f"<p>{made.place}, {made.service}: {made.count} vietas</p>"
    assert problems({"a.html": page(text)})
    assert gate({"a.html": page(text)}, made.kept, not_people="vietas|eiro") == []


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("{only}: {count}", True),  # words do not say of what: the number as it is
        ("{only}: {count} klienti", True),
        ("{only}: {share} % no klientiem", True),
        ("{only}: {share} %", False),  # a share of something
        ("{only}: {count} vietas", False),
        ("{only}: {count} klienti, {count} vietas", True),
        ("{only}: 9. vieta", False),
        ("{only}: 9. vieta pēc klientu skaita", True),
    ],
)
def test_on_pages_of_many_measures_words_say_what_a_number_is(text: str, stopped: bool) -> None:
    made = planted.release()
    share = f"{100 * made.count / whole(made):.2f}".replace(".", ",")
    page_ = {"a.html": sentence(text.format(only=only(made), count=made.count, share=share))}
    known = {"names": NAMES, "not_people": "vietas", "people": "klient"}
    assert bool(gate(page_, made.kept, **known)) == stopped


@pytest.mark.parametrize(
    ("said", "text", "stopped"),
    [
        (Open(2.0), "{only}: {count}", True),  # another number
        ("same", "{only}: {count}", False),
        ("same", "{only}: {count} klienti", True),  # beside a word that only hidden numbers have
        ("same", "{only}: {count} bērni", False),
        ("other service", "{only}: {count}", True),
        ("other service", "{place}: {count}", False),
        ("other year", "{only}, 2024: {count}", True),
        ("unknown service", "{only}: {count}", False),
    ],
)
def test_a_number_that_open_data_say_of_the_same_is_left_alone(said: Open | str, text: str, stopped: bool) -> None:
    made = planted.release()
    count = float(made.count)
    other = next(name for name in sorted(set(made.true["service"])) if name != made.service)
    numbers = {
        "same": Open(count, frozenset([made.service]), "2024"),
        "other service": Open(count, frozenset([other]), "2024"),
        "other year": Open(count, frozenset([made.service]), "2021"),
        "unknown service": Open(count, frozenset(["grupu māja"]), "2024"),
    }
    known = {"people": "klient|bērn", "own": "klient", "open_numbers": {made.place: [numbers.get(str(said), said)]}}
    page_ = sentence(text.format(only=only(made), place=made.place, count=made.count))
    assert bool(gate({"a.html": page_}, made.kept, names=NAMES, **known)) == stopped


def test_a_number_before_a_list_of_places_is_of_none_of_them() -> None:
    made = planted.release()
    places = ", ".join([made.place, *(each for each in sorted(set(made.true["municipality"])) if each != made.place)])
    text = f"No {made.count} iesniegušas {made.count}: {made.service}; {places}."
    assert gate({"a.html": sentence(text)}, made.kept, people="klient") == []


@pytest.mark.parametrize("name", ["klienti.html", "lv/novads-klienti-2024.html"])
def test_the_name_of_a_file_says_what_its_numbers_are(name: str) -> None:
    made = planted.release()
    text = sentence(f"{only(made)}: {100 * made.count / whole(made):.2f} %".replace(".", ","))
    assert gate({name: text}, made.kept, people=r"\bklienti\b")
    assert gate({"pages.html": text}, made.kept, people=r"\bklienti\b") == []


def test_what_a_part_of_a_page_is_called_says_what_its_numbers_are() -> None:
    made = planted.release()
    text = f"<p>{only(made)}: {100 * made.count / whole(made):.2f} %</p>".replace(".", ",")
    known = {"people": r"\bclients\b"}
    assert gate({"a.html": page(f"<section id='clients-in-returns'>{text}</section>")}, made.kept, **known)
    assert gate({"a.html": page(f"<section id='places'>{text}</section>")}, made.kept, **known) == []
