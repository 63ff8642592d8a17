"""``socsvc protect`` and ``socsvc audit`` as a person uses them who has one table and nothing else of this suite."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
import synthetic
from typer.testing import CliRunner, Result

from socsvc_analysis.cli import app

DIMENSIONS = ("--count", "clients", "--dims", "region>municipality,service")
TRUE = """region;municipality;service;clients
Zemgale;Ķekavas novads;dienas aprūpe;3
Zemgale;Bauskas novads;dienas aprūpe;14
Zemgale;Dobeles novads;dienas aprūpe;9
Zemgale;Ķekavas novads;aprūpe mājās;21
Zemgale;Bauskas novads;aprūpe mājās;33
Zemgale;Dobeles novads;aprūpe mājās;12
Latgale;Līvānu novads;dienas aprūpe;8
Latgale;Ludzas novads;dienas aprūpe;30
Latgale;Krāslavas novads;dienas aprūpe;11
Latgale;Līvānu novads;aprūpe mājās;1 040
Latgale;Ludzas novads;aprūpe mājās;0
Latgale;Krāslavas novads;aprūpe mājās;17
"""


def protect(file: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["protect", str(file), *DIMENSIONS, "--out", str(out), *options])


def audit(*files: Path, options: tuple[str, ...] = DIMENSIONS) -> Result:
    return CliRunner().invoke(app, ["audit", *map(str, files), *options])


@pytest.fixture
def true(tmp_path: Path) -> Path:
    file = tmp_path / "klienti.csv"
    file.write_text(TRUE, encoding="utf-8")
    return file


def rows_in(file: Path, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(file.read_text(encoding="utf-8").splitlines(), delimiter=delimiter))


def test_a_table_is_protected_and_the_attack_finds_nothing(true: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    result = protect(true, out)
    assert result.exit_code == 0, result.output
    assert "2 of fewer than 5 people are hidden" in result.stdout
    assert "as an outsider and each municipality with its own counts: nothing can be worked out" in result.stdout
    rows = rows_in(out)
    assert rows[0] == ["region", "municipality", "service", "clients"]
    assert rows[1] == ["Kopā", "Kopā", "Kopā", "1198"]
    said = {tuple(row[:3]): row[3] for row in rows[1:]}
    assert said["Zemgale", "Ķekavas novads", "dienas aprūpe"] == "*"
    assert said["Latgale", "Ludzas novads", "aprūpe mājās"] == "*"
    assert len(said) == (1 + 2 + 6) * 3
    assert audit(out).exit_code == 0


def test_hiding_only_the_small_numbers_is_found_out(true: Path, tmp_path: Path) -> None:
    open_file = tmp_path / "open.csv"
    rows = [
        ["region", "municipality", "service", "clients"],
        ["Kopā", "Kopā", "Kopā", "26"],
        ["Zemgale", "Ķekavas novads", "Kopā", "*"],
        ["Zemgale", "Bauskas novads", "Kopā", "23"],
    ]
    open_file.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
    result = audit(open_file)
    assert result.exit_code == 1
    assert "Zemgale, Ķekavas novads, Kopā  3       is known exactly" in result.stdout
    assert audit(open_file, options=("--count", "clients", "--dims", "gender")).exit_code == 2
    assert "can be worked out from what is published" in result.stderr


def test_two_files_tell_together_what_neither_tells_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "novadi.csv", tmp_path / "kopā.csv"
    first.write_text("municipality,clients\nBauska,40\nĶekava,*\n", encoding="utf-8")
    second.write_text("clients\n44\n", encoding="utf-8")
    options = ("--count", "clients", "--dims", "municipality")
    assert audit(first, options=options).exit_code == 0
    second.write_text("municipality,clients\nKopā,44\n", encoding="utf-8")
    result = audit(first, second, options=options)
    assert result.exit_code == 1
    assert "Ķekava  4       is known exactly" in result.stdout


def test_numbers_that_fit_no_people_are_said_to_contradict(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("municipality,clients\nKopā,10\nBauska,40\nĶekava,*\n", encoding="utf-8")
    result = audit(file, options=("--count", "clients", "--dims", "municipality"))
    assert result.exit_code == 1
    assert "no counts of people fit all numbers that are published" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (";14", ";14,5", "is no whole number; people are counted in whole numbers, without decimal comma or point"),
        (";14", ";-2", "is less than nothing"),
        (";14", ";", "there is no count; write 0 where nobody was served, and leave out what is not offered"),
        (";14", ";*", "is hidden already; the true counts are needed to protect a table"),
        (";14", ";četri", "is no count"),
        ("Zemgale;Bauskas novads;aprūpe", "Latgale;Bauskas novads;aprūpe", "was in Zemgale before"),
        ("Dobeles novads;dienas", "Bauskas novads;dienas", "is counted in an earlier row too"),
        ("Dobeles novads;dienas", ";dienas", "is empty; every row says what it counts"),
        (TRUE[-5:], TRUE[-5:] + "Kopā;Kopā;Kopā;1199\n", "does not add up: its parts in the file make 1198"),
        (TRUE[-5:], TRUE[-5:] + "Zemgale;Pavisam;aprūpe mājās;66\n", "reads like a total"),
        (TRUE[-5:], TRUE[-5:] + "Zemgale;bauskas  novads;cits;6\n", "is the same name with other letters or spaces"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_and_nothing_is_written(
    true: Path, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    true.write_text(TRUE.replace(old, new, 1), encoding="utf-8")
    result = protect(true, tmp_path / "out.csv")
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert not (tmp_path / "out.csv").exists()


def test_a_total_without_its_word_is_known_by_its_numbers(true: Path, tmp_path: Path) -> None:
    """Shown as one more municipality it would give away what is hidden of its parts."""
    sums = "Latgale;Latgales puse;dienas aprūpe;49\nLatgale;Latgales puse;aprūpe mājās;1057\n"
    true.write_text(TRUE + sums, encoding="utf-8")
    result = protect(true, tmp_path / "out.csv")
    assert (result.exit_code, "Latgales puse" in result.stderr) == (2, True)
    true.write_text(TRUE + sums.replace("1057", "1056"), encoding="utf-8")
    assert protect(true, tmp_path / "out.csv").exit_code == 0


def test_a_total_in_another_word_is_not_taken_for_a_place_in_an_attack(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("municipality,clients\nTotal,44\nBauska,40\nĶekava,*\n", encoding="utf-8")
    options = ("--count", "clients", "--dims", "municipality")
    result = audit(file, options=options)
    assert (result.exit_code, "reads like a total" in " ".join(result.stderr.split())) == (2, True)
    assert "is known exactly" in audit(file, options=(*options, "--total", "Total")).stdout


def test_a_total_over_what_is_kept_apart_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("year,place,clients\n2023,A,9\n2024,A,2\nKopā,A,11\n", encoding="utf-8")
    options = ("--count", "clients", "--dims", "place", "--by", "year")
    result = CliRunner().invoke(app, ["protect", str(file), *options, "--out", str(tmp_path / "out.csv")])
    assert (result.exit_code, "is a total over what is kept apart" in " ".join(result.stderr.split())) == (2, True)


def test_the_order_of_rows_tells_nothing_of_the_counts(tmp_path: Path) -> None:
    """From most to fewest people a hidden 20 between 21 and 19 is known."""
    file, out = tmp_path / "a.csv", tmp_path / "out.csv"
    rows = ["Ogre;100", "Ādaži;41", "Cēsis;20", "Salaspils;19", "Bauska;18", "Čaka;3"]
    file.write_text("\n".join(["place;clients", *rows]), encoding="utf-8")
    options = ("--count", "clients", "--dims", "place")
    assert CliRunner().invoke(app, ["protect", str(file), *options, "--out", str(out)]).exit_code == 0
    assert [row[0] for row in rows_in(out)] == [
        "place",
        "Kopā",
        "Ādaži",
        "Bauska",
        "Cēsis",
        "Čaka",
        "Ogre",
        "Salaspils",
    ]


def test_tables_of_regions_alone_are_attacked(true: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert protect(true, out, "--publish", "region*service").exit_code == 0
    assert audit(out).exit_code == 0
    out.write_text("region,clients\nKopā,44\nZemgale,40\nLatgale,*\n", encoding="utf-8")
    result = audit(out, options=("--count", "clients", "--dims", "region>municipality"))
    assert (result.exit_code, "Latgale, Kopā  4       is known exactly" in result.stdout) == (1, True)


def test_all_problems_are_said_at_once(true: Path, tmp_path: Path) -> None:
    true.write_text(TRUE.replace(";14", ";1,4").replace(";33", ";x"), encoding="utf-8")
    result = protect(true, tmp_path / "out.csv")
    assert "1,4" in result.stderr
    assert "is no count" in result.stderr


def test_totals_that_add_up_are_made_anew(true: Path, tmp_path: Path) -> None:
    true.write_text(TRUE + "Kopā;Kopā;Kopā;1198\nLatgale;Kopā;dienas aprūpe;49\n", encoding="utf-8")
    assert protect(true, tmp_path / "out.csv").exit_code == 0
    alone = tmp_path / "alone.csv"
    true.write_text(TRUE, encoding="utf-8")
    assert protect(true, alone).exit_code == 0
    assert (tmp_path / "out.csv").read_bytes() == alone.read_bytes()


def test_wrong_options_are_said_with_what_is_known(true: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    result = protect(true, out, "--publish", "municipality*servise")
    assert (result.exit_code, "nearest known: service" in result.stderr) == (2, True)
    result = protect(true, out, "--holder", "novads")
    assert (result.exit_code, "'novads' is not a column of --dims" in result.stderr) == (2, True)
    result = protect(true, out, "--by", "gads")
    assert (result.exit_code, "is not a column of the file" in " ".join(result.stderr.split())) == (2, True)
    result = protect(true, out, "--by", "service")
    assert (result.exit_code, "--by: 'service' is a column of --dims too" in result.stderr) == (2, True)
    result = protect(true, out, "--mark", "<5")
    assert (result.exit_code, "--mark: '<5' says a number of what is hidden" in result.stderr) == (2, True)
    result = protect(true, out, "--mark", "Kopā")
    assert (result.exit_code, "is the word for totals too" in result.stderr) == (2, True)
    result = protect(true, out, "--total", " ")
    assert (result.exit_code, "--total" in result.stderr) == (2, True)
    result = protect(true, true)
    assert (result.exit_code, "would write over the true counts" in result.stderr) == (2, True)
    assert true.read_text(encoding="utf-8") == TRUE


def test_words_for_totals_and_hidden_numbers_are_chosen(true: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert protect(true, out, "--total", "Total", "--mark", "..").exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "Total;Total;Total;1198" in text
    assert ";.." in text and "*" not in text
    assert audit(out, options=(*DIMENSIONS, "--total", "Total", "--mark", "..")).exit_code == 0


def test_a_design_publishes_only_its_tables(true: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert protect(true, out, "--publish", "municipality").exit_code == 0
    rows = rows_in(out)[1:]
    assert all(row[1] == "Kopā" or row[2] == "Kopā" for row in rows)
    assert {row[2] for row in rows if row[0] == "Latgale" and row[1] == "Kopā"} == {
        "Kopā",
        "dienas aprūpe",
        "aprūpe mājās",
    }
    assert audit(out).exit_code == 0


def test_rounded_numbers_add_up_and_their_cost_is_said(true: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    result = protect(true, out, "--method", "rounding")
    assert result.exit_code == 0, result.output
    assert "All numbers are rounded to multiples of 5 that add up" in result.stdout
    frame = pd.read_csv(out, sep=";")
    assert (frame["clients"] % 5 == 0).all()
    finest = frame[(frame[["region", "municipality", "service"]] != "Kopā").all(axis=1)]
    assert int(finest["clients"].sum()) == int(frame.loc[0, "clients"])


def test_what_has_no_row_is_said_to_be_taken_as_not_offered(true: Path, tmp_path: Path) -> None:
    assert "no row" not in protect(true, tmp_path / "out.csv").stdout
    true.write_text(TRUE.replace("Latgale;Ludzas novads;aprūpe mājās;0\n", ""), encoding="utf-8")
    assert "1 combination has no row: taken as not offered" in protect(true, tmp_path / "out.csv").stdout


def test_old_and_new_borders_are_published_together(true: Path, tmp_path: Path) -> None:
    rows = [line.split(";") for line in TRUE.splitlines()]
    old = {"Ķekavas": "A", "Bauskas": "A", "Dobeles": "A", "Līvānu": "B", "Ludzas": "B", "Krāslavas": "A"}
    told = [[*rows[0], "district"], *([*row, old[row[1].split()[0]]] for row in rows[1:])]
    true.write_text("\n".join(";".join(row) for row in told), encoding="utf-8")
    options = ("--count", "clients", "--dims", "region>municipality,district>municipality,service")
    out = tmp_path / "out.csv"
    result = CliRunner().invoke(app, ["protect", str(true), *options, "--holder", "none", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert rows_in(out)[0] == ["region", "district", "municipality", "service", "clients"]
    assert {row[1] for row in rows_in(out)[1:]} == {"A", "B", "Kopā"}
    assert audit(out, options=options).exit_code == 0


@pytest.mark.slow
def test_years_are_kept_apart(tmp_path: Path) -> None:
    file, out = tmp_path / "years.csv", tmp_path / "out.csv"
    counts = synthetic.years(1, number=2, municipalities=8, services=2, groups=2)
    counts.rename(columns={"count": "clients"}).to_csv(file, index=False)
    options = ("--count", "clients", "--dims", "region>municipality,service,group", "--by", "year")
    result = CliRunner().invoke(app, ["protect", str(file), *options, "--out", str(out)])
    assert result.exit_code == 0, result.output
    frame = pd.read_csv(out, dtype=str)
    assert list(frame.columns) == ["year", "region", "municipality", "service", "group", "clients"]
    assert set(frame["year"]) == {"2023", "2024"}
    assert audit(out, options=options).exit_code == 0
