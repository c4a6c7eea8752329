"""A Kubeflow look-alike on loopback, for trying things out and for tests.

It answers as oauth2-proxy, Dex and the Kubeflow Pipelines API server (v2beta1) do, keeps everything
in memory, runs nothing, and says in every page and answer that it is a sandbox.
"""

from .options import SandboxOptions
from .server import Sandbox

__all__ = ["Sandbox", "SandboxOptions"]
