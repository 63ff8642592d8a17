"""The widgets of exploration: choices on the left, what follows them on the right, more below on demand."""

from __future__ import annotations

import base64
import json
from importlib.resources import files
from typing import TYPE_CHECKING

import ipywidgets as widgets

from socsvc_analysis.exploring.choice import COMPARISONS, LATEST, TIME
from socsvc_analysis.exploring.returns import checked_return
from socsvc_analysis.exploring.tables import interactive, library
from socsvc_analysis.indicators import REGISTRY, compute
from socsvc_analysis.markup import Html, Shown, Table, piece, together
from socsvc_analysis.wording import alphabetical, sentence_case

if TYPE_CHECKING:
    from socsvc_analysis.exploring.explorer import Explorer

Options = list[tuple[str, str]]
SECTIONS = ("figures", "pace", "return", "parameters", "page")
WIDTHS = {"indicator": "34rem"}
"""Of what 22rem would cut: titles of indicators that begin alike have to be told apart."""


class Controls:
    """The widgets of one explorer; ``box`` is all of them."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer, self.words = explorer, explorer.words
        self._changing = False
        self._known: dict[str, set[str]] = {}
        self.choices = {name: self._choice(name) for name in self._names()}
        self.chart, self.definition = widgets.HTML(), widgets.HTML()
        self.table = _output()
        for name in ("chart", "definition", "table"):
            getattr(self, name).add_class(f"socsvc-{name}")
        self.folded = self._sections()
        hint = widgets.HTML(_markup(piece("notes", sentences=[self.words.say("explore_municipalities_all")])))
        columns = [("region", "indicator", "comparison", "period"), ("service_type", "target_group", "municipalities")]
        sides = [widgets.VBox([self.choices[name] for name in names]) for names in columns]
        sides[1].children = [*sides[1].children, hint]
        above = widgets.HBox(sides, layout=widgets.Layout(flex_flow="row wrap", grid_gap="1rem"))
        titled = [_titled(self.words.say(f"explore_{name}"), getattr(self, name)) for name in ("table", "definition")]
        self.box = widgets.VBox([_output(library()), above, self.chart, *titled, self.folded])
        self._refresh()

    def _names(self) -> tuple[str, ...]:
        return ("region", "indicator", "comparison", "municipalities", "service_type", "target_group", "period")

    def _choice(self, name: str) -> widgets.Widget:
        kind, more = widgets.Dropdown, {}
        if name == "municipalities":
            kind, more = widgets.SelectMultiple, {"rows": 4}
        made = kind(
            description=self.words.say(f"explore_{name}"),
            style={"description_width": "7rem"},
            layout=widgets.Layout(width=WIDTHS.get(name, "22rem"), max_width="100%"),
            **more,
        )
        made.add_class(f"socsvc-{name.replace('_', '-')}")
        made.observe(self._changed, names="value")
        return made

    def _sections(self) -> widgets.Accordion:
        words = self.words
        self.figures, self.pace, self.checked, self.made = _output(), _output(), widgets.HTML(), widgets.HTML()
        self.command = widgets.Textarea(disabled=True, layout=widgets.Layout(width="100%", height="16rem"))
        self.parameters = widgets.Textarea(disabled=True, layout=widgets.Layout(width="100%", height="16rem"))
        self.upload = widgets.FileUpload(description=words.say("explore_return_choose"), layout={"width": "auto"})
        self.upload.observe(self._uploaded, names="value")
        self.dropped = widgets.Textarea(layout=widgets.Layout(display="none"))
        self.dropped.add_class("socsvc-return-dropped")
        self.dropped.observe(self._dropped, names="value")
        self.make = widgets.Button(description=words.say("explore_page_make"), layout={"width": "auto"})
        self.make.on_click(lambda _: self._make_page())
        script = files("socsvc_analysis").joinpath("exploring/drop.js").read_text("utf-8")
        inside = {
            "figures": [self.figures],
            "pace": [self.pace],
            "return": [self.upload, self.dropped, _output(f"<script>{script}</script>"), self.checked],
            "parameters": [self.command, self.parameters],
            "page": [self.make, self.made],
        }
        self._said = {name: widgets.HTML() for name in SECTIONS}
        boxes = [widgets.VBox([self._said[name], *inside[name]]) for name in SECTIONS]
        for name, box in zip(SECTIONS, boxes, strict=True):
            box.add_class(f"socsvc-{name}-box")
        made = widgets.Accordion(boxes, titles=[words.say(f"explore_{name}") for name in SECTIONS])
        made.observe(lambda _: self._draw_section(), names="selected_index")
        return made

    def _changed(self, _: object) -> None:
        """Follow what a person has chosen; what follows from it by itself is no choice."""
        if self._changing:
            return
        chosen = {name: widget.value for name, widget in self.choices.items() if name != "municipalities"}
        chosen["municipalities"] = " ".join(self.choices["municipalities"].value)
        self.explorer.choose(**{name: value or "" for name, value in chosen.items()})
        self._refresh()

    def _refresh(self) -> None:
        self._changing = True
        try:
            for name, widget in self.choices.items():
                value = getattr(self.explorer.choice, name)
                value = tuple(value.split()) if name == "municipalities" else value
                options = self._options(name)
                if list(widget.options) != options:
                    widget.options = options
                widget.value = value
            self.choices["period"].disabled = self.explorer.choice.comparison == TIME
        finally:
            self._changing = False
        self._draw()

    def _options(self, name: str) -> Options:
        words, chosen = self.words, self.explorer.chosen
        if name == "region":
            regions = words.reference.regions.sort_values("order")["region"]
            return [(words.place(region), region) for region in regions]
        if name == "indicator":
            return self._indicators()
        if name == "comparison":
            return [(words.say(f"explore_comparison_{each}"), each) for each in COMPARISONS]
        if name == "municipalities":
            return sorted(
                ((words.place(code), code) for code in chosen.municipalities), key=lambda each: alphabetical(each[0])
            )
        if name == "period":
            return [(words.say("explore_latest"), LATEST), *((words.when(each), each) for each in chosen.periods)]
        everything = (words.say("explore_everything"), "")
        return [everything, *((sentence_case(words.short(f"{name}s", code)), code) for code in chosen.codes(name))]

    def _indicators(self) -> Options:
        """All indicators by title; those of which the region has no value are marked."""
        region = self.explorer.choice.region
        if region not in self._known:
            values = {name: compute(name, self.explorer.dataset, region=region)["value"] for name in REGISTRY}
            self._known[region] = {name for name, each in values.items() if each.notna().any()}
        titles = {name: each.title(self.words.language) for name, each in REGISTRY.items()}
        lacking = {
            name: self.words.say("explore_no_data", what=titles[name]) for name in set(titles) - self._known[region]
        }
        return sorted(
            ((title, name) for name, title in (titles | lacking).items()), key=lambda each: alphabetical(each[0])
        )

    def _draw(self) -> None:
        explorer = self.explorer
        self.chart.value = _markup(explorer.chart)
        self.definition.value = _markup(explorer.definition)
        _show(self.table, explorer.table)
        self._draw_section()

    def _draw_section(self) -> None:
        """What is folded is drawn when somebody unfolds it."""
        if self.folded.selected_index is None:
            return
        words, name = self.words, SECTIONS[self.folded.selected_index]
        command = " ".join(self.explorer.page_command())
        said = words.say(f"explore_{name}_intro", command=command)
        self._said[name].value = _markup(piece("paragraph", sentence=said))
        if name == "figures":
            _show(self.figures, self.explorer.citations)
        elif name == "pace":
            _show(self.pace, self.explorer.pace)
        elif name == "parameters":
            self.command.value, self.parameters.value = self.explorer.parameters

    def _uploaded(self, _: object) -> None:
        if self.upload.value:
            file = self.upload.value[0]
            self._check(file["name"], bytes(file["content"]))
            self.upload.value = ()

    def _dropped(self, _: object) -> None:
        if self.dropped.value:
            file = json.loads(self.dropped.value)
            self._check(file["name"], base64.b64decode(file["content"]))
            self.dropped.value = ""

    def _check(self, name: str, content: bytes) -> None:
        package = self.explorer.package.path
        self.checked.value = _markup(checked_return(name, content, package, self.words))

    def _make_page(self) -> None:
        words = self.words
        self.make.disabled = True
        self.made.value = _markup(piece("paragraph", sentence=words.say("explore_page_making")))
        try:
            path, problem = self.explorer.make_page()
        finally:
            self.make.disabled = False
        said = [words.say("explore_page_made", path=path)] if path else [words.say("explore_page_failed"), problem]
        self.made.value = _markup(together(*(piece("paragraph", sentence=each) for each in said)))


def _output(*shown: str) -> widgets.Output:
    made = widgets.Output()
    made.outputs = tuple(_displayed(each) for each in shown)
    return made


def _show(output: widgets.Output, part: Table | Html) -> None:
    output.outputs = (_displayed(interactive(part) if isinstance(part, Table) else _markup(part)),)


def _displayed(markup: str) -> dict[str, object]:
    return {"output_type": "display_data", "data": {"text/html": markup, "text/plain": ""}, "metadata": {}}


def _markup(part: Shown) -> str:
    return str(part.__html__())


def _titled(title: str, widget: widgets.Widget) -> widgets.VBox:
    return widgets.VBox([widgets.Label(title, style={"font_weight": "bold"}), widget])
