"""Hand-made cases of the charts that compare places and follow a course; the figures are invented unless said."""

from __future__ import annotations

import math

import pandas as pd

from socsvc_analysis import charts, indicators
from socsvc_analysis.indicators.client_path import with_losses
from socsvc_analysis.indicators.projection import course
from socsvc_analysis.reference import Reference as Tables
from socsvc_analysis.reference import present_municipalities
from socsvc_analysis.statistics import proportion_interval, rate

ADULTS, CHILDREN, OUTSIDE = "adults_mental_disorders", "children_functional_disorders", "children_out_of_family"
NAN = math.nan
HOME_CARE = (1597, 1948, 2369, 4147, 3946, 3942, 3871, 4678, 5203, 5747, 6410, 7460, 8151)
"""People who received care at home in Rīga, 2004 to 2016, as published."""


def values(rows: list[dict], source: str = "", **common: object) -> pd.DataFrame:
    """A frame of values with the usual columns, unknown where ``rows`` and ``common`` say nothing."""
    empty = {
        "territory": "LV009",
        "service_type": "all",
        "target_group": "all",
        "period": "2023",
        "kind": "actual",
        "version": "",
        "numerator": NAN,
        "denominator": NAN,
        "value": NAN,
        "lower": NAN,
        "upper": NAN,
        "status": "normal",
        "sources": (source,) if source else (),
        "notes": (),
    }
    return pd.DataFrame([{**empty, **common, **row} for row in rows])


def codes(tables: Tables) -> list[str]:
    """The municipalities of today."""
    return list(present_municipalities(tables.municipalities)["code"])


def places(tables: Tables, share: float, per: float, unusual: dict[int, float], source: str = "") -> pd.DataFrame:
    """Municipalities with people from 40 to some 20,000 and about the same ``share``; a few of them ``unusual``."""
    rows = []
    for at, code in enumerate(codes(tables)):
        people = float(round(40 * 1.17**at))
        part = min(share * unusual.get(at, 1.0 + 0.002 * math.sin(at)), 1.0)
        count = float(round(people * part))
        rows.append({"territory": code, "numerator": count, "denominator": people, "value": count / people * per})
    return values(rows, source)


def funnelled(frame: pd.DataFrame, indicator: str = "served_of_assessed") -> pd.DataFrame:
    """The municipalities with their limits in a funnel."""
    return indicators.funnel.with_limits(frame, indicators.get_indicator(indicator))


def compared(frame: pd.DataFrame, tables: Tables, region: str, indicator: str = "clients_per_1000") -> pd.DataFrame:
    """The rates, each compared with the country or the region."""
    return indicators.benchmarks.against_whole(frame, indicators.get_indicator(indicator), region, tables)


def rated(territory: str, count: float, people: float, **more: object) -> dict:
    """A row with a rate per 1,000 and its interval."""
    value, lower, upper = rate(count, people, per=1000)
    row = {"territory": territory, "numerator": count, "denominator": people, "value": value}
    return {**row, "lower": lower, "upper": upper, **more}


def shared(count: float, whole: float, **more: object) -> dict:
    """A row with a share in per cent and its interval."""
    lower, upper = proportion_interval(count, whole)
    row = {"numerator": count, "denominator": whole, "value": count / whole * 100}
    return {**row, "lower": lower * 100, "upper": upper * 100, "basis": "persons", **more}


def of_year(values_by_year: dict[str, float], **more: object) -> list[dict]:
    """One row for each year."""
    return [{"period": year, "value": value, **more} for year, value in values_by_year.items()]


