"""Builds etcd, kube-apiserver and kubectl from the Go module beside this file, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.stack.tools import GoModule, built

# Go names etcd's program after the last part of its package's path.
KUBERNETES = GoModule(
    Path(__file__).parent,
    ("server", "kube-apiserver", "kubectl"),
    "etcd, kube-apiserver and kubectl",
    7,
)


@dataclass(frozen=True)
class ClusterPrograms:
    """Paths of the built programs."""

    etcd: Path
    kube_apiserver: Path
    kubectl: Path


def built_cluster(environ: Mapping[str, str], say: Callable[[str], None]) -> ClusterPrograms:
    """Return etcd, kube-apiserver and kubectl; see `tests.stack.tools.built`."""
    return ClusterPrograms(*built(KUBERNETES, environ, say))
