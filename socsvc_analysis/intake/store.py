"""Taking a received file into the data package: figures, raw file, log and descriptor change together or not at all."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from socsvc_analysis import journal, tables
from socsvc_analysis.datapackage import Package, cells, described_anew, descriptor_bytes, open_package
from socsvc_analysis.intake import letter
from socsvc_analysis.intake.outcome import ImportReport, refused, reported
from socsvc_analysis.intake.personal import PersonalData, masked
from socsvc_analysis.intake.reading import read_tables
from socsvc_analysis.intake.result import ImportResult
from socsvc_analysis.intake.rules import Refused, apply_rules
from socsvc_analysis.observations import open_observations
from socsvc_analysis.reference import open_reference
from socsvc_analysis.schema import DataError, Problem, unknown_references
from socsvc_analysis.sentences import Sentence as sentence

RECEIVED = {"restricted": "received", "open": "received_open"}
"""The resource that holds the figures of files of each access."""
SIGNS = '",\r\n'
"""Signs with a meaning in CSV."""
SUBJECT = ("measure", "territory", "provider", "programme", "service_type", "target_group", "period", "kind", "version")


def import_file(
    path: str | Path,
    package_path: str | Path,
    *,
    output: Path,
    access: str = "restricted",
    dry_run: bool = False,
    today: dt.date,
) -> ImportReport:
    """Take the file at ``path`` into the package at ``package_path``; rejected rows go to ``output/import/<file>``.

    A file that was imported before changes nothing; a number that an earlier file gave otherwise is replaced, and the
    change recorded.  Raises :class:`~socsvc_analysis.journal.Busy` when another import is going, and
    :class:`~socsvc_analysis.schema.DataError` when the package itself is broken; what is wrong with the file is in the
    report.
    """
    path = Path(path)
    package = open_package(package_path)
    if not path.is_file():
        said = sentence("refusal_folder" if path.is_dir() else "refusal_no_file")
        return refused(path, [Problem(masked(path.name), said)], None, None)
    if dry_run:
        return _imported(path, package, output, access, today, dry_run=True)
    with journal.changing(package.path.parent):
        return _imported(path, open_package(package.path), output, access, today, dry_run=False)


def _imported(path: Path, package: Package, output: Path, access: str, today: dt.date, dry_run: bool) -> ImportReport:
    folder = package.path.parent
    reference = open_reference(package)
    try:
        content = path.read_bytes()
    except OSError as failure:
        problem = Problem(masked(path.name), sentence("refusal_not_opened", failure=failure.strerror or failure))
        return refused(path, [problem], None, None)
    sha256 = hashlib.sha256(content).hexdigest()
    letters = None if dry_run else output / "import" / _safe(path.name)
    try:
        read = read_tables(path, reference, folder, content)
        figures = open_observations(package, reference)
        result = apply_rules(read, reference, figures, today, sha256=sha256)
    except Refused as failure:
        return refused(path, failure.problems, failure.result, letters)
    except PersonalData as failure:
        return refused(path, failure.problems, None, None)
    except DataError as failure:
        return refused(path, failure.problems, None, letters)
    except Exception as failure:  # a fault of this program must not stop the import of the other files
        said = sentence("refusal_fault", failure=type(failure).__name__)
        return refused(path, [Problem(masked(path.name), said)], None, None)
    source = next((table.source for table in read if table.source), "") or f"return_{sha256[:8]}"
    change = _Change(package, path.name, content, sha256, source, access, today, result)
    before = reference.received_files[reference.received_files["sha256"] == sha256]
    unchanged = len(before) > 0 and not change.added and not change.replaced
    if not dry_run and not unchanged:
        journal.switch(folder, change.contents())
    if not dry_run and result.rows_rejected:
        letter.write(letters, path.name, result.rejected.frame, result.rows_in)
    elif not dry_run:
        letter.remove(letters)
    since = str(before["imported"].iloc[0]) if unchanged else ""
    return reported(path, result, change.replaced, letters if result.rows_rejected else None, dry_run, since)


class _Change:
    """What an import changes in the package: the figures that are new, and those that they take the place of."""

    def __init__(
        self,
        package: Package,
        file: str,
        content: bytes,
        sha256: str,
        source: str,
        access: str,
        today: dt.date,
        result: ImportResult,
    ) -> None:
        self.package = package
        self.folder = package.path.parent
        self.file = file
        self.content = content
        self.sha256 = sha256
        self.source = source
        self.access = access
        self.today = today.isoformat()
        self.prefix = f"R-{sha256[:8]}-"
        self.raw = f"{tables.RAW_FOLDER}{source}/{sha256[:8]}-{_safe(file)}"
        self.rows = {name: self._rows(name) for name in (*RECEIVED.values(), "received_files", "revisions", "sources")}
        self.result = result
        self.earlier = pd.concat([self.rows[resource] for resource in RECEIVED.values()], ignore_index=True)
        self.figures = self._figures(result.accepted)
        # A figure that says what an earlier file said already stays the earlier one's.
        former = _last_alike(self.figures, self.earlier)
        known = np.flatnonzero(former >= 0)
        self.taken = former < 0
        for name in ("value", "status"):
            said = self.earlier[name].to_numpy(object)[former[known]]
            self.taken[known] |= said != self.figures[name].to_numpy(object)[known]
        self.former = former[self.taken]  # of those that are taken: where the earlier one is; -1: there is none
        self.withdrawn = self._withdrawn()

    @property
    def added(self) -> int:
        """How many figures are new."""
        return int((self.former < 0).sum())

    @property
    def replaced(self) -> int:
        """How many earlier figures get another number or go."""
        return int((self.former >= 0).sum() + self.withdrawn.sum())

    def _rows(self, name: str) -> pd.DataFrame:
        path = self.package.file(name)
        return cells((self.folder / path).read_bytes(), path)

    def _withdrawn(self) -> np.ndarray:
        """What an earlier file of the same name said and this one, a corrected return, no longer says.

        Only of the municipalities and periods that it speaks of, and only where every row of it could be used: a row
        that was rejected may be the one that corrects the figure.  One answer for each earlier figure.
        """
        files = self.rows["received_files"]
        former = {f"R-{sha256[:8]}" for sha256 in files["sha256"][files["file"] == self.file]}
        former.discard(self.prefix.removesuffix("-"))
        if self.result.rows_rejected or not former:
            return np.zeros(len(self.earlier), dtype=bool)
        corrected = self.earlier["id"].str.rpartition("-")[0].isin(former).to_numpy()
        spoken_of = _last_alike(self.earlier, self.figures, ("territory", "period")) >= 0
        return corrected & spoken_of & (_last_alike(self.earlier, self.figures) < 0)

    def _take(self) -> None:
        """Put the figures that were compared in place of the earlier ones, and record what was replaced."""
        mine = self.earlier["id"][self.earlier["id"].str.startswith(self.prefix)]
        number = max((int(each.rpartition("-")[2]) for each in mine), default=0)
        new = self.figures[self.taken]
        new = new.assign(id=[f"{self.prefix}{each}" for each in range(number + 1, number + 1 + len(new))])
        replaced = self.former >= 0
        gone = self.earlier[self.withdrawn]
        self._revise(new[replaced], self.earlier.iloc[self.former[replaced]])
        self._revise(gone.assign(id=f"{self.prefix}0", value="", source=self.source), gone)
        kept = ~self.withdrawn
        kept[self.former[replaced]] = False
        for resource in RECEIVED.values():
            mine, kept = kept[: len(self.rows[resource])], kept[len(self.rows[resource]) :]
            self.rows[resource] = self.rows[resource][mine].reset_index(drop=True)
        self._add(RECEIVED[self.access], new)

    def _figures(self, accepted: pd.DataFrame) -> pd.DataFrame:
        """The accepted figures as rows of observations; they get their names when they are taken."""
        codes, values = pd.factorize(accepted["value"])
        texts = np.array([*map(_number, values), ""], dtype=object)  # the last one where there is no number
        said = {name: accepted[name] for name in tables.OBSERVATIONS.columns if name in accepted}
        said |= {"id": "", "value": texts[codes], "source": self.source, "evidence": "received"}
        return pd.DataFrame(said, index=accepted.index)[list(tables.OBSERVATIONS.columns)].astype(str)

    def _add(self, name: str, rows: pd.DataFrame) -> None:
        self.rows[name] = pd.concat([self.rows[name], rows], ignore_index=True) if len(rows) else self.rows[name]

    def _revise(self, rows: pd.DataFrame, former: pd.DataFrame) -> None:
        """Record that each of ``rows`` takes the place of the one of ``former`` beside it."""
        same = ("measure", "territory", "service_type", "target_group", "period", "kind")
        rows, former = rows.reset_index(drop=True), former.reset_index(drop=True)
        said = {
            "id": rows["id"],
            "replaced": former["id"],
            **{name: rows[name] for name in same},
            "value_before": former["value"],
            "value_after": rows["value"],
            "source_before": former["source"],
            "source_after": rows["source"],
            "date": self.today,
        }
        self._add("revisions", pd.DataFrame(said, index=rows.index))

    def contents(self) -> dict[str, bytes]:
        """Every changed file with its new bytes, the descriptor last."""
        self._take()
        files = self.rows["received_files"]
        self.rows["received_files"] = files[files["sha256"] != self.sha256]
        received = {
            "sha256": self.sha256,
            "file": self.file,
            "imported": self.today,
            "source": self.source,
            "access": self.access,
            "rows_in": str(self.result.rows_in),
            "accepted": str(self.result.rows_accepted),
            "rejected": str(self.result.rows_rejected),
            "duplicates": str(self.result.rows_duplicate),
            "raw": self.raw,
        }
        self._add("received_files", pd.DataFrame([received]))
        if not self.rows["sources"]["source"].eq(self.source).any():
            source = {
                **dict.fromkeys(tables.contract_for("sources").columns, ""),
                "source": self.source,
                "title": self.file,
                "lang": "lv",
                "url_status": "received",
                "published_approximate": "no",
                "licence": "not stated",
                "retrieved": self.today,
            }
            self._add("sources", pd.DataFrame([source]))
        changed = {
            self.package.file(name): _csv(tables.contract_for(name).columns, rows) for name, rows in self.rows.items()
        }
        changed[self.raw] = self.content
        # The figures were made here from codes: their bytes need not be read again to see that they keep the contract.
        figures = {self.package.file(resource): self.rows[resource] for resource in RECEIVED.values()}
        descriptor = self.package.descriptor
        others = [each for each in descriptor["resources"] if each["path"] != self.raw]
        described = {**descriptor, "resources": [*others, self._raw_resource()]}
        return {**changed, self.package.path.name: descriptor_bytes(described_anew(described, changed, rows=figures))}

    def _raw_resource(self) -> dict[str, object]:
        return {
            "name": f"raw-{self.sha256[:8]}",
            "path": self.raw,
            "title": f"{self.file}, as received",
            "sources": [{"title": self.source}],
            "licenses": [{"name": "other-closed", "title": "As the sender allows"}],
            "retrieved": self.today,
            "access": self.access,
        }


def keep_observations(
    package_path: str | Path, resource: str, figures: pd.DataFrame, sources: Iterable[Mapping[str, str]]
) -> int:
    """Put observations that were fetched into ``resource``, each in the place of the one with its id.

    ``sources`` are the rows of ``sources`` that they name.  What ``resource`` has of these sources and they no longer
    say goes: a figure must not cite an answer that does not have it.  Snapshots keep what was said before.  Returns how
    many were new, have changed or are gone.  Raises :class:`~socsvc_analysis.schema.DataError`, and changes nothing,
    when the figures name something that the package does not have.
    """
    with journal.changing(open_package(package_path).path.parent):
        package = open_package(package_path)
        folder = package.path.parent
        changed: dict[str, bytes] = {}
        count = 0
        coming = [
            {name: _number(row[name]) if name == "value" else row[name] for name in tables.OBSERVATIONS.columns}
            for row in figures.to_dict("records")
        ]
        cited = list(sources)
        whose = {row["source"] for row in cited}
        known = open_reference(package).known()
        known["sources.source"] = pd.concat([known["sources.source"], pd.Series(sorted(whose), dtype=object)])
        naming = [each.name for each in tables.OBSERVATIONS.fields if each.refers_to]
        strange = unknown_references(
            figures.drop_duplicates(naming), tables.OBSERVATIONS, known, package.file(resource)
        )
        if strange:
            raise DataError(strange)
        for name, rows, key in ((resource, coming, "id"), ("sources", cited, "source")):
            path = package.file(name)
            kept = {row[key]: row for row in cells((folder / path).read_bytes(), path).to_dict("records")}
            new = {row[key]: row for row in rows if kept.get(row[key]) != row}
            said = {row[key] for row in rows}
            gone = [each for each, row in kept.items() if row["source"] in whose and each not in said]
            if new or gone:
                kept = {each: row for each, row in (kept | new).items() if each not in gone}
                columns = tables.contract_for(name).columns
                texts = [[row.get(name) or "" for name in columns] for row in kept.values()]
                changed[path] = _csv(columns, pd.DataFrame(texts, columns=list(columns), dtype=str))
                count += len(new) + len(gone) if name == resource else 0
        if changed:
            changed[package.path.name] = descriptor_bytes(described_anew(package.descriptor, changed))
            journal.switch(folder, changed)
    return count


def _last_alike(rows: pd.DataFrame, known: pd.DataFrame, columns: tuple[str, ...] = SUBJECT) -> np.ndarray:
    """For each of ``rows`` the position of the last of ``known`` with the same texts in ``columns``; -1: there is none.

    >>> known = pd.DataFrame({"place": ["a", "b", "a"]})
    >>> _last_alike(pd.DataFrame({"place": ["a", "c"]}), known, ("place",)).tolist()
    [2, -1]
    """
    if rows.empty or known.empty:
        return np.full(len(rows), -1)
    key = np.zeros(len(rows) + len(known), dtype=np.int64)
    for name in columns:
        codes, words = pd.factorize(np.concatenate([each[name].to_numpy(object) for each in (rows, known)]))
        key = pd.factorize(key * len(words) + codes)[0]
    last = np.full(key.max() + 1, -1)
    last[key[len(rows) :]] = np.arange(len(known))  # of equal keys the last one written stays
    return last[key[: len(rows)]]


def _csv(columns: Iterable[str], rows: pd.DataFrame) -> bytes:
    """Texts as the csv module writes them."""
    written = [_quoted([name, *rows[name].tolist()]) for name in columns]
    return ("\n".join(map(",".join, zip(*written, strict=True))) + "\n").encode()


def _quoted(texts: list[str]) -> list[str]:
    """Each text in quotation marks where it needs them."""
    different = set(texts)
    together = "".join(different)
    if not any(sign in together for sign in SIGNS):
        return texts
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    quoted = {}
    for each in different:
        if not any(sign in each for sign in SIGNS):
            continue
        made.seek(0)
        made.truncate()
        writer.writerow([each])
        quoted[each] = made.getvalue().removesuffix("\n")
    return [quoted.get(each, each) for each in texts]


def _number(value: float) -> str:
    """A number as the data files write it: no decimals where there are none, empty where it is unknown."""
    if pd.isna(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _safe(name: str) -> str:
    """A file name that is one on every system.

    >>> _safe("Atskaite 2025 (Bauska).xlsx"), _safe("../../etc/passwd")
    ('Atskaite_2025_Bauska_.xlsx', 'etc_passwd')
    """
    return re.sub(r"[^\w.-]+", "_", name).strip("._-") or "file"
