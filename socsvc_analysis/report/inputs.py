"""What an executed notebook was made from, so that it is not made again, and it is said why when it is."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import socsvc_analysis
from socsvc_analysis import tables
from socsvc_analysis.datapackage import Package
from socsvc_analysis.files import sha256
from socsvc_analysis.parameters import Scalar
from socsvc_analysis.project import SHIPPED

Inputs = Mapping[str, str]
"""What something is made from, by name: hashes, versions, parameters."""

NOTEBOOK, LIBRARY, PARAMETERS, DESCRIPTION = "the notebook", "the library", "the parameters", "the data's description"
MARK = "socsvc_run"
"""Where in the metadata of an executed notebook its inputs and the hash of its content stand."""
VERSIONS_OF = (
    "babel",
    "ipykernel",
    "ipython",
    "jinja2",
    "matplotlib",
    "mistune",
    "nbclient",
    "nbconvert",
    "numpy",
    "openpyxl",
    "pandas",
    "pandera",
    "papermill",
    "resvg_py",
    "scipy",
    "seaborn",
)
"""Distributions that a page's bytes may depend on."""
CONTENT = re.compile(r'("content": ")([0-9a-f]{64})(?=")')


def inputs_of(chapter: Path, parameters: Mapping[str, Scalar], package: Package) -> dict[str, str]:
    """Everything that an executed chapter depends on: notebook, library, parameters, versions, the tables it may read.

    Tables that only the intake of received files reads, files as received, and the version of the data are not among
    them; the version is said by the page.
    """
    read = [each for each in package.descriptor["resources"] if is_read(each)]
    described = {
        "resources": [[each["name"], each["path"], each["access"]] for each in read],
        "synthetic": package.synthetic,
    }
    return {
        NOTEBOOK: sha256(chapter.read_bytes()),
        LIBRARY: library_hash(),
        PARAMETERS: json.dumps({name: value for name, value in parameters.items() if name != "data"}),
        DESCRIPTION: sha256(json.dumps(described).encode()),
        **{each["path"]: each["hash"] for each in read},
        **versions(),
    }


def site_inputs_hash(package: Package) -> str:
    """A hash over all that index and downloads are made from."""
    descriptor = sha256(package.path.read_bytes())
    return sha256(f"{package.hash} {descriptor} {package.audience} {library_hash()} {versions()}".encode())


def hash_of(inputs: Inputs) -> str:
    """One hash over all inputs."""
    return sha256(json.dumps(inputs, sort_keys=True).encode())


def marked(notebook: dict[str, Any], inputs: Inputs) -> str:
    """``notebook`` as text, with a mark of what it was made from and a hash by which any later change is seen."""
    notebook["metadata"][MARK] = {"content": "0" * 64, "inputs": dict(inputs)}
    # On one line: with indents it takes many times as long, and people open it in JupyterLab.
    text = json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n"
    return CONTENT.sub(lambda found: found[1] + sha256(text.encode()), text, count=1)


def why_again(path: Path, inputs: Inputs) -> str:
    """Why the executed notebook at ``path`` cannot be used for ``inputs``; empty when it can.

    Two names at most; the library stands for all that is in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
        mark = json.loads(text)["metadata"][MARK]
        before, content = dict(mark["inputs"]), mark["content"]
    except FileNotFoundError:
        return "it was not made before"
    except (OSError, ValueError, KeyError, TypeError):
        return "what was made before is damaged"
    if sha256(CONTENT.sub(lambda found: found[1] + "0" * 64, text, count=1).encode()) != content:
        return "what was made before is damaged"
    names = [name for name in (*inputs, *before) if inputs.get(name) != before.get(name)]
    changed = list(dict.fromkeys(names))
    if not changed:
        return ""
    said = ", ".join(changed[:2]) + (f" and {len(changed) - 2} more" if len(changed) > 2 else "")
    return f"{said} {'has' if len(changed) == 1 else 'have'} changed"


@cache
def library_hash() -> str:
    """A hash over the library's own files: code, sentences, templates, styles.

    The notebooks and data that travel with an installed library are inputs of their own.
    """
    root = Path(socsvc_analysis.__file__).parent
    files = [
        path
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and not path.is_relative_to(SHIPPED)
    ]
    return sha256(
        "\n".join(f"{path.relative_to(root).as_posix()} {sha256(path.read_bytes())}" for path in files).encode()
    )


@cache
def versions() -> dict[str, str]:
    """The versions of Python, the library and the distributions that pages are made with."""
    known = {"python": platform.python_version(), "socsvc_analysis": socsvc_analysis.__version__}
    for name in VERSIONS_OF:
        try:
            known[name] = version(name)
        except PackageNotFoundError:
            known[name] = ""
    return known


def is_read(resource: Mapping[str, str]) -> bool:
    """Whether pages read a resource: they read neither files as received nor tables that only the intake uses."""
    return not resource["path"].startswith(tables.RAW_FOLDER) and resource["name"] not in tables.INTAKE
