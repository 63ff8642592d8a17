"""Tables that can be sorted and searched without any network, in the reader's language."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from socsvc_analysis.columns import cell_text, values_of
from socsvc_analysis.markup import Table
from socsvc_analysis.wording import Words

ROWS = 10
"""As many as one page of a table shows."""
STYLE = "<style>td.socsvc-address { overflow-wrap: anywhere; min-width: 9em; font-size: 90%; }</style>"
"""An address has no spaces at which a line could end; unbroken, it would push the next columns out of sight."""
GAPS = {"first": "table_first", "previous": "table_previous", "next": "table_next", "last": "table_last"}


@cache
def library() -> str:
    """What a notebook must have shown once before its tables: the library itself, from the package and no server."""
    from itables import options
    from itables.javascript import generate_init_offline_itables_html

    return generate_init_offline_itables_html(options.dt_bundle) + STYLE


def interactive(table: Table) -> str:
    """The table as HTML that a browser makes sortable and searchable; numbers stand as a page says them.

    Without scripts the plain table is what is seen.
    """
    import itables

    itables.options.warn_on_unexpected_option_type = False  # DataTables takes names of pages, which itables doubts
    words = table.words
    columns = {
        each.heading: [cell_text(value, each, words) for value in values_of(table.frame, each)]
        for each in table.columns
    }
    if table.sources:
        columns[words.say("source_column")] = [_numbered(codes, words) for codes in table.frame[table.sources]]
    return itables.to_html_datatable(
        pd.DataFrame(columns),
        connected=False,
        caption=table.caption,
        showIndex=False,
        language=_texts(words),
        pageLength=ROWS,
        layout={"topStart": "pageLength", "topEnd": "search", "bottomStart": "info", "bottomEnd": "paging"},
        classes="display compact",
        display_logo_when_loading=False,
        maxBytes=0,
        columnDefs=_classes(table, columns),
    )


def _classes(table: Table, columns: dict[str, list[str]]) -> list[dict[str, object]]:
    """Numbers stand to the right, and all else to the left; addresses are broken where the line ends."""
    numbers = [at for at, each in enumerate(table.columns) if each.unit != "text"]
    others = [at for at in range(len(columns)) if at not in numbers]
    addresses = [at for at, cells in enumerate(columns.values()) if any("://" in str(cell) for cell in cells)]
    classes = {"dt-right": numbers, "dt-left": others, "socsvc-address": addresses}
    return [{"targets": targets, "className": name} for name, targets in classes.items()]


def _numbered(codes: tuple[str, ...], words: Words) -> str:
    """The sources by the numbers under which the notebook lists them."""
    return " ".join(f"[{number}]" for number in sorted({words.source_number(code) for code in codes}))


def _texts(words: Words) -> dict[str, Any]:
    """What the controls of a table say; itables declares texts alone, though those of paging are a group."""
    return {
        "search": words.say("table_search"),
        "emptyTable": words.say("table_none"),
        "zeroRecords": words.say("table_none"),
        "info": words.say("table_rows"),
        "infoEmpty": words.say("table_none"),
        "infoFiltered": words.say("table_filtered"),
        "lengthMenu": words.say("table_length"),
        "paginate": {name: words.say(key) for name, key in GAPS.items()},
        "thousands": "",
    }
