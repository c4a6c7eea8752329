"""The routes of KFP's API server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .api_handler import HealthzHandler, MissingHandler, UnknownHandler
from .experiments import ExperimentActionHandler, ExperimentsHandler, OneExperimentHandler
from .handlers import SandboxHandler
from .pipelines import (
    OnePipelineHandler,
    OneVersionHandler,
    PipelineByNameHandler,
    PipelinesHandler,
    VersionsHandler,
)
from .runs import OneRunHandler, RunActionHandler, RunsHandler
from .uploads import UploadPipelineHandler, UploadVersionHandler

Route = tuple[str, type[SandboxHandler], dict[str, Any]]

_ID = r"([^/:]+)"

_SERVED: list[tuple[str, type[SandboxHandler]]] = [
    ("healthz", HealthzHandler),
    ("experiments", ExperimentsHandler),
    (f"experiments/{_ID}", OneExperimentHandler),
    (f"experiments/{_ID}:(archive|unarchive)", ExperimentActionHandler),
    ("pipelines", PipelinesHandler),
    ("pipelines/upload", UploadPipelineHandler),
    ("pipelines/upload_version", UploadVersionHandler),
    ("pipelines/create", MissingHandler),
    (r"pipelines/names/([^/]+)", PipelineByNameHandler),
    (f"pipelines/{_ID}", OnePipelineHandler),
    (f"pipelines/{_ID}/versions", VersionsHandler),
    (f"pipelines/{_ID}/versions/{_ID}", OneVersionHandler),
    ("runs", RunsHandler),
    (f"runs/{_ID}", OneRunHandler),
    (f"runs/{_ID}:(archive|unarchive|terminate)", RunActionHandler),
]

# Parts of KFP's API that the sandbox does not play.
_MISSING = (
    r"(?:v1beta1/(?!healthz$)|v2beta1/"
    r"(?:recurringruns|runs/|artifacts|artifact_tasks|tasks|visualizations|auth|"
    r"reports|workflows|scheduledworkflows)).*"
)


def api_routes(prefix: str, gated: Mapping[str, Any]) -> list[Route]:
    """Return the routes of the API under a prefix that ends in `/apis`.

    Parameters
    ----------
    prefix : str
        Where the API is mounted.
    gated : mapping
        The arguments of the handlers: cluster and gate.
    """
    return [
        (rf"{prefix}/v1beta1/healthz", HealthzHandler, dict(gated)),
        *((rf"{prefix}/v2beta1/{path}", handler, dict(gated)) for path, handler in _SERVED),
        (rf"{prefix}/{_MISSING}", MissingHandler, dict(gated)),
        (rf"{prefix}/.*", UnknownHandler, dict(gated)),
    ]
