"""Notebooks ask, compute in plain sight, draw and explain; no results in the file, no numbers in prose."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from socsvc_analysis.indicators import REGISTRY
from socsvc_analysis.report.chapters import find_chapters

FOLDER = Path(__file__).parents[1] / "notebooks"
CHAPTERS = find_chapters(FOLDER)
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
WORDS = re.compile(r"[a-z]+(-[a-z]+)*")
MEASURE_OF_A_FUND = re.compile(r"\b\d(\.\d)+\.?")  # 9.2.2.1. is a name, not a number
LONGEST_PROSE = 80
LONGEST_INTRODUCTION = 3
MOST_LINES = 6
"""As many lines of analysis as a question has beside its chart."""
HIDDEN = "hide-from-page"
"""The tag of a cell that shows a frame to whoever opens the notebook, and is on no page."""
NOT_ALLOWED = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.For, ast.While, ast.With, ast.Try, ast.If),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr),
)
"""What hides an analysis from who reads a notebook from top to bottom: it belongs into the library."""
CODE = re.compile(r"[\w./-]*")
"""A text in a cell is a code or a column, and no wording, HTML or styling."""
PARAMETERS = {"region": "str", "language": "str", "audience": "str", "data": "str"}

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
every_chapter = pytest.mark.parametrize("path", [chapter.path for chapter in CHAPTERS], ids=lambda path: path.stem)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def not_allowed(source: str) -> list[str]:
    """What a cell may not hold, by line."""
    return [
        f"line {node.lineno}: {type(node).__name__}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, NOT_ALLOWED)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str) and not CODE.fullmatch(node.value))
    ]


def is_hidden(cell: NotebookNode) -> bool:
    return HIDDEN in cell.metadata.get("tags", [])


def names(source: str, context: type[ast.expr_context]) -> set[str]:
    """The names that a cell sets (``ast.Store``) or uses (``ast.Load``)."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    return {node.id for node in found if isinstance(node.ctx, context)}


def test_the_chapters_are_there_in_reading_order() -> None:
    order = ["summary", "programmes", "capacity", "clients", "progress", "municipalities", "quality"]
    assert [chapter.name for chapter in CHAPTERS][:7] == order


def test_only_the_summary_is_the_brief() -> None:
    documents = {path.stem: read(path).metadata.get("socsvc", {}).get("document", "report") for path in NOTEBOOKS}
    assert [name for name, document in documents.items() if document == "brief"] == ["summary"]


@every_notebook
def test_no_results_are_kept(path: Path) -> None:
    for cell in code(read(path)):
        assert cell.outputs == [], cell.id
        assert cell.execution_count is None, cell.id


