"""One answer to one question: what an indicator says a chart, a table and a sentence say too."""

from __future__ import annotations

import pandas as pd
import pytest
from chart_cases import ADULTS, CHILDREN, values

from socsvc_analysis import charts, indicators, observations
from socsvc_analysis.charts.palette import UNCERTAIN
from socsvc_analysis.indicators.clients import with_losses
from socsvc_analysis.reference import Reference
from socsvc_analysis.wording import Words, in_language


@pytest.fixture(scope="module")
def english(real_tables: Reference) -> Words:
    return in_language("en", real_tables)


def test_statuses_have_one_order() -> None:
    ranked = sorted(UNCERTAIN, key=observations.STATUS_RANK.__getitem__)
    assert list(UNCERTAIN) == ranked
    assert observations.worst_status(UNCERTAIN) == UNCERTAIN[-1]


def test_a_path_says_the_share_of_the_indicator_and_names_an_older_figure(english: Words) -> None:
    steps = values(
        [
            {"step": "persons_assessed", "period": "2023-09", "value": 545.0},
            {"step": "persons_served", "period": "2021", "value": 166.0},
        ],
        target_group=ADULTS,
    )
    earlier = values([{"step": "persons_assessed", "period": "2021", "value": 387.0}], target_group=ADULTS)
    path = with_losses(steps, pd.concat([steps, earlier], ignore_index=True))
    chart = charts.path_to_service(path, region="zemgale", words=english)
    assert chart.title == "Adults with mental disorders: 166 served of 387 assessed"
    drawn = [text.get_text() for text in chart.figure().findobj(match=lambda each: hasattr(each, "get_text"))]
    assert "166 (43% of 387 at the step before, 2021)" in drawn
    served = chart.data[chart.data["value"] == 166].iloc[0]
    assert (served["compared"], served["lost"]) == ("Assessed (2021): 387", 221)
    assert served["kept"] == pytest.approx(166 / 387 * 100)


def test_a_projection_has_one_year_rule(english: Words, real_tables: Reference) -> None:
    counts = [("2019", 100.0), ("2020", 108.0), ("2021", 116.0)]
    rows = [{"period": year, "value": count} for year, count in counts]
    frame = values([*rows, {"period": "2023", "value": 150.0, "kind": "plan"}], target_group=ADULTS)
    course = indicators.projection.course(frame, real_tables)
    # 116 at the end of 2021 and 8 more each year: 148 at the end of 2025, so that 150 is passed in 2026.
    assert course["year"].unique().tolist() == [2026]
    chart = charts.projection_to_target(course, region="zemgale", words=english)
    assert chart.title == "Adults with mental disorders: plan likely reached in 2026"
    at_due = course[(course["kind"] == "projection") & (course["on"] == "2023-12-31")]
    assert at_due["value"].tolist() == pytest.approx([132], abs=0.1)


def test_the_course_of_a_page_ends_as_the_indicator_says(real_figures: pd.DataFrame, real_tables: Reference) -> None:
    told = ["verdict", "year", "earliest", "latest"]
    by_year = indicators.clients.served_by_year(real_figures, real_tables)
    course = indicators.projection.course(by_year, real_tables).drop_duplicates(["territory", "target_group"])
    outlook = indicators.projection.projection_to_target(real_figures, real_tables)
    outlook = observations.select(outlook, measure="persons_served", service_type="all")
    both = course.merge(outlook, on=["territory", "target_group"], suffixes=("", "_told"), validate="one_to_one")
    assert len(both) == len(course) > 0
    pd.testing.assert_frame_equal(both[told], both[[f"{name}_told" for name in told]].set_axis(told, axis=1))


def test_nobody_is_lost_where_more_people_are_served() -> None:
    steps = [("persons_assessed", 392.0), ("persons_served", 460.0)]
    path = with_losses(values([{"step": step, "value": count} for step, count in steps], target_group=CHILDREN))
    assert path["lost"].tolist()[1] == 0
    assert path["kept"].tolist()[1] == pytest.approx(460 / 392 * 100)


def test_the_path_of_zemgale_is_the_same_in_picture_and_table(
    real_figures: pd.DataFrame, real_tables: Reference, english: Words
) -> None:
    path = observations.of(indicators.clients.path_to_service(real_figures, real_tables), "zemgale", real_tables)
    chart = charts.path_to_service(path, region="zemgale", words=english)
    assert chart.data["kept"].dropna().tolist() == path["kept"].dropna().tolist()
    assert chart.data["lost"].dropna().tolist() == path["lost"].dropna().tolist()
