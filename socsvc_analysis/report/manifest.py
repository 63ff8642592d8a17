"""``outputs/manifest.json``: what the last runs have made, when and from which data."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from socsvc_analysis.datapackage import Package
from socsvc_analysis.report import site
from socsvc_analysis.report.inputs import of_site, sha256, versions
from socsvc_analysis.report.site import Key

MADE, UNCHANGED, KEPT, FAILED = "made", "unchanged", "kept", "failed"


@dataclass(frozen=True)
class Report:
    """What became of one region in one language."""

    region: str
    language: str
    status: str  # made, unchanged, kept (the page of an earlier run stays), failed (there is no page)
    chapters: int
    seconds: float
    problems: tuple[str, ...] = ()
    inputs: str = ""  # hash over all that the page depends on
    page: str = ""  # hash of the page


@dataclass(frozen=True)
class Manifest:
    """What the run before has left behind, as its manifest says; nothing when that is not there or damaged."""

    reports: Mapping[Key, Report]
    release: str = ""
    version: str = ""

    @classmethod
    def read(cls, manifest: Path) -> Manifest:
        try:
            said = json.loads(manifest.read_text(encoding="utf-8"))
            reports = [Report(**each) for each in said["reports"]]
            return cls(
                {(each.region, each.language): each for each in reports}, said["release"], said["data"]["version"]
            )
        except (OSError, ValueError, KeyError, TypeError):
            return cls({})

    def stands(self, inputs: Mapping[Key, str], shown: Mapping[str, bytes], package: Package) -> bool:
        """Whether the site that is shown is whole, and all that is asked for is on it as of these inputs."""
        asked = [self.reports.get(key) for key in inputs]
        return (
            all(each is not None and each.page and each.inputs == inputs[each.region, each.language] for each in asked)
            and bool(site.reusable(shown, of_site(package)))
            and site.hash_of(shown) == self.release
        )

    def pages(self, inputs: Mapping[Key, str], published: Mapping[Key, str]) -> dict[Key, str]:
        """The pages that were made from the same inputs."""
        return {
            key: published[key]
            for key, report in self.reports.items()
            if key in published and inputs.get(key) == report.inputs and sha256(published[key]) == report.page
        }

    def unchanged(self, key: Key) -> Report:
        """The report of a page that was not made again."""
        was = self.reports[key]
        return Report(*key, UNCHANGED, was.chapters, 0.0, (), was.inputs, was.page)


def write(path: Path, started: datetime, package: Package, release: str, reports: Sequence[Report]) -> None:
    """Write wholly or not at all what ``reports`` say was made of ``package``."""
    said = {
        "started": utc(started),
        "finished": utc(datetime.now(UTC)),
        "audience": package.audience,
        "data": {"version": package.version, "created": package.created, "hash": package.hash},
        "versions": versions(),
        "release": release,
        "reports": [asdict(report) for report in reports],
    }
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def utc(moment: datetime) -> str:
    """A moment as the manifest writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
