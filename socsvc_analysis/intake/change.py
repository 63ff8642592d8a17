"""What an import changes in the data package: figures, raw file, log and descriptor, as bytes of files."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from socsvc_analysis import tables
from socsvc_analysis.datapackage import Package, cells, number_text
from socsvc_analysis.descriptor import described_anew
from socsvc_analysis.files import csv_bytes, json_bytes, sha256
from socsvc_analysis.intake.result import ImportResult
from socsvc_analysis.schema import DataError, Problem
from socsvc_analysis.sentences import Sentence as sentence

RECEIVED = {"restricted": "received", "open": "received_open"}
"""The resource that holds the figures of files of each access."""
SUBJECT = ("measure", "territory", "provider", "programme", "service_type", "target_group", "period", "kind", "version")
LONGEST_NAME = 120
"""Bytes of the name under which a received file is kept; systems allow 255 for a name with all that is put before."""


@dataclass(frozen=True)
class ReceivedFile:
    """A file as it came, and what the person who imports it says of it."""

    name: str
    content: bytes
    sender: str  # a mark of the folder it came from
    access: str = "restricted"
    replaces: str = ""  # name of the earlier file whose place it takes
    adds: bool = False  # whether it takes nobody's place

    @cached_property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return sha256(self.content)


class Change:
    """The changes of an import to the package: new figures, and earlier figures that they replace."""

    def __init__(
        self, package: Package, received: ReceivedFile, source: str, today: dt.date, result: ImportResult
    ) -> None:
        self.package = package
        self.folder = package.path.parent
        self.received = received
        self.source = source
        self.today = today.isoformat()
        self.prefix = f"R-{received.sha256[:8]}-"
        self.raw = f"{tables.RAW_FOLDER}{source}/{received.sha256[:8]}-{short_name(received.name)}"
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
        self.withdrawn = self._unsaid(self._former())

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

    def refuse_unclear(self) -> None:
        """Raise :class:`DataError` where nobody can tell whether the file corrects one of its name from elsewhere."""
        if self.received.replaces or self.received.adds:
            return
        files = self.rows["received_files"]
        elsewhere = files[(files["file"] == self.received.name) & (files["sender"] != self.received.sender)]
        for row in elsewhere.to_dict("records"):
            count = int((self._unsaid({row["sha256"]}) & ~self.withdrawn).sum())
            if count:
                said = sentence("refusal_which_file", date=row["imported"], count=count, name=self.received.name)
                raise DataError([Problem(self.received.name, said)])

    def _former(self) -> set[str]:
        """The hashes of the earlier files whose place this one takes."""
        files = self.rows["received_files"]
        if self.received.adds:
            return set()
        if self.received.replaces:
            return set(files["sha256"][files["file"] == self.received.replaces])
        return set(files["sha256"][(files["file"] == self.received.name) & (files["sender"] == self.received.sender)])

    def _unsaid(self, former: set[str]) -> np.ndarray:
        """What earlier files said and this one, a corrected return, no longer says: one answer for each figure.

        Only of the municipalities and periods that it speaks of, and only where every row of it could be used: a row
        that was rejected may be the one that corrects the figure.
        """
        former = {f"R-{sha256[:8]}" for sha256 in former} - {self.prefix.removesuffix("-")}
        if self.result.rows_rejected or not former:
            return np.zeros(len(self.earlier), dtype=bool)
        corrected = self.earlier["id"].str.rpartition("-")[0].isin(former).to_numpy()
        spoken_of = _last_alike(self.earlier, self.figures, ("territory", "period")) >= 0
        return corrected & spoken_of & (_last_alike(self.earlier, self.figures) < 0)

    def _take(self) -> None:
        """Replace earlier figures by the new ones, and record what was replaced."""
        mine = self.earlier["id"][self.earlier["id"].str.startswith(self.prefix)]
        number = max((int(each.rpartition("-")[2]) for each in mine), default=0)
        new = self.figures[self.taken]
        new = new.assign(id=[f"{self.prefix}{each}" for each in range(number + 1, number + 1 + len(new))])
        replaced = self.former >= 0
        gone = self.earlier[self.withdrawn]
        self._revise(new[replaced], self.earlier.iloc[self.former[replaced]])
        self._revise(gone.assign(id=f"{self.prefix}0", value="", source=self.source), gone)
        kept = np.asarray(~self.withdrawn)
        kept[self.former[replaced]] = False
        for resource in RECEIVED.values():
            staying, kept = kept[: len(self.rows[resource])], kept[len(self.rows[resource]) :]
            self.rows[resource] = self.rows[resource][staying].reset_index(drop=True)
        self._add(RECEIVED[self.received.access], new)

    def _figures(self, accepted: pd.DataFrame) -> pd.DataFrame:
        """The accepted figures as rows of observations; they get their names when they are taken."""
        codes, values = pd.factorize(accepted["value"])
        texts = np.array([*map(number_text, values), ""], dtype=object)  # the last one where there is no number
        said: dict[str, pd.Series | np.ndarray | str] = {
            name: accepted[name] for name in tables.OBSERVATIONS.columns if name in accepted
        }
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
        self.rows["received_files"] = files[files["sha256"] != self.received.sha256]
        received = {
            "sha256": self.received.sha256,
            "file": self.received.name,
            "sender": self.received.sender,
            "imported": self.today,
            "source": self.source,
            "access": self.received.access,
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
                "title": self.received.name,
                "lang": "lv",
                "url_status": "received",
                "published_approximate": "no",
                "licence": "not stated",
                "retrieved": self.today,
            }
            self._add("sources", pd.DataFrame([source]))
        changed = {
            self.package.file(name): as_csv(rows, tables.contract_for(name).columns) for name, rows in self.rows.items()
        }
        changed[self.raw] = self.received.content
        # The figures were made here from codes: their bytes need not be read again to see that they keep the contract.
        figures = {self.package.file(resource): self.rows[resource] for resource in RECEIVED.values()}
        descriptor = self.package.descriptor
        others = [each for each in descriptor["resources"] if each["path"] != self.raw]
        described = {**descriptor, "resources": [*others, self._raw_resource()]}
        return {**changed, self.package.path.name: json_bytes(described_anew(described, changed, rows=figures))}

    def _raw_resource(self) -> dict[str, object]:
        return {
            "name": f"raw-{self.received.sha256[:8]}",
            "path": self.raw,
            "title": f"{self.received.name}, as received",
            "sources": [{"title": self.source}],
            "licenses": [{"name": "other-closed", "title": "As the sender allows"}],
            "retrieved": self.today,
            "access": self.received.access,
        }


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


def as_csv(rows: pd.DataFrame, columns: Iterable[str]) -> bytes:
    """Rows of texts as the data files have them: these ``columns`` in this order."""
    columns = list(columns)
    return csv_bytes([columns, *zip(*(rows[each].tolist() for each in columns), strict=True)])


def short_name(name: str) -> str:
    """A file name that is one on every system: no blanks or signs, and not too long.

    >>> short_name("Atskaite 2025 (Bauska).xlsx"), short_name("../../etc/passwd")
    ('Atskaite_2025_Bauska_.xlsx', 'etc_passwd')
    """
    name = re.sub(r"[^\w.-]+", "_", name).strip("._-") or "file"
    stem, dot, ending = name.rpartition(".") if len(name.rpartition(".")[2]) < 8 else (name, "", "")
    room = LONGEST_NAME - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + ending
