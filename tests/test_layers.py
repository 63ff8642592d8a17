"""The order of the library: imports point one way, and house rules that a machine can check."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import nbformat
import pytest
from parsed import calls_of, nodes_of, tree_of

import socsvc_analysis
from socsvc_analysis.indicators import REGISTRY

PACKAGE = Path(socsvc_analysis.__file__).parent
NAME = PACKAGE.name
LAYERS = (
    ("periods", "files", "once", "project", "rounding"),
    ("journal", "codes"),
    ("schema",),
    ("parameters",),
    ("sentences",),
    ("statistics",),
    ("tables",),
    ("datapackage",),
    ("descriptor",),
    ("territories",),
    ("reference",),
    ("wording",),
    ("labels",),
    ("disclosure",),
    ("observations",),
    ("publications", "completeness", "dataset"),
    ("indicators",),
    ("columns",),
    ("markup",),
    ("chapter",),
    ("sources",),
    ("spreadsheet",),
    ("intake",),
    ("template",),
    ("drawing",),
    ("sections", "charts"),
    ("exploring",),
    ("report",),
    ("terminal",),
    ("scheduling",),
    ("returns", "delivery", "protecting", "beginning"),
    ("cli",),
    ("__main__",),
)
"""Each may import only those before it; those that share a line do not import each other."""
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}
BANNED = ("utils", "util", "helpers", "common", "core", "manager", "misc", "settings", "base")
MOST_LINES = 420
LONGEST_BODY = 60
"""Lines of a function beside its signature and its docstring, which may be as long as it takes to be understood."""
SHOWN = ("indicators", "drawing", "charts", "sections")
"""What answers a page's question is asked by a notebook, by the library, or by name as a registered indicator."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def dotted(path: Path) -> tuple[str, ...]:
    """The module's parts below the package: () for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Every part of the package that the module imports, wherever in the module: (line, part)."""
    own = dotted(path)
    folder = own if path.name == "__init__.py" else own[:-1]
    for node in nodes_of(path):
        targets: list[tuple[str, ...]] = []
        if isinstance(node, ast.Import):
            targets = [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = (NAME, *folder[: len(folder) - node.level + 1]) if node.level else ()
            module = (*start, *(node.module or "").split(".")) if node.module else start
            targets = [(*module, alias.name) for alias in node.names]
        for target in targets:
            if target[0] == NAME and len(target) > 1 and target[1] in LEVEL:
                yield node.lineno, target[1]


def calls(*methods: str) -> Iterator[tuple[Path, ast.Call]]:
    """Every call of a method of one of these names, with its module."""
    for path in MODULES:
        yield from ((path, call) for call in calls_of(path) if call.func.attr in methods)


def test_every_part_of_the_library_has_its_place() -> None:
    parts = {dotted(path)[0] for path in MODULES if dotted(path)}
    assert parts == set(LEVEL)


def test_the_module_of_every_indicator_is_imported() -> None:
    decorated = {
        node.name
        for path in (PACKAGE / "indicators").glob("*.py")
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(each, ast.Call) and ast.unparse(each.func) == "indicator" for each in node.decorator_list)
    }
    assert decorated == set(REGISTRY), "import the module in socsvc_analysis/indicators/__init__.py"


def test_the_readme_names_every_part_in_the_order_of_the_layers() -> None:
    readme = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    table = readme.partition(f"| in `{NAME}/` |")[2].partition("\n\n")[0]
    rows = [re.findall(r"`([\w.]+)/?`", row.split("|")[1]) for row in table.splitlines() if row.startswith("| `")]
    assert tuple(tuple(each for each in row if each in LEVEL) for row in rows) == LAYERS
    entries = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()} - {"__init__", "__pycache__", "py.typed"}
    assert {each for row in rows for each in row} == entries


def test_imports_point_only_to_what_comes_before() -> None:
    wrong = [
        f"{path}, line {line}: {part}"
        for path in MODULES
        for line, part in imported(path)
        for own in dotted(path)[:1]
        if part != own and LEVEL[part] >= LEVEL[own]
    ]
    assert wrong == []


def test_the_package_itself_imports_nothing() -> None:
    assert list(imported(PACKAGE / "__init__.py")) == []


def test_imports_are_found_however_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "charts" / "probe.py"
    module.parent.mkdir()
    module.write_text(
        f"import {NAME}.cli\n"
        f"from {NAME} import wording, report\n"
        "from .. import sections\n"
        "from ..markup import piece\n"
        "from . import bars\n"
        "def late():\n"
        f"    from {NAME}.report.page import page\n"
        "    import pandas.core.report\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    assert [part for _, part in imported(module)] == [
        "cli",
        "wording",
        "report",
        "sections",
        "markup",
        "charts",
        "report",
    ]


