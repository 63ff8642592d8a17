"""What somebody who explores has chosen, what can be chosen, and the values and figures that follow from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from functools import cached_property

import pandas as pd

from socsvc_analysis.dataset import Dataset
from socsvc_analysis.indicators import REGISTRY, compute, get_indicator
from socsvc_analysis.observations import is_municipality, with_region
from socsvc_analysis.periods import by_last_day
from socsvc_analysis.reference import COUNTRY, COUNTRY_REGION, present_municipalities, region_code
from socsvc_analysis.schema import DataError, Problem, nearest

PARTS, COUNTRY_WHOLE, REGIONS, TIME = COMPARISONS = ("municipalities", "country", "regions", "time")
"""What a region is compared with: its municipalities, Latvia, the other regions, or itself at other times."""
LATEST = "latest"
FIRST_INDICATOR = "served_of_plan"


@dataclass(frozen=True)
class Choice:
    """One selection: texts, so that papermill, JupyterLab's scheduler and a command line can pass it.

    ``municipalities`` are codes with spaces between them, empty for all of the region; ``target_group`` and
    ``service_type`` are codes, empty for whatever there is; ``period`` is ``latest`` or a period of the data.
    """

    region: str
    indicator: str = FIRST_INDICATOR
    municipalities: str = ""
    target_group: str = ""
    service_type: str = ""
    period: str = LATEST
    comparison: str = PARTS

    def parameters(self) -> dict[str, str]:
        """The choice as parameters of the notebook.

        >>> Choice("zemgale", period="2021").parameters()["period"]
        '2021'
        """
        return asdict(self)


NAMES = tuple(each.name for each in fields(Choice))
"""The parameters that a choice has, in order."""


@dataclass(frozen=True)
class Chosen:
    """A choice in the data: what can be chosen beside it, and what follows from it."""

    data: Dataset
    choice: Choice

    @cached_property
    def territory(self) -> str:
        """The code of the region."""
        return region_code(self.choice.region, self.data.reference.regions)

    @cached_property
    def everywhere(self) -> pd.DataFrame:
        """All values of the indicator with the service and group that were chosen."""
        wanted = {name: code for name in ("service_type", "target_group") if (code := getattr(self.choice, name))}
        return compute(self.choice.indicator, self.data, **wanted)

    @cached_property
    def within(self) -> pd.DataFrame:
        """Of these the values of the region, and of the municipalities chosen in it."""
        return self.everywhere[self.everywhere["territory"].isin([self.territory, *self.chosen_parts])]

    @cached_property
    def chosen_parts(self) -> list[str]:
        """The codes of the municipalities that were chosen; all of the region where none was."""
        return self.choice.municipalities.split() or self.municipalities

    @cached_property
    def municipalities(self) -> list[str]:
        """The codes of today's municipalities of the region; for the country all, and the regions."""
        reference = self.data.reference
        present = present_municipalities(reference.municipalities)
        if self.choice.region == COUNTRY_REGION:
            regions = reference.regions.loc[reference.regions["code"] != COUNTRY, "code"]
            return [*regions, *present["code"]]
        return present.loc[present["region"] == self.choice.region, "code"].tolist()

    @cached_property
    def compared(self) -> list[str]:
        """The codes of the places that the comparison is of, known or not, in the order in which they are shown."""
        return {
            PARTS: [self.territory, *self.chosen_parts],
            COUNTRY_WHOLE: [self.territory, COUNTRY],
            REGIONS: self.data.reference.regions["code"].tolist(),
            TIME: [self.territory, *self.choice.municipalities.split()],
        }[self.choice.comparison]

    @cached_property
    def values(self) -> pd.DataFrame:
        """The values that the comparison shows: over time all periods, else the period chosen, or each latest."""
        rows = self.everywhere[self.everywhere["territory"].isin(self.compared)]
        order = {code: at for at, code in enumerate(self.compared)}
        rows = rows.sort_values("territory", key=lambda codes: codes.map(order), kind="stable")
        if self.choice.comparison == TIME:
            return rows.sort_values("last_day", kind="stable").reset_index(drop=True)
        if self.choice.period != LATEST:
            return rows[rows["period"] == self.choice.period].reset_index(drop=True)
        same = [name for name in identity(rows) if name not in ("period", "kind", "version")]
        latest = rows.sort_values("last_day", kind="stable", na_position="first").drop_duplicates(same, keep="last")
        return rows.loc[rows.index.isin(latest.index)].reset_index(drop=True)

    @cached_property
    def periods(self) -> list[str]:
        """The periods of the region's values, the latest first."""
        dated = self.within.sort_values(["last_day", "period"], ascending=False)
        return [period for period in dated["period"].unique() if period]

    def codes(self, dimension: str) -> list[str]:
        """The services or groups that can be chosen in the region: those with values of the indicator.

        Where the indicator adds up over them, those of the figures that are added.  Of services those of the group that
        was chosen, and of groups those of the service.
        """
        indicator = get_indicator(self.choice.indicator)
        if dimension in indicator.adds_up:
            rows = self.data.figures[self.data.figures["measure"].isin(indicator.measures)]
            other = "target_group" if dimension == "service_type" else "service_type"
            if code := getattr(self.choice, other):
                rows = rows[rows[other] == code]
        else:
            others = {name: "" for name in ("service_type", "target_group") if name == dimension}
            rows = Chosen(self.data, _with(self.choice, **others)).everywhere
        located = with_region(rows.drop(columns="region", errors="ignore"), self.data.reference)
        here = located["region"].eq(self.choice.region) | located["territory"].eq(self.territory)
        rows = located if self.choice.region == COUNTRY_REGION else located[here]
        table = getattr(self.data.reference, f"{dimension}s")
        return [code for code in table.sort_values("order")[dimension] if code in set(rows[dimension]) - {"all"}]

    @cached_property
    def figures(self) -> pd.DataFrame:
        """The figures as published behind the values: their measures, places, services and groups."""
        measures = get_indicator(self.choice.indicator).measures
        rows = with_region(self.data.figures[self.data.figures["measure"].isin(measures)], self.data.reference)
        if self.choice.region != COUNTRY_REGION:
            rows = rows[rows["region"].eq(self.choice.region) | rows["territory"].eq(self.territory)]
        if chosen := self.choice.municipalities.split():
            rows = rows[rows["territory"].isin([self.territory, *chosen]) | ~is_municipality(rows["territory"])]
        for name in ("service_type", "target_group"):
            if code := getattr(self.choice, name):
                rows = rows[rows[name].isin([code, "all"])]
        return by_last_day(rows, within=["measure", "territory"]).reset_index(drop=True)

    @cached_property
    def pace(self) -> pd.DataFrame:
        """What the region must still reach each year, for every commitment with a date."""
        wanted = {name: code for name in ("service_type", "target_group") if (code := getattr(self.choice, name))}
        rows = compute("projection_to_target", self.data, territory=self.territory, **wanted)
        return rows[rows["denominator"].notna()].reset_index(drop=True)

    def fitting(self, new: Collection[str] = ()) -> Choice:
        """The choice without what is not there: when the region changes, its municipalities and services do too.

        Of a service and a group that do not go together the one that is ``new`` stays.
        """
        known = set(self.municipalities)
        choice = _with(
            self.choice, municipalities=" ".join(c for c in self.choice.municipalities.split() if c in known)
        )
        for name in sorted(("service_type", "target_group"), key=lambda name: name in new):
            if getattr(choice, name) not in Chosen(self.data, choice).codes(name):
                choice = _with(choice, **{name: ""})
        if choice.period not in Chosen(self.data, choice).periods:
            choice = _with(choice, period=LATEST)
        return choice

    def refuse_unknown(self) -> None:
        """Raise DataError with every part of the choice that is not known, and the nearest that is."""
        known: dict[str, tuple[Iterable[str], Iterable[str]]] = {
            "indicator": ([self.choice.indicator], REGISTRY),
            "municipalities": (self.choice.municipalities.split(), self.municipalities),
            "comparison": ([self.choice.comparison], COMPARISONS),
            "service_type": ([self.choice.service_type], ["", *self.data.reference.service_types["service_type"]]),
            "target_group": ([self.choice.target_group], ["", *self.data.reference.target_groups["target_group"]]),
        }
        problems = [
            Problem(name, f"is not a known code of {name}", value=code, nearest=nearest(code, list(codes)))
            for name, (given, codes) in known.items()
            for code in given
            if code not in set(codes)
        ]
        if not problems and self.choice.period not in (LATEST, *self.periods):
            said = f"is no period of these values (known: {', '.join((LATEST, *self.periods))})"
            problems = [Problem("period", said, value=self.choice.period)]
        if problems:
            raise DataError(problems)


def identity(values: pd.DataFrame) -> list[str]:
    """The columns that tell one value from another; some indicators have more of them than others."""
    columns = ("measure", "territory", "provider", "programme", "service_type", "target_group", "period", "kind")
    return [name for name in (*columns, "version", "fund", "step", "commitment", "due") if name in values]


def _with(choice: Choice, **changed: str) -> Choice:
    return Choice(**{**asdict(choice), **changed})
