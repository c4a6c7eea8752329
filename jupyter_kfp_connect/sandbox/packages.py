"""Reads a compiled pipeline out of what the SDK uploads: YAML, or a zip or tar.gz holding it."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import PurePosixPath
from typing import IO, Any

import yaml

from .resources import Json

MAX_BYTES = 32 * 1024 * 1024
"""KFP's own limit on a pipeline file, packed or not."""


class NotAPipeline(ValueError):
    """A file that is no compiled pipeline; the text is KFP's."""


def read_package(content: bytes) -> Json:
    """Return the pipeline spec in a package.

    Returns
    -------
    dict
        The spec itself; where the file has platform settings too, `pipeline_spec` beside
        `platform_spec`.

    Raises
    ------
    NotAPipeline
        Where there is none, or it is too large.
    """
    text = _unpack(content)
    try:
        documents = [document for document in yaml.safe_load_all(text) if document]
    except (yaml.YAMLError, UnicodeDecodeError):
        raise NotAPipeline("unknown template format") from None
    if not documents or not is_spec(documents[0]):
        raise NotAPipeline("unknown template format")
    spec: Json = documents[0]
    if len(documents) == 1:
        return spec
    return {"pipeline_spec": spec, "platform_spec": documents[1]}


def is_spec(document: Any) -> bool:
    """Return whether a document looks like a compiled pipeline, as KFP's own check does."""
    if not isinstance(document, dict):
        return False
    spec = document.get("pipeline_spec", document)
    return isinstance(spec, dict) and {"pipelineInfo", "root"} <= spec.keys()


def _unpack(content: bytes) -> bytes:
    try:
        if content.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                name = _choose(archive.namelist())
                with archive.open(name) as member:
                    return _read(member)
        if content.startswith(b"\x1f\x8b"):
            with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as tarball:
                name = _choose([each.name for each in tarball if each.isfile()])
                extracted = tarball.extractfile(name)
                if extracted is not None:
                    with extracted:
                        return _read(extracted)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError):
        raise NotAPipeline("Failed to read a pipeline spec file") from None
    return content


def _read(member: IO[bytes]) -> bytes:
    # A small archive may hold a very large file: never read more than is allowed.
    content = member.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise NotAPipeline("File size too large")
    return content


def _choose(names: list[str]) -> str:
    specs = [name for name in names if name.endswith((".yaml", ".yml"))]
    for name in specs:
        if PurePosixPath(name).name == "pipeline.yaml":
            return name
    if len(specs) != 1:
        raise NotAPipeline("Failed to read a pipeline spec file")
    return specs[0]
