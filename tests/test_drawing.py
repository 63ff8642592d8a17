"""What pictures are made of: bars, lines, scales, labels and SVG, without any figure of the subject."""

from __future__ import annotations

import pytest
from drawn import plots, trouble_with_words
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib import rcParams
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from socsvc_analysis.drawing.bars import Bar, Bars, Part, ReferenceLine
from socsvc_analysis.drawing.canvas import Box, Canvas
from socsvc_analysis.drawing.fills import Fill
from socsvc_analysis.drawing.labels import LabelSpace
from socsvc_analysis.drawing.letters import text_width, wrapped
from socsvc_analysis.drawing.lines import Level, Lines, Point, Trace
from socsvc_analysis.drawing.panels import Entry, Legend, Note, Panel, compose
from socsvc_analysis.drawing.scales import round_steps, stand_apart, thinned
from socsvc_analysis.drawing.scatter import Curve, Dot, Scatter
from socsvc_analysis.drawing.spans import Span, Spans
from socsvc_analysis.drawing.style import in_house_style
from socsvc_analysis.drawing.svg import contents
from socsvc_analysis.drawing.tiles import Tile, Tiles
from socsvc_analysis.report.pictures import FONT


def test_lines_of_one_look_are_one_path_and_markers_are_written_once() -> None:
    with in_house_style():
        figure = Figure(figsize=(1, 1))
        canvas = Canvas(figure, 72)
        for y in (10, 20):
            canvas.stroke([0, 50], [y, y], color="red")
        for x in (10, 20):
            canvas.stroke([x], [40], marker="s", linestyle="none")
        body, width, height = contents(figure, "lines")
    assert (width, height) == (72, 72)
    assert body.count("M0 10H50M0 20H50") == 1
    assert body.count("<use ") == 2 and body.count("<defs>") == 1


@given(st.text("abcdefghiļmnņoprsštuūvzž ABCDEFĢKMPRTVWY0123456789.,–-„”%()/≥−\xa0fffi", max_size=30), st.booleans())
@example("official offices of the staff", True)
def test_a_text_is_as_wide_as_matplotlib_measures_it(text: str, bold: bool) -> None:
    with in_house_style():
        font = FontProperties(family=FONT, size=rcParams["font.size"], weight="bold" if bold else "normal")
        measured = text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] if text else 0.0
        assert text_width(text, bold) == measured


def test_long_words_are_divided_and_no_break_spaces_hold() -> None:
    with in_house_style():
        lines = wrapped("Dienvidkurzemes novads", 60)
        assert "".join(lines).replace("-", "") == "Dienvidkurzemesnovads"
        assert all(text_width(line) <= 60 for line in lines)
        assert wrapped("no 1\xa0458 vietām", 30)[-2:] != ["1", "458"]


def test_labels_find_a_free_place() -> None:
    with in_house_style():
        figure = Figure(figsize=(3, 2))
        canvas, space = Canvas(figure, 144), LabelSpace(Box(0, 0, 216, 144))
        for _ in range(4):
            space.label(canvas, 100, 70, "4 615")
        assert len(space.words) == 4
        assert not any(a.meets(b) for at, a in enumerate(space.words) for b in space.words[at + 1 :])


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("width", [7.2, 3.4])
def test_every_row_has_its_bar(count: int, width: float) -> None:
    rows = tuple(Bar(f"Dienvidkurzemes novads {at}", (Part(at + 1.0, Fill()),), f"{at + 1}") for at in range(count))
    with in_house_style():
        figure = Figure()
        compose(figure, width, [Legend(()), Bars(rows, (ReferenceLine(1, "plāns"),))])
    lengths = [patch.get_width() for patch in plots(figure)[0].patches]
    assert lengths == [at + 1.0 for at in range(count)]
    assert figure.get_figwidth() == width


def whole(value: float, decimals: int = 0) -> str:
    return f"{value:.{decimals}f}"


PANELS = {
    "bars": Bars((Bar("one", (Part(3.0, Fill()),), "3"), Bar("two", (), "?", outline=5.0), Bar("three", point=2.0))),
    "lines": Lines(
        (Trace((Point(2020.5, 3.0, "3"), Point(2021.5, 4.0, "4"))),), levels=(Level(5.0, "most"),), number=whole
    ),
    "scatter": Scatter(
        (Dot(10.0, 1.0, "a", filled=True), Dot(20.0, 2.0)),
        lambda first, last: (Curve(((first, 1.0), (last, 1.5)), "limit"),),
        1.2,
        "across",
        whole,
        whole,
    ),
    "spans": Spans((Span(2018.0, 2020.0, "first"), Span(2019.2, 2019.2, "second", shape="o", beside=True))),
    "tiles": Tiles((Tile(0, 0, "North", "1", Fill(), "a"), Tile(0, 1, "South", "2", Fill(strength=0.3), "b"))),
    "note": Note("heading", "sentence"),
    "legend": Legend((Entry("bar", Fill()), Entry("line", marker="dashes"), Entry("point", marker="hollow"))),
}