def examples(tables: Tables) -> dict[str, tuple]:
    """One case for every chart and the hard ones: few and many rows, long names, unknown and doubtful figures."""
    source = tables.sources["source"].iloc[0]
    code = codes(tables)
    region_of = tables.municipalities.set_index("code")["region"]
    zemgale = [each for each in code if region_of[each] == "zemgale"]

    def some(rows: list[dict], **common: object) -> pd.DataFrame:
        return values(rows, source, **common)

    rates = some(
        [
            *(rated(each, 10.0 + 17 * at, 4000.0 + 900 * at) for at, each in enumerate(zemgale[:-1])),
            {"territory": zemgale[-1]},
            rated("LV", 7800.0, 1_880_000.0),
            rated("LV009", 1020.0, 224_000.0),
        ]
    )
    rates.loc[1, "status"] = "provisional"
    family = some(
        [
            # Children in guardianship and foster families against those in institutions, as published.
            shared(4459.0 + 1173, 6669.0, period="2017-12-31", target=NAN),
            shared(3795.0 + 1476, 5798.0, period="2022", target=NAN),
        ],
        territory="LV",
        target_group=OUTSIDE,
    )
    balance = some(
        [
            shared(340.0, 560.0, territory="LV005", target=70.0),
            shared(12.0, 40.0, territory="LV009", target=60.0),
            {"territory": "LV00B", "basis": "persons", "target": NAN},
            shared(20.0, 56.0, territory="LV005", basis="places", target=NAN),
            {"territory": "LV005", "basis": "money", "value": 22.0, "status": "disputed", "target": NAN},
        ],
        target_group=ADULTS,
    )
    # Served and planned as published for Latgale.
    latgale = some(
        [
            *of_year({"2020": 287.0, "2021": 351.0, "2022-10-31": 460.0}),
            {"period": "2023", "value": 390.0, "kind": "plan"},
        ],
        territory="LV005",
        target_group=CHILDREN,
    )
    courses = some(
        [
            *of_year({"2017": 40.0, "2018": 110.0, "2019": 180.0, "2020": 240.0}, target_group=ADULTS),
            *of_year({"2017": 310.0, "2018": 290.0, "2019": 300.0}, target_group=CHILDREN),
            *of_year({"2017": 300.0, "2018": 290.0}, target_group=OUTSIDE, status="provisional"),
            *(
                {"period": "2023", "value": 700.0, "kind": "target", "target_group": group}
                for group in (ADULTS, CHILDREN, OUTSIDE)
            ),
        ]
    )
    home_care = some(
        of_year({str(2004 + at): float(count) for at, count in enumerate(HOME_CARE)}),
        territory=code[0],
        unit="persons",
        series="Aprūpe mājās",
    )
    waiting = some(
        of_year({str(2012 + at): count for at, count in enumerate((52.0, 48, 55, NAN, 47, 250, 51, 49, 53))}),
        territory="LV005",
        unit="persons",
        series="Personas, kuras gaida rindā uz pakalpojumu",
    )
    waiting.loc[4, "status"] = "disputed"
    regions = some(
        [
            row
            for at, territory in enumerate(("LV00A", "LV00B", "LV00C", "LV009", "LV"))
            for row in of_year({str(2017 + year): 3.0 + at + 0.3 * year for year in range(7)}, territory=territory)
        ]
    )
    rated_all = some(
        [rated(each, 40.0 + 3 * at, 9000.0) for at, each in enumerate(code[:40])] + [rated("LV", 7e3, 1e6)]
    )
    return {
        "chosen": (charts.chosen_values, rates, "zemgale", {"indicator": "clients_per_1000"}),
        "chosen_lines": (
            charts.chosen_values,
            latgale.assign(target_group=CHILDREN),
            "latgale",
            {"indicator": "served_by_service", "over_time": True},
        ),
        "funnel": (
            charts.funnel_plot,
            funnelled(places(tables, 0.5, 100, {10: 1.7, 30: 0.6}, source)),
            "latgale",
            {"indicator": "served_of_assessed"},
        ),
        "funnel_rate": (
            charts.funnel_plot,
            funnelled(places(tables, 0.05, 1000, {20: 2.6, 36: 0.4}, source), "clients_per_1000"),
            "latvija",
            {"indicator": "clients_per_1000"},
        ),
        "funnel_spread": (
            charts.funnel_plot,
            funnelled(places(tables, 0.5, 100, {at: 0.4 + at % 5 * 0.25 for at in range(40)}, source)),
            "zemgale",
            {"indicator": "served_of_assessed"},
        ),
        "intervals": (
            charts.rates_with_intervals,
            compared(rates, tables, "zemgale"),
            "zemgale",
            {"indicator": "clients_per_1000"},
        ),
        "one_interval": (
            charts.rates_with_intervals,
            compared(rates.iloc[:1], tables, "zemgale"),
            "zemgale",
            {"indicator": "clients_per_1000"},
        ),
        "forty_intervals": (
            charts.rates_with_intervals,
            compared(rated_all, tables, "latvija", "occupancy_rate"),
            "latvija",
            {"indicator": "occupancy_rate"},
        ),
        "family": (charts.balance_of_care, family, "latvija", {"setting": "family"}),
        "balance": (charts.balance_of_care, balance, "latvija", {}),
        "one_balance": (charts.balance_of_care, balance.iloc[:1], "latgale", {}),
        "projection": (charts.projection_to_target, course(latgale, tables), "latgale", {}),
        "projections": (charts.projection_to_target, course(courses, tables, cumulative=False), "zemgale", {}),
        "run": (charts.run_chart, indicators.control.with_limits(home_care, tables), "riga", {}),
        "run_gap": (charts.run_chart, indicators.control.with_limits(waiting, tables), "latgale", {}),
        "run_few": (charts.run_chart, indicators.control.with_limits(home_care.iloc[:3], tables), "riga", {}),
        "regions": (charts.regions_small_multiples, regions, "zemgale", {"indicator": "clients_per_1000"}),
        "regions_counts": (
            charts.regions_small_multiples,
            regions.iloc[:15],
            "latvija",
            {"indicator": "reported_clients"},
        ),
        "path_kept": (charts.path_to_service, _path(source), "zemgale", {}),
        "course": (charts.reached_against_plan, plan_course(source), "latgale", {}),
        "one_figure": (charts.reached_against_plan, plan_course(source).query("period == '2021-12-31'"), "latgale", {}),
    }


