"""What was not found in the sources is said once in a report, not in a box for each question."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from socsvc_analysis.markup import Html, absent
from socsvc_analysis.report import absences

ABSENT = absent("Vietas & klienti nav publicēti.")
CHART = Html("<figure>12</figure>")


def result(*shown: Html, id: str = "chart") -> NotebookNode:
    return new_code_cell(id=id, outputs=[new_output("display_data", each._repr_mimebundle_()) for each in shown])


def question(name: str = "question") -> NotebookNode:
    return new_markdown_cell("## Cik ir vietu?", id=name)


TITLE, METHOD = new_markdown_cell("# Vietas", id="title"), result(Html("<aside>Kā rēķināts.</aside>"), id="method")


def kept(*cells: NotebookNode) -> tuple[list[str], list[str]]:
    answered, said = absences.without_absent([TITLE, *cells, METHOD])
    return [cell.id for cell in answered], said


def test_a_question_that_nothing_answers_goes_and_its_sentence_stays() -> None:
    assert kept(question(), result(ABSENT)) == (["title", "method"], ["Vietas & klienti nav publicēti."])


def test_of_a_question_answered_in_part_only_the_absent_result_goes() -> None:
    cells = (question(), result(CHART), result(ABSENT, id="table"))
    assert kept(*cells) == (["title", "question", "chart", "method"], ["Vietas & klienti nav publicēti."])


def test_what_is_published_stays_as_it_is() -> None:
    assert kept(question(), result(CHART)) == (["title", "question", "chart", "method"], [])
    # A question in words alone asks for no result.
    assert kept(question()) == (["title", "question", "method"], [])
    # One result that shows a chart beside a sentence is no absence.
    assert kept(question(), result(CHART, ABSENT)) == (["title", "question", "chart", "method"], [])


def test_a_sentence_is_said_once() -> None:
    cells = (question("a"), result(ABSENT), question("b"), result(ABSENT, ABSENT))
    assert kept(*cells) == (["title", "method"], ["Vietas & klienti nav publicēti."])


def test_findings_before_the_first_question_are_no_absence() -> None:
    assert kept(result(ABSENT, id="findings")) == (["title", "findings", "method"], [])
