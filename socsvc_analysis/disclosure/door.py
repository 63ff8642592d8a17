"""The door before every page for the public: nothing is shown where restricted numbers were opened unprotected.

A frame loses any mark on its way through sums, joins and shares, so frames are not marked.  What is watched is the
process in which they are made, which cannot be lost: each chapter runs in a process of its own, all its frames come
from the data opened there, and data opened for the public hold no number that must not be shown.  A process that is
making a page for the public and in which restricted numbers of people were opened as they are makes nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["UnprotectedError", "begin", "pass_through", "unprotected"]


class UnprotectedError(TypeError):
    """Numbers of people that did not go through disclosure control."""


class _Here:
    """For whom the chapter of this process runs, and which restricted files it has opened as they are."""

    audience: str = ""
    opened: tuple[str, ...] = ()


def begin(audience: str) -> None:
    """Tell that a chapter for ``audience`` begins in this process."""
    _Here.audience = audience


def unprotected(files: Iterable[str]) -> None:
    """Tell that the true numbers of these restricted files were opened in this process."""
    _Here.opened = tuple(dict.fromkeys((*_Here.opened, *files)))


def pass_through() -> None:
    """Let a piece of a page pass, or raise :class:`UnprotectedError` with a sentence for whoever wrote the notebook."""
    if _Here.audience == "public" and _Here.opened:
        raise UnprotectedError(
            f"This page is for the public, and {', '.join(_Here.opened)} was opened in the same notebook with all its "
            "numbers of people. Use only the data that open_chapter gives, or make the page with audience = "
            "'internal'; then start the kernel anew."
        )