def plan_course(source: str) -> pd.DataFrame:
    """Served and planned as published for Latgale: three figures on children, one on adults, whose plan was changed."""
    served = [
        {"target_group": group, "period": period, "value": value, "denominator": plan, "share": value / plan * 100}
        for group, period, value, plan in (
            (CHILDREN, "2020-12-31", 287.0, 390.0),
            (CHILDREN, "2021-12-31", 351.0, 390.0),
            (CHILDREN, "2022-12-31", 460.0, 390.0),
            (ADULTS, "2021-12-31", 171.0, 389.0),
        )
    ]
    plans = [
        {"target_group": group, "value": value, "since": since, "until": until, "undated": since == "2015-07-01"}
        for group, value, since, until in (
            (ADULTS, 387.0, "2015-07-01", "2020-03-31"),
            (ADULTS, 389.0, "2020-04-01", "2023-12-31"),
            (CHILDREN, 390.0, "2020-04-01", "2023-12-31"),
        )
    ]
    rows = [*(row | {"undated": False} for row in served), *(row | {"kind": "plan", "period": "2023"} for row in plans)]
    return values(rows, source, territory="LV005")


def _path(source: str) -> pd.DataFrame:
    adults = {
        "persons_eligible": 1200,
        "assessment_applications": 600,
        "persons_assessed_plan": 542,
        "persons_assessed": 387,
        "support_plans": 350,
        "persons_served_plan": 249,
        "persons_served": 166,
    }
    children = {"persons_assessed": 392, "persons_served": 460}
    rows = [
        {"target_group": group, "step": step, "value": float(count), "period": "2021-12-31"}
        for group, steps in ((ADULTS, adults), (CHILDREN, children), (OUTSIDE, children))
        for step, count in steps.items()
    ]
    # Of the third group the people served were counted before those assessed.
    rows[-1]["period"] = "2016"
    return with_losses(values(rows, source))