def test_modules_are_named_by_their_subject_and_small() -> None:
    assert [path for path in MODULES if set(dotted(path)) & set(BANNED)] == []
    assert [path for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES] == []


def bodies(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """Each function among the nodes of a module, and how many lines its body has without the docstring."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, node.end_lineno - body[0].lineno + 1 if body else 0


def test_no_function_is_longer_than_a_screen() -> None:
    long = [f"{path}: {name}" for path in MODULES for name, lines in bodies(nodes_of(path)) if lines > LONGEST_BODY]
    assert long == []


def test_a_long_function_is_seen_whatever_its_docstring() -> None:
    long = 'def f(\n    a,\n):\n    """Says.\n\n    More.\n    """\n' + "    a += 1\n" * (LONGEST_BODY + 1)
    assert list(bodies(ast.walk(ast.parse(long)))) == [("f", LONGEST_BODY + 1)]


def test_whatever_computes_or_shows_is_asked_for() -> None:
    asked = set()
    notebooks = sorted((PACKAGE.parent / "notebooks").glob("*.ipynb"))
    cells = [cell.source for path in notebooks for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    for nodes in [*(ast.walk(ast.parse(cell)) for cell in cells), *map(nodes_of, MODULES)]:
        for node in nodes:
            if isinstance(node, ast.Name):
                asked.add(node.id)
            elif isinstance(node, ast.Attribute):
                asked.add(node.attr)
    idle = [
        f"{'.'.join(dotted(path))}.{node.name}"
        for path in MODULES
        if dotted(path)[:1] and dotted(path)[0] in SHOWN
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.name not in asked
        # An indicator is asked for by its name, too.
        and node.name not in REGISTRY
    ]
    assert idle == []


def test_every_module_and_public_function_says_what_it_is() -> None:
    silent = [path for path in MODULES if not ast.get_docstring(tree_of(path))]
    for path in MODULES:
        functions = [node for node in tree_of(path).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        public = [node for node in functions if not node.name.startswith("_")]
        silent += [f"{path}: {node.name}" for node in public if not ast.get_docstring(node)]
    assert silent == []


def test_unknown_is_never_filled_with_zero() -> None:
    for path, call in calls("fillna", "fill_null"):
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        zeros = [each for each in given if isinstance(each, ast.Constant) and each.value in (0, 0.0)]
        assert not zeros, f"{path}, line {call.lineno}"


def test_every_join_says_what_it_expects() -> None:
    for path, call in calls("merge"):
        assert "validate" in {keyword.arg for keyword in call.keywords}, f"{path}, line {call.lineno}"


NO_FRAMES = ("NBSP", "JOINT", "posixpath", "os.path", "os.pathsep", "process")
"""What is joined beside texts: names of texts, paths, and a process that is waited for."""


def joins_frames(call: ast.Call) -> bool:
    """Whether a call of ``join`` is one of pandas, which knows no ``validate`` unless it is asked for it."""
    text = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant | ast.JoinedStr)
    named = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in NO_FRAMES
    return not text and not named and "validate" not in {keyword.arg for keyword in call.keywords}


def test_no_frame_is_joined_without_saying_what_is_expected() -> None:
    assert [f"{path}, line {call.lineno}" for path, call in calls("join") if joins_frames(call)] == []
    for source in ("asked.join(there)", "asked.to_frame('x').join(there.rename('y'), how='left')"):
        assert joins_frames(ast.parse(source, mode="eval").body), source


DAYS = ("day", "last_day", "_end")
"""Columns that hold the last day of a period."""


def by_text_of_period(call: ast.Call) -> bool:
    """Whether a call orders rows by the text of their periods, or takes the largest text for the latest."""
    if call.func.attr == "sort_values":
        by = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "by")]
        names = [each.value for node in by for each in ast.walk(node) if isinstance(each, ast.Constant)]
        return "period" in names and not set(DAYS) & set(names[: names.index("period")])
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if any(ast.unparse(each) in ("('period', 'max')", "('period', 'min')") for each in given):
        return True
    extreme = call.func.attr in ("max", "min") or any(ast.unparse(each) in ("'max'", "'min'") for each in given)
    return extreme and ast.unparse(call.func.value).endswith("['period']")


def test_the_latest_is_what_ends_last_and_not_the_largest_text() -> None:
    asked = calls("sort_values", "max", "min", "transform", "agg")
    wrong = [f"{path}, line {call.lineno}" for path, call in asked if by_text_of_period(call)]
    assert [each for each in wrong if "periods.py" not in each] == []
    for source in (
        "rows.sort_values('period')",
        "rows.sort_values(by=['territory', 'period', 'day'])",
        "rows['period'].max()",
        "rows.groupby(same)['period'].transform('max')",
        "rows.groupby(same).agg(period=('period', 'max'))",
    ):
        assert by_text_of_period(ast.parse(source, mode="eval").body), source
    assert not by_text_of_period(ast.parse("rows.sort_values(['day', 'period'])", mode="eval").body)


DRAWING = sorted((PACKAGE / "drawing").glob("*.py"))


def test_drawing_knows_nothing_of_the_subject() -> None:
    assert DRAWING
    taken = {part for path in DRAWING for _, part in imported(path)}
    assert taken <= {"drawing", "files"}
    libraries = {
        name.partition(".")[0]
        for path in DRAWING
        for node in nodes_of(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert not libraries & {"pandas", "babel"}


def test_no_module_uses_the_global_list_of_figures() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert "pyplot" not in re.sub(r'""".*?"""', "", text, flags=re.DOTALL), path


@pytest.mark.parametrize("path", [*DRAWING, *sorted((PACKAGE / "charts").glob("*.py"))], ids=lambda path: path.name)
def test_colours_stand_only_in_the_style_sheet(path: Path) -> None:
    literals = [node.value for node in nodes_of(path) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text for text in literals if re.search(r"#(?:[0-9a-fA-F]{3,4}){1,2}\b", text)] == []


def test_nothing_is_left_to_do() -> None:
    for path in MODULES:
        assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text(encoding="utf-8")), path
    stubs = [
        f"{path}, line {node.lineno}"
        for path in MODULES
        for node in nodes_of(path)
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.dump(node)
    ]
    assert stubs == []


READERS = ("report/scan.py", "disclosure/markup_reader.py")
"""The wall of the pages, and the gate that reads what is published as readers do: they alone read HTML."""
HEADINGS = ("report/page.py", "_fitting")
"""Where a piece's headings get the level of the page: tags are exchanged, nothing is found out."""
SEARCHES = ("sub", "search", "match", "fullmatch", "findall", "finditer", "compile", "split", "partition", "rpartition",
            "replace", "find", "index", "removeprefix", "removesuffix", "startswith", "endswith", "count")  # fmt: skip
TAG = re.compile(
    r"<!--|</?(a|p|h[1-6]|div|span|section|figure|table|t[rdh]|[uo]l|li|meta|link|main|nav|svg|script|style|html|body)\b"
    r"|<\{|</|href=|&(amp|lt|quot|#)"
)


def reads_html(nodes: Sequence[ast.AST]) -> list[str]:
    """The calls in a module that look for HTML in a text, or take it apart; bytes are workbooks, which are XML."""
    found = [
        ast.unparse(node)
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SEARCHES
        for given in node.args
        if any(
            isinstance(each, ast.Constant) and isinstance(each.value, str) and TAG.search(each.value)
            for each in ast.walk(given)
        )
    ]
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            found += [name for name in names if name.partition(".")[0] in ("html", "html5lib", "lxml", "bs4")]
    return found


def test_html_is_made_and_never_read_back() -> None:
    for path in MODULES:
        name = path.relative_to(PACKAGE).as_posix()
        if name in READERS or name.startswith("drawing/") or name == "charts/vector.py":
            continue  # pictures are SVG, which is written by hand, and escaped by hand
        nodes = nodes_of(path)
        if name == HEADINGS[0]:
            allowed = [
                each
                for part in tree_of(path).body
                if getattr(part, "name", "") == HEADINGS[1]
                for each in ast.walk(part)
            ]
            assert allowed
            nodes = [each for each in nodes if each not in allowed]
        assert reads_html(nodes) == [], name


def test_reading_html_is_seen_however_it_is_done() -> None:
    for source in (
        "import html",
        "from html.parser import HTMLParser",
        're.compile(r\'<meta name="x" content="([^"]*)"\')',
        "page.partition('<!--notice-->')",
        "page.replace('href=\"', '')",
        "re.sub(f'</{tag}>', '', page)",
    ):
        assert reads_html(list(ast.walk(ast.parse(source)))), source
    harmless = ast.parse("'; '.join(x).replace('a', 'b'); re.sub(r'\\s+', ' ', text)")
    assert reads_html(list(ast.walk(harmless))) == []


INTAKE = sorted((PACKAGE / "intake").glob("*.py"))


@pytest.mark.parametrize("path", INTAKE, ids=lambda path: path.name)
def test_a_problem_of_a_received_file_is_a_sentence_of_the_catalogue(path: Path) -> None:
    """No problem is written where it is found: its sentence stands in ``messages/`` in both languages."""
    makers = {"Problem": 1, "refused": 1, "_problem": 0, "_refused": 0, "UnreadableCell": 0}
    written = []
    for node in nodes_of(path):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            said = node.args[makers[name]] if name in makers and len(node.args) > makers[name] else None
            if isinstance(said, ast.Constant | ast.JoinedStr | ast.BinOp):
                written.append(node.lineno)
    assert written == []
