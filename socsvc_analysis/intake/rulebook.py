"""The rules by which returns are read, as a list for those who build their own exports."""

from __future__ import annotations

VERSION = "2"
"""Raised whenever a file that was accepted would be refused, or the other way round."""
