"""Method notes: every indicator a chapter shows, defined from its registration, and the official terms."""

from __future__ import annotations

from collections.abc import Iterable

from socsvc_analysis.indicators.registry import named
from socsvc_analysis.markup import Column, Html, data_table, escaped
from socsvc_analysis.wording import Words, alphabetical


def glossary(*, words: Words) -> Html:
    """The official terms used on the pages, folded away until wanted."""
    terms = words.tables.glossary
    own, other = ("term_lv", "term_en") if words.language == "lv" else ("term_en", "term_lv")
    ordered = terms.sort_values(own, key=lambda names: names.map(alphabetical))
    columns = (
        Column(own, words.say("glossary_term")),
        Column("abbreviation_lv", words.say("glossary_abbreviation")),
        Column(other, words.say("glossary_other")),
    )
    table = data_table(ordered, columns, words, words.say("glossary_caption"))
    summary = escaped(words.say("glossary_caption"))
    return Html(f'<aside class="method"><details><summary>{summary}</summary>{table}</details></aside>')


def method(indicators: Iterable[str], *, words: Words) -> Html:
    """Definition, numerator, denominator, caveat and source of each indicator.

    An unknown name is an error that names the nearest.
    """
    terms = []
    for name in indicators:
        known = named(name)
        said = [known.definition(words.language), known.caveat(words.language)]
        said.append(words.say("method_numerator", what=known.numerator(words.language)))
        if known.denominators:
            said.append(words.say("method_denominator", what=known.denominator(words.language)))
        source = words.say("method_source", source=known.source) if known.source else words.say("method_own")
        terms.append(
            f"<dt>{escaped(known.title(words.language))}</dt><dd>{escaped(' '.join(said))} "
            f'<span class="method-source">{escaped(source)}</span></dd>'
        )
    return Html(
        f'<aside class="method"><details><summary>{escaped(words.say("method_heading"))}</summary>'
        f"<dl>{''.join(terms)}</dl></details></aside>"
    )
