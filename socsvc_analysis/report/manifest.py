"""``outputs/manifest.json``: what the last runs have made, when and from which data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from socsvc_analysis.datapackage import Package, content_hash
from socsvc_analysis.files import json_bytes, write_whole
from socsvc_analysis.report import site
from socsvc_analysis.report.inputs import site_inputs_hash, versions
from socsvc_analysis.report.site import Documents, Key, documents_of

MADE, UNCHANGED, KEPT, FAILED = "made", "unchanged", "kept", "failed"
STATUSES = {MADE, UNCHANGED, KEPT, FAILED}


@dataclass(frozen=True)
class Report:
    """What became of the documents of one region in one language."""

    region: str
    language: str
    status: str  # made, unchanged, kept (those of an earlier run stay), failed (there are none)
    chapters: int
    seconds: float
    problems: tuple[str, ...] = ()
    inputs: str = ""  # hash over all that they depend on
    documents: Mapping[str, str] = field(default_factory=dict)  # hash of each, by path; none where the run failed
    made: str = ""  # when what is shown was made
    data: str = ""  # version of the data that it was made of


@dataclass(frozen=True)
class Manifest:
    """The manifest of the previous run; empty when the file is missing or damaged."""

    reports: Mapping[Key, Report]
    release: str = ""
    version: str = ""

    @classmethod
    def read(cls, manifest: Path) -> Manifest:
        try:
            said = json.loads(manifest.read_text(encoding="utf-8"))
            reports = [Report(**each) for each in said["reports"]]
            if not {each.status for each in reports} <= STATUSES:
                return cls({})
            return cls(
                {(each.region, each.language): each for each in reports}, said["release"], said["data"]["version"]
            )
        except (OSError, ValueError, KeyError, TypeError):
            return cls({})

    def stands(self, inputs: Mapping[Key, str], shown: Mapping[str, bytes], package: Package) -> bool:
        """Whether the site that is shown is whole, and all that is asked for is on it as of these inputs."""
        asked = [self.reports.get(key) for key in inputs]
        return (
            all(each and each.documents and each.inputs == inputs[each.region, each.language] for each in asked)
            and bool(site.reusable(shown, site_inputs_hash(package)))
            and site.hash_of(shown) == self.release
        )

    def unaltered(self, key: Key, published: Documents) -> Documents:
        """The documents of ``key`` that are ``published``, when they are what the run before has made; else none."""
        own, report = documents_of(key, published), self.reports.get(key)
        return own if report and report.documents and hashes(own) == report.documents else {}

    def unchanged(self, key: Key) -> Report:
        """The report of documents that were not made again."""
        return replace(self.reports[key], status=UNCHANGED, seconds=0.0, problems=())


def hashes(documents: Documents) -> dict[str, str]:
    """The hash of each document."""
    return {path: content_hash(bytes(each)) for path, each in documents.items()}


def manifest_of(output: Path, audience: str) -> Path:
    """Where the manifest of an audience's reports lies."""
    return output / ("manifest.json" if audience == "public" else f"manifest-{audience}.json")


def write(path: Path, started: datetime, package: Package, release: str, reports: Sequence[Report]) -> None:
    """Write the manifest: what ``reports`` say was made of ``package``; the file is replaced whole."""
    said = {
        "started": utc(started),
        "finished": utc(datetime.now(UTC)),
        "audience": package.audience,
        "data": {"version": package.version, "created": package.created, "hash": package.hash},
        "versions": versions(),
        "release": release,
        "reports": [asdict(report) for report in reports],
    }
    write_whole(path, json_bytes(said))


def utc(moment: datetime) -> str:
    """A moment as the manifest writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
