"""Every notebook begins with one check of its parameters, whatever runs it: of their values and of their names."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import papermill
import pytest
from hypothesis import given
from hypothesis import strategies as st
from papermill.exceptions import PapermillExecutionError

from socsvc_analysis.chapter import open_chapter
from socsvc_analysis.parameters import injected
from socsvc_analysis.schema import DataError

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DATA = str(ROOT / "data" / "datapackage.json")
KNOWN = {
    "region": ("riga", "vidzeme", "kurzeme", "zemgale", "latgale", "latvia"),
    "language": ("lv", "en"),
    "audience": ("public", "internal"),
}
SOUND = {"region": "zemgale", "language": "lv", "audience": "public", "data": DATA}


def test_sound_parameters_give_the_data_and_the_words() -> None:
    dataset, words = open_chapter(**SOUND)
    assert len(dataset.figures)
    assert words.language == "lv"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"region": "Zemgale"}, "region: 'Zemgale' is not a known region .*; nearest known: zemgale"),
        ({"region": None}, "region: 'None' is not a known region"),
        ({"language": "de"}, r"language: 'de' is not a known language \(known: lv, en\)"),
        ({"audience": "everyone"}, "audience: 'everyone' is not a known audience"),
        ({"data": "nowhere.json"}, "the data package is not there"),
    ],
)
def test_an_unknown_value_is_said_with_the_known_ones(given: dict[str, object], said: str) -> None:
    with pytest.raises(DataError, match=said):
        open_chapter(**{**SOUND, **given})


@given(
    st.sampled_from(["region", "language", "audience"]),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=9),
        st.lists(st.just("zemgale"), max_size=2),
        st.sampled_from(
            ["Zemgale", "ZEMGALE", " zemgale", "zemgale\n", "zem gale", "LV009", "Zemgales reģions", "lv "]
        ),
    ),
)
def test_any_other_value_of_a_parameter_is_one_sentence_with_its_name(name: str, value: object) -> None:
    if isinstance(value, str) and value in KNOWN[name]:
        return
    with pytest.raises(DataError) as failure:
        open_chapter(**{**SOUND, name: value})
    (problem,) = failure.value.problems
    assert str(problem).startswith(f"{name}: ")
    assert ("is a list; a parameter is" if isinstance(value, list) else f"is not a known {name}") in str(problem)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(DataError) as failure:
        open_chapter(**{**SOUND, "region": "riga ", "language": "de", "audience": "me"})
    assert [each.file for each in failure.value.problems] == ["language", "audience", "region"]


@pytest.mark.parametrize("first", ["# Parameters\n", "# Injected Parameters\n"])
def test_what_others_put_into_a_notebook_is_looked_at(first: str) -> None:
    assert injected(["x = 1", first + 'regoin = "latgale"\nlanguage = "en"\n', "y = 2"]) == ["regoin", "language"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_checks_its_parameters_first(path: Path) -> None:
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert "parameters" in code[0].metadata["tags"]
    statements = [node for node in ast.parse(code[1].source).body if not isinstance(node, ast.Import | ast.ImportFrom)]
    [named] = [each for each in code if each.id == "parameters"]
    parameters = [each.target.id for each in ast.parse(named.source).body]
    opened = "explorer = open_explorer" if path.stem == "explore" else "dataset, words = open_chapter"
    assert ast.unparse(statements[0]) == f"{opened}({', '.join(f'{each}={each}' for each in parameters)})"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine_name", "given", "said"),
    [
        ("nbclient", {"regoin": "latgale"}, "'regoin' is not a known parameter"),
        ("socsvc", {"region": "Latgale"}, "nearest known: latgale"),
    ],
)
def test_papermill_stops_at_a_misspelt_parameter_with_a_sentence(
    engine_name: str, given: dict, said: str, engine: str, tmp_path: Path
) -> None:
    with pytest.raises(PapermillExecutionError) as failure:
        papermill.execute_notebook(
            str(ROOT / "notebooks" / "changes.ipynb"), str(tmp_path / "out.ipynb"), {"data": DATA, **given},
            progress_bar=False, log_output=False, engine_name=engine_name,
        )  # fmt: skip
    assert said in str(failure.value)
    assert "dataset.py" not in str(failure.value)
