"""The one page of the sandbox's UI: what there is, as a plain list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .gates import GatedHandler
from .kfp_api import Route
from .resources import iso


class UiHandler(GatedHandler):
    """`/`, `/pipeline/` and `/_/pipeline/`: experiments with their runs.

    Links of KFP's UI end in `#/experiments/details/<id>` or `#/runs/details/<id>`. The elements of
    the page bear these as their ids, so that the browser itself goes to the right place.
    """

    def get(self) -> None:
        """Show the page; `?ns=` limits it to one namespace."""
        store = self.cluster.store
        allowed = self._namespaces()
        wanted = self.query("ns")
        shown = [wanted] if wanted in allowed else allowed
        sections = [
            (
                namespace,
                [
                    (experiment, store.runs_of(experiment)[::-1])
                    for experiment in store.experiments.values()
                    if experiment.namespace == namespace
                ],
            )
            for namespace in shown
        ]
        self.page(
            "home.html",
            user=self.visitor.user,
            namespaces=allowed,
            refused=wanted if wanted and wanted not in allowed else "",
            sections=sections,
            pipelines=[each for each in store.pipelines.values() if each.namespace in ("", *shown)],
            now=store.now,
            iso=iso,
        )

    def _namespaces(self) -> list[str]:
        if self.cluster.options.single_user:
            return [""]
        return list(self.cluster.rights.namespaces(self.visitor.user or ""))


def page_routes(gated: Mapping[str, Any]) -> list[Route]:
    """Return the routes of the UI."""
    return [(r"/(?:pipeline/?|_/pipeline/?)?", UiHandler, dict(gated))]
