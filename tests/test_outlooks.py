"""Tables of what was reached and of where it leads: they show the rows that the downloads have."""

from __future__ import annotations

import pandas as pd
import pytest

from socsvc_analysis import indicators, observations, sections
from socsvc_analysis.dataset import Dataset
from socsvc_analysis.markup import Datum, Html
from socsvc_analysis.reference import Reference
from socsvc_analysis.wording import Words, in_language


@pytest.fixture(scope="module")
def real_data(real_figures: pd.DataFrame, real_tables: Reference) -> Dataset:
    return Dataset(real_figures, real_tables)


def rows_of(section: Html) -> list[list[Datum]]:
    """The rows of the only table of a section, as data."""
    (table,) = section.tables
    return table.data()["rows"]


def test_a_city_with_targets_of_its_own_is_on_its_regions_page(real_data: Dataset) -> None:
    words = in_language("en", real_data.reference)
    outlooks = observations.with_region(indicators.projection.projection_to_target(real_data), real_data.reference)
    rows = rows_of(sections.outlooks(outlooks, region="riga", words=words))
    home_care = next(row for row in rows if row[0] == "Rīga" and "home care" in str(row[1]))
    assert [each for each in home_care if isinstance(each, int | float)] == [8151, 8500]
    assert words.say("outlook_range", earliest="2016", latest="2021") in home_care
    # Every row of the download is on the page of exactly one region.
    shown = [
        sections.outlooks(outlooks, region=each, words=words)
        for each in real_data.reference.regions["region"]
        if (outlooks["region"] == each).any()
    ]
    assert sum(len(rows_of(each)) for each in shown) == len(outlooks[outlooks["value"].notna()])


def test_a_commitment_says_when_it_is_due_and_whether_it_is_kept(real_data: Dataset, real_words: Words) -> None:
    reached = indicators.achievement.achievement(real_data)
    here = reached[(reached["territory"] == "LV") & reached["measure"].isin(["share_of_children", "share_of_minors"])]
    rows = rows_of(sections.value_table(here, "achievement", region="latvija", words=real_words))
    of_2018 = [row for row in rows if 87.7 in row]
    assert [real_words.when(due) in row for row, due in zip(of_2018, ("2020", "2024"), strict=True)] == [True, True]
    assert real_words.say("values_reached") in of_2018[0]
    assert real_words.say("values_not_reached") in of_2018[1]
    # 1.8 of at most 2 is kept, though 90 per cent look as if it were not.
    (minors,) = [row for row in rows if 1.8 in row]
    assert real_words.say("values_reached_below") in minors


def test_a_number_that_is_to_fall_and_exceeds_its_target_is_said_so(real_data: Dataset, real_words: Words) -> None:
    reached = indicators.achievement.achievement(real_data)
    children = reached[
        (reached["service_type"] == "long_term_institutional_care") & (reached["target_group"] == "children")
    ]
    rows = rows_of(sections.value_table(children, "achievement", region="riga", words=real_words))
    assert rows
    assert all(real_words.say("values_not_reached_above") in row for row in rows)
    assert all(real_words.say("values_due_unknown") in row for row in rows)


def test_notes_of_the_rows_stand_below_their_table(real_data: Dataset, real_words: Words) -> None:
    costs = indicators.spending.unit_cost_per_client(real_data)
    said = sections.value_table(costs, "unit_cost_per_client", region="riga", words=real_words).markup
    assert real_words.note("advance_2010") in said
