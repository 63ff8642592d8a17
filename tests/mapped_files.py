"""A small file for each built-in mapping.  Every number in them is invented, and the files say so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl

INVENTED = "Izdomāti dati / invented data"
MADE: dict[str, Callable[[Path], Path]] = {}


def made(name: str) -> Callable[[Callable[[Path], Path]], Callable[[Path], Path]]:
    """Register the maker of the file for mapping ``name``."""

    def register(maker: Callable[[Path], Path]) -> Callable[[Path], Path]:
        MADE[name] = maker
        return maker

    return register


def workbook(path: Path, rows: list[list[object]], sheet: str = "Dati") -> Path:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in [[INVENTED], [], *rows]:
        book.active.append(row)
    book.save(path)
    return path


@made("ministry_di_services")
def di_services(folder: Path) -> Path:
    headings = ["PP gads", "PP mēnesis", "ATVK kods", "Pilsēta, novads"]
    headings += [
        "Sociālās rehabilitācijas pakalpojumi (individuālās konsultācijas)",
        "Sociālās rehabilitācijas pakalpojumi (grupu nodarbības)",
        "Sociālās rehabilitācijas pakalpojumi dienas aprūpes centrā",
        "Atelpas brīža pakalpojumi",
        "Grupu dzīvokļa pakalpojumi",
        "Specializēto darbnīcu pakalpojumi",
        "Aprūpes mājās u.c. / mobilā uzraudzība",
    ]
    rows = [
        [2018, 12, 10000, "Rīga", 11, 12, 13, 14, 15, 16, 17],
        [2018, 12, 320200, "Aizkraukles novads", 1, 2, 0, "…", 5, 6, 7],
        [2018, 12, 604300, "Aglonas novads", None, 2, 3, 4, "-", 6, 7],
    ]
    return workbook(folder / "nepieciesamie_di_pakalpojumi.xlsx", [headings, *rows])


@made("ministry_children_disability")
def children_disability(folder: Path) -> Path:
    headings = ["PP gads", "PP mēnesis", "ATVK kods", "Pilsēta, novads", "Bērni kopā"]
    headings += ["0-6 gadi", "7-9", "10-12", "13-15", "16-17 gadi"]
    rows = [
        [2018, 12, "0010000", "Rīga", 150, 50, 40, 30, 20, 10],
        [2018, 12, "0460800", "Auces novads", 15, 5, 4, 3, 2, 1],
    ]
    return workbook(folder / "berni_ar_invaliditati.xlsx", [headings, *rows])


@made("ministry_providers")
def providers(folder: Path) -> Path:
    headings = ["PP gads", "PP mēnesis", "ATVK kods", "Pilsēta, novads"]
    headings += ["Aprūpe mājās", "Dienas aprūpes centrs", "Grupu māja (dzīvoklis)", "Patversmes"]
    rows = [[2019, 3, 400200, "Bauskas novads", 3, 2, 1, 0], [2019, 3, 460200, "Dobeles novads", 1, 1, 0, 1]]
    return workbook(folder / "soc_pakalpojumu_sniedzeji.xlsx", [headings, *rows])


@made("ministry_adults_disability")
def adults_disability(folder: Path) -> Path:
    headings = ["PP gads", "PP mēnesis", "ATVK kods", "Pilsēta, novads", "Personas kopā", "25-59 %", "60-79 %"]
    rows = [[2018, 12, 400200, "Bauskas novads", 900, 500, 400], [2018, 12, 460200, "Dobeles novads", 700, 400, 300]]
    return workbook(folder / "pilngadigo_personu_sadalijums.xlsx", [headings, *rows])


@made("csp_population_export")
def population_export(folder: Path) -> Path:
    path = folder / "IRD041.csv"
    path.write_text(
        '"DEMO IRD041 iedzīvotāju skaits (izdomāti dati)"\n\n'
        '"Teritoriālā vienība","Dzimums","2023","2025"\n'
        '"Latvija","Pavisam","900000","880000"\n'
        '"Rīgas statistiskais reģions (no 01.01.2024.)","Pavisam","…","300000"\n'
        '"..Jelgava","Pavisam","50000","51000"\n'
        '"..Jelgava","Vīrieši","20000","21000"\n'
        '"..Aizkraukles novads","Pavisam","30000","…"\n'
        '"..Ventspils","Pavisam","33000","32000"\n',
        encoding="utf-8-sig",
    )
    return path


@made("csp_open_data")
def open_data(folder: Path) -> Path:
    path = folder / "irv030_01.csv"
    path.write_text(
        "NUMB,NUMB_X,TIME,AREA,SEX,CITIZEN,NOTE\n"
        "31000,,2024,LV0025000,T,T,izdomats\n"
        "5,77,2024,LV0028000,T,T,izdomats\n"
        ",10,2024,LV0030000,T,T,izdomats\n"
        "12000,,2024,LV0025000,F,T,izdomats\n"
        "900000,,2024,LV,T,T,izdomats\n",
        encoding="utf-8",
    )
    return path


@made("csp_pxweb")
def pxweb(folder: Path) -> Path:
    path = folder / "IRD041_izdomats.csv"
    path.write_text(
        '"AREA","AGE","SEX","TIME","IRD041"\n"LV0025000","TOTAL","T","2024",31000\n'
        '"LV0025000","Y0","T","2024",300\n"LV00A","TOTAL","T","2024",880000\n"LV0028000","TOTAL","T","2024",…\n',
        encoding="utf-8-sig",
    )
    return path


@made("pmlp_residents")
def registered(folder: Path) -> Path:
    path = folder / "pmlp_iedzivotaji_2024.csv"
    path.write_text(
        "Nr.;Pašvaldība;Iedzīvotāju skaits\n1.;AIZKRAUKLES NOVADS;30 500\n2.;DAUGAVPILS;79 000\n"
        "3.;JELGAVA;55 000\n4.;JELGAVAS NOVADS;33 000\n;KOPĀ;197 500\n",
        encoding="utf-8",
    )
    return path


@made("keep_eu_projects")
def keep_eu(folder: Path) -> Path:
    headings = ["Project acronym", "Project name", "Programme", "Start date", "End date"]
    headings += ["Total budget/expenditure", "EU funding"]
    rows = [
        ["SocQuality", "Invented name", "Latvia - Lithuania", "2018-03-01", "2020-02-29", "791 256,20", "672 576,74"],
        ["Another", "Invented name", "Estonia - Latvia", "2019-01-01", "2020-12-31", "100 000,00", "85 000,00"],
    ]
    return workbook(folder / "keep_export.xlsx", [headings, *rows], "Projects")


@made("kohesio_operations")
def kohesio(folder: Path) -> Path:
    path = folder / "kohesio_izdomati.csv"
    path.write_text(
        "operation_unique_identifier,operation_name_programme_language,operation_start_date,beneficiary_name,"
        "total_eligible_expenditure_amount,project_eu_budget,country\n"
        "9.2.2.1/15/I/001,SocQuality,2018-03-01,Izdomāts,1000.50,850.43,LV\n"
        "9.9.9.9/15/I/001,Pavisam cits projekts,2016-01-01,Izdomāts,5000.00,4250.00,LV\n",
        encoding="utf-8",
    )
    return path
