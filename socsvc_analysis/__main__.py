"""The command ``socsvc``, also as ``python -m socsvc_analysis``."""

from __future__ import annotations

from socsvc_analysis.cli import app
from socsvc_analysis.terminal import stoppable


def main() -> None:
    """Run the command; the process ends with it."""
    with stoppable(to_the_end=True):
        app()


if __name__ == "__main__":
    main()
