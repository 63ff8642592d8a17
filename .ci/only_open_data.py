"""Part of the build: no package is made with restricted rows, stray files or outputs of notebooks in it."""

from __future__ import annotations

import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class OnlyOpenData(BuildHookInterface):
    """Stops a build that would hand on what is not for everybody; an editable one hands on nothing."""

    def initialize(self, version: str, build_data: dict) -> None:
        """Called by hatchling before anything is packed."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from socsvc_analysis.project import not_for_everybody
        finally:
            sys.path.remove(self.root)
        if said := not_for_everybody(Path(self.root)):
            sys.exit("The package was not built: " + "; ".join(said) + ".")
