"""A pod's inside with a token from a real Kubernetes API server, which KFP's API asks about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.options import ApiServer
from jupyter_kfp_connect.sandbox.token_file import TokenFile

from ..sandbox.running import RunningSandbox
from ..stack.cluster.real_cluster import NAMESPACE, RealCluster


class RealPod:
    """The volume that the kubelet keeps a token in.

    Parameters
    ----------
    kubernetes : RealCluster
        Who gives the tokens.
    host : str
        KFP's API.
    path : Path
        The token's file.
    """

    def __init__(self, kubernetes: RealCluster, host: str, path: Path) -> None:
        self.kubernetes = kubernetes
        self.host = host
        self.path = path
        self.token = ""
        self.seen: list[str] = []
        self._file = TokenFile(path, lambda: self.token, seconds=3_600)

    @property
    def environ(self) -> dict[str, str]:
        """Return what a pod's environment says of them."""
        return {"KF_PIPELINES_ENDPOINT": self.host, "KF_PIPELINES_SA_TOKEN_PATH": str(self.path)}

    def lay_down(self, token: str) -> None:
        """Put a token into the volume, in the place of the one before."""
        self.token = token
        self._file.rotate()

    def swap(self) -> None:
        """Put a new token of the account in the old one's place."""
        self.lay_down(self.kubernetes.token())

    @contextmanager
    def without_file(self, *, empty: bool) -> Iterator[None]:
        """Take the file away for the block, or leave an empty one in its place."""
        link = self.path.readlink()
        self.path.unlink()
        if empty:
            self.path.touch()
        yield
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(link)


@contextmanager
def running_pod(
    kubernetes: RealCluster, path: Path, *, port: int = 0, names: tuple[str, ...] = ()
) -> Iterator[RealPod]:
    """Start KFP's API, with a token of `default-editor` at `path`, until the block ends.

    Parameters
    ----------
    kubernetes : RealCluster
        Who gives the token, and is asked about it.
    path : Path
        Where the token is; its folder becomes the volume.
    port : int, optional
        Where the API listens; by default any free port.
    names : tuple of str, optional
        What it may be called beside loopback's names.
    """
    server = ApiServer(kubernetes.url, kubernetes.token_file, kubernetes.ca_file)
    options = SandboxOptions(port=port, api_only=True, allowed_hosts=names, kubernetes=server)
    with RunningSandbox(options) as api:
        pod = RealPod(kubernetes, api.sandbox.host, path)
        pod.swap()
        inner = api.sandbox.cluster
        review = inner.review

        async def watched(token: str) -> str:
            pod.seen.append(token)
            return await review(token)

        with mock.patch.object(inner, "review", watched):
            yield pod


def account(name: str) -> str:
    """Return the user name of a ServiceAccount of the pod's namespace."""
    return f"system:serviceaccount:{NAMESPACE}:{name}"
