"""Source files as trees, for what many tests look through: each is read and walked through once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a module, those outside before those within."""
    return tuple(ast.walk(tree_of(path)))


@cache
def calls_of(path: Path) -> tuple[ast.Call, ...]:
    """Every call of a method in a module."""
    return tuple(node for node in nodes_of(path) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