@every_notebook
def test_the_file_is_valid_and_names_its_kernel(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.nbformat == 4
    assert notebook.nbformat_minor >= 5
    assert notebook.metadata.kernelspec.name == "python3"


@every_notebook
def test_cell_ids_are_words(path: Path) -> None:
    for cell in read(path).cells:
        assert WORDS.fullmatch(cell.id), cell.id


@every_chapter
def test_cells_hold_plain_steps_and_no_wording(path: Path) -> None:
    for cell in code(read(path)):
        assert not_allowed(cell.source) == [], cell.id


def test_the_test_itself_sees_definitions_loops_and_wording() -> None:
    for source in (
        "def f(): pass",
        "for x in y: x",
        "[x for x in y]",
        "f(lambda: 1)",
        "f'{a}'",
        "f('Cik vietu')",
        "f('<b>')",
        "f('color:red')",
    ):
        assert not_allowed(source), source
    assert not_allowed('import a.b\nhere = x[x["region"] == region]\nhere["value"].sum() / 2\na.f(here).g()') == []


@every_chapter
def test_the_setup_opens_the_chapter_and_computes_nothing(path: Path) -> None:
    [setup] = [cell for cell in code(read(path)) if cell.id == "setup"]
    imported = {
        alias.asname or alias.name
        for node in ast.parse(setup.source).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    imported -= {"open_chapter", "region_code", "COUNTRY_REGION"}
    assert names(setup.source, ast.Load).isdisjoint(imported)


@every_chapter
def test_whatever_a_cell_computes_is_shown(path: Path) -> None:
    cells = [cell for cell in code(read(path)) if cell.id != "parameters"]
    for at, cell in enumerate(cells):
        later = set().union(*(names(each.source, ast.Load) for each in cells[at:]))
        assert names(cell.source, ast.Store) <= later, cell.id


@every_chapter
def test_a_frame_is_shown_to_whoever_opens_the_notebook_before_it_is_drawn(path: Path) -> None:
    cells = code(read(path))
    for cell, following in pairwise(cells):
        if is_hidden(cell):
            shown = ast.parse(cell.source).body[-1]
            assert isinstance(shown, ast.Expr) and isinstance(shown.value, ast.Name), cell.id
            assert cell.id.endswith("-values") and not is_hidden(following), cell.id
            assert shown.value.id in names(following.source, ast.Load), cell.id
            assert following.id.split("-")[0] == cell.id.split("-")[0], cell.id


@every_chapter
def test_the_parameters_are_literals_that_explain_themselves(path: Path) -> None:
    tagged = [cell for cell in code(read(path)) if "parameters" in cell.metadata.get("tags", [])]
    assert [cell.id for cell in tagged] == ["parameters"]
    lines = tagged[0].source.splitlines()
    assigned = ast.parse(tagged[0].source).body
    assert len(lines) == len(assigned)
    assert {each.target.id: ast.unparse(each.annotation) for each in assigned} == PARAMETERS
    assert all(isinstance(each.value, ast.Constant) for each in assigned)
    assert all("  # " in line for line in lines)


@every_chapter
def test_the_cells_are_in_their_order(path: Path) -> None:
    notebook = read(path)
    assert notebook.cells[0].id == "title-lv"
    assert notebook.cells[1].id == "title-en"
    ids = [cell.id for cell in code(notebook)]
    assert ids[:2] == ["parameters", "setup"]
    assert ids[-1] == "method"
    assert "findings" in ids


@every_chapter
def test_a_few_lines_compute_and_one_call_shows(path: Path) -> None:
    for cell in code(read(path)):
        if cell.id not in ("parameters", "setup"):
            *computed, shown = ast.parse(cell.source).body
            assert isinstance(shown, ast.Expr), cell.id
            # What a later cell needs is shown by its name.
            assert all(isinstance(each, ast.Assign) for each in computed), cell.id
            named = {ast.unparse(target): each.value for each in computed for target in each.targets}
            call = named.get(ast.unparse(shown.value), shown.value)
            assert isinstance(call, ast.Call) or is_hidden(cell), cell.id
            assert len(computed) < MOST_LINES, cell.id


@every_chapter
def test_every_question_is_answered(path: Path) -> None:
    cells = read(path).cells
    for cell, following in pairwise(cells):
        if cell.id.endswith("-question-en"):
            topic = cell.id.removesuffix("-question-en")
            assert following.cell_type == "code", cell.id
            assert following.id.startswith(f"{topic}-"), following.id


@every_chapter
def test_prose_is_in_both_languages_side_by_side(path: Path) -> None:
    texts = prose(read(path))
    assert len(texts) % 2 == 0
    for latvian, english in zip(texts[::2], texts[1::2], strict=True):
        assert latvian.metadata.tags == ["lv"], latvian.id
        assert english.metadata.tags == ["en"], english.id
        assert latvian.id.removesuffix("-lv") == english.id.removesuffix("-en")
        heading = re.compile(r"^#+ ", re.MULTILINE)
        assert heading.findall(latvian.source) == heading.findall(english.source), latvian.id
    order = [cell.id for cell in read(path).cells]
    for cell in texts[::2]:
        assert order[order.index(cell.id) + 1] == cell.id.removesuffix("-lv") + "-en"


@every_chapter
def test_prose_is_short_and_holds_no_numbers(path: Path) -> None:
    for cell in prose(read(path)):
        body = re.sub(r"^#+ .*$", "", cell.source, flags=re.MULTILINE)
        assert not re.search(r"\d", MEASURE_OF_A_FUND.sub("", cell.source)), cell.id
        assert len(body.split()) <= LONGEST_PROSE, cell.id
        if cell.id.startswith("title-"):
            assert len(re.findall(r"[.!?](?:\s|$)", body)) <= LONGEST_INTRODUCTION, cell.id


@every_chapter
def test_headings_are_a_title_and_questions(path: Path) -> None:
    for cell in prose(read(path)):
        levels = re.findall(r"^(#+) ", cell.source, re.MULTILINE)
        if cell.id.startswith("title-"):
            assert levels == ["#"], cell.id
        elif "-question-" in cell.id:
            assert levels == ["##"], cell.id
        else:
            assert levels == [], cell.id


@every_chapter
def test_every_indicator_that_a_chapter_shows_is_defined_in_its_method_note(path: Path) -> None:
    called, defined = set(), set()
    for cell in code(read(path)):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called |= {node.func.attr} & set(REGISTRY)
            if isinstance(node, ast.Constant) and cell.id == "method":
                defined.add(node.value)
    assert called <= defined
    assert defined <= set(REGISTRY)


@every_chapter
def test_a_method_note_defines_nothing_twice(path: Path) -> None:
    asked = [
        node.value
        for cell in code(read(path))
        if cell.id == "method"
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Constant)
    ]
    assert sorted(asked) == sorted(set(asked))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_are_written_as_jupyterlab_writes_them(path: Path) -> None:
    """A notebook that was only opened and saved is then no change for git."""
    assert path.read_text(encoding="utf-8") == nbformat.writes(read(path)) + "\n"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_what_jupyterlab_saves_never_reaches_git(tmp_path: Path) -> None:
    """``make lab`` includes .gitconfig in the settings of the clone: results and traces of a run are left out."""

    def git(*asked: str) -> str:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        return subprocess.run(
            ["git", *identity, *asked], cwd=clone, capture_output=True, text=True, check=True
        ).stdout  # fmt: skip

    origin, clone = tmp_path / "origin", tmp_path / "clone"
    clone = origin
    (origin / "notebooks").mkdir(parents=True)
    for name in (".gitattributes", ".gitconfig", "notebooks/explore.ipynb"):
        shutil.copy(FOLDER.parent / name, origin / name)
    git("init", "-q", "-b", "main")
    git("add", ".gitattributes", ".gitconfig", "notebooks")
    git("commit", "-q", "-m", "as it is")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(origin), str(clone)], check=True)
    (clone / ".venv").symlink_to(sys.prefix)
    (clone / ".git" / "info" / "exclude").write_text(".venv\n")
    git("config", "--local", "include.path", "../.gitconfig")
    path = clone / "notebooks" / "explore.ipynb"
    notebook = read(path)
    notebook.metadata["widgets"] = {"state": {}}
    notebook.metadata.language_info.update(version="3.13.1", file_extension=".py", mimetype="text/x-python")
    for at, cell in enumerate(code(notebook)):
        cell.execution_count = at + 1
        cell.metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="a secret number: 3")]
    nbformat.write(notebook, path)
    git("add", "-A")
    assert git("diff", "--cached") == ""
    assert git("status", "--porcelain") == ""
    code(notebook)[-1].source += "  # changed"
    nbformat.write(notebook, path)
    git("add", "-A")
    changed = [line for line in git("diff", "--cached", "-U0").splitlines() if re.match(r"[+-][^+-]", line)]
    assert [line[0] for line in changed] == ["-", "+"]
    assert "# changed" in changed[1]
    git("checkout", "-q", "HEAD", "--", "notebooks")  # as a pull does, git writes a notebook
    assert path.read_bytes() == (origin / "notebooks" / "explore.ipynb").read_bytes()


def test_make_lab_keeps_results_out_of_git_and_passes_on_what_it_is_given() -> None:
    root = FOLDER.parent
    said = subprocess.run(
        ["make", "-n", "lab", "ARGS=--port=9000"], cwd=root, capture_output=True, text=True, check=True
    )
    assert "git config --local include.path ../.gitconfig" in said.stdout
    assert "--port=9000" in said.stdout
    listed = subprocess.run(["make", "-s", "help"], cwd=root, capture_output=True, text=True, check=True).stdout
    targets = re.search(r"^\.PHONY: (.*)$", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split()
    assert {line.split()[1] for line in listed.splitlines()} == set(targets)
