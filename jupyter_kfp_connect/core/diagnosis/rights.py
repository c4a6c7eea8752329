"""Kubernetes' words for a right on Kubeflow Pipelines, in those of people.

Verbs and resources are those of KFP's API server (``RbacResourceVerb*`` and ``RbacResourceType*``
of its ``common`` package); a viewer of a namespace has the rights of ``kubeflow-pipelines-view``.
"""

from __future__ import annotations

#: What is called otherwise in KFP's own pages, with Kubernetes' word for who writes a Role.
_RESOURCES = {
    "jobs": "recurring runs (jobs)",
    "scheduledworkflows": "recurring runs (scheduledworkflows)",
    "viewers": "TensorBoard viewers",
}
_VERBS = {
    "readArtifact": "read the artifacts of {} (readArtifact)",
    "reportMetrics": "report metrics of {} (reportMetrics)",
    "report": "report the state of {} (report)",
}
#: What a viewer may do.
_READING = frozenset({"get", "list", "readArtifact"})


def deed(verb: str, resource: str) -> str:
    """Return what was to be done, such as ``create recurring runs (jobs)``.

    Parameters
    ----------
    verb, resource : str
        As Kubernetes has them; unknown ones stay as they are.
    """
    known, called = _VERBS.get(verb), _RESOURCES.get(resource, resource)
    return known.format(called) if known else f"{verb} {called}"


def is_reading(verb: str) -> bool:
    """Whether viewers of a namespace may do it."""
    return verb in _READING
