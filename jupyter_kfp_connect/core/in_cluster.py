"""The services of Kubeflow Pipelines in the cluster that this process runs in, by their names."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from .connection import Connection
from .environment import Environment
from .http import NetworkSettings, network_settings


def in_cluster_name(host: str, environment: Environment) -> str:
    """Return `host` with the service's whole name, where it is one of KFP's in this cluster.

    ``ml-pipeline.dev`` is also a public name: whole, only the cluster can answer for it.
    """
    service = service_of(host, environment)
    if service is None or not environment.in_pod:
        return host
    parts = urlsplit(host)
    name, namespace = service
    whole = f"{name}.{namespace}.svc.{environment.cluster_domain}"
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{whole}{port}{parts.path}"


def by_whole_name(connection: Connection, environment: Environment) -> Connection:
    """Return `connection` with the `in_cluster_name` of its host."""
    return replace(connection, host=in_cluster_name(connection.host, environment))


def settings_here(connection: Connection, environment: Environment) -> NetworkSettings:
    """Decide how `connection`'s host is reached from this process; see `network_settings`.

    A service of the cluster may stand in ``NO_PROXY`` by its whole name or as it was typed: by
    either it is asked, and no proxy outside leads there.
    """
    whole = network_settings(by_whole_name(connection, environment), environment.variables)
    return whole if whole.proxy is None else network_settings(connection, environment.variables)


def service_of(host: str, environment: Environment) -> tuple[str, str] | None:
    """Return name and namespace of the service that `host` is, where it may be one of KFP's."""
    namespaces = {name for name in ("kubeflow", environment.namespace) if name}
    name = (urlsplit(host).hostname or "").rstrip(".")
    domain = re.escape(environment.cluster_domain)
    match = re.fullmatch(
        rf"(?P<service>ml-pipeline(?:-ui)?)(?:\.(?P<namespace>[^.]+)(?:\.svc(?:\.{domain})?)?)?",
        name,
    )
    if match is None:
        return None
    namespace = match["namespace"] or environment.namespace or "kubeflow"
    return (match["service"], namespace) if namespace in namespaces else None