@pytest.mark.parametrize("width", [7.2, 3.4])
@pytest.mark.parametrize("name", PANELS)
def test_a_panel_is_as_tall_as_it_says(name: str, width: float) -> None:
    panel: Panel = PANELS[name]
    with in_house_style():
        figure = Figure()
        compose(figure, width, [panel])
        tall = figure.get_figheight() * 72
        figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in figure.findobj(match=lambda each: hasattr(each, "get_text"))]
        body, *size = contents(figure, name)
        inside = width * 72 - 4
        assert panel.height(inside) == pytest.approx(tall - 8, abs=1)
    assert boxes and all(box.y0 >= -1 and box.y1 <= tall + 1 for box in boxes)
    assert size == [pytest.approx(width * 72), pytest.approx(tall)] and "<text" in body


def test_a_value_lies_where_its_scales_say() -> None:
    with in_house_style():
        canvas = Canvas(Figure(figsize=(3, 2)), 144)
        plot = canvas.plot(Box(20, 10, 120, 60), (2020, 2022), (0, 10))
    assert plot.pixel(2020, 0) == (20, 60) and plot.pixel(2022, 10) == (120, 10) and plot.pixel(2021, 5) == (70, 35)


def test_a_scale_has_whole_steps_where_it_counts() -> None:
    assert round_steps(3, 3, whole=True) == [0.0, 1.0, 2.0, 3.0]
    assert round_steps(0.0, 3) == [0.0]


def test_texts_are_thinned_until_they_stand_apart() -> None:
    with in_house_style():
        years = [(10.0 * at, str(2000 + at)) for at in range(21)]
        first, last = thinned(years), thinned(years, keep_last=True)
        assert stand_apart(first) and stand_apart(last) and not stand_apart(years)
        assert first[0] == years[0] and last[-1] == years[-1] and len(first) > 3
        assert thinned(years[:1]) == years[:1] and thinned([]) == []


def test_a_line_to_compare_with_steps_aside_for_words() -> None:
    rows = (Bar("one", (Part(10.0, Fill()),), "ten and more words"), Bar("two", (Part(30.0, Fill()),), "30"))
    with in_house_style():
        figure = Figure()
        compose(figure, 7.2, [Bars(rows, (ReferenceLine(12.0, "limit"),))])
    dashed = [line for line in plots(figure)[0].lines if line.get_linestyle() == "--"]
    assert len(dashed) > 1 and {x for line in dashed for x in line.get_xdata()} == {12.0}


@pytest.mark.parametrize("width", [7.2, 3.4])
def test_what_is_below_zero_goes_to_the_left_and_its_words_are_whole(width: float) -> None:
    rows = tuple(Bar(f"row {value}", (Part(value, Fill()),), f"{value:.0f} %") for value in (98.0, -42.0, -3.0))
    with in_house_style():
        figure = Figure()
        compose(figure, width, [Bars(rows)])
        assert trouble_with_words(figure) == []
        [plot] = plots(figure)
    lengths = [plot.pixel(patch.get_width(), 0)[0] - plot.pixel(0, 0)[0] for patch in plot.patches]
    assert lengths[0] > 0 > lengths[2] > lengths[1]
    assert plot.pixel(-42.0, 0)[0] > 0


@pytest.mark.parametrize("values", [(4.0, -10.0), (-3.0, -9.0), (3.0, 12.0)])
def test_a_line_that_falls_below_zero_stays_in_its_panel(values: tuple[float, ...]) -> None:
    points = tuple(Point(2020.5 + at, value, whole(value)) for at, value in enumerate(values))
    with in_house_style():
        figure = Figure()
        compose(figure, 3.4, [Lines((Trace(points),), number=whole)])
        assert trouble_with_words(figure) == []
        [plot] = plots(figure)
    assert all(plot.place.top <= plot.pixel(point.at, point.value)[1] <= plot.place.bottom for point in points)
    assert plot.ylim[0] <= min(0.0, *values)
