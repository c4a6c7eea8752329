"""KFP as a notebook pod sees it: the bare API, and a volume with a token for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.options import USER_NAMESPACE
from jupyter_kfp_connect.sandbox.token_file import TokenFile
from jupyter_kfp_connect.sandbox.tokens import TokenIssuer, TokenRefused

from ..sandbox.running import RunningSandbox

NAMESPACE = USER_NAMESPACE
ACCOUNT = f"system:serviceaccount:{NAMESPACE}:default-editor"


class WatchedTokens(TokenIssuer):
    """Keeps what comes in, and refuses tokens that were revoked."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.seen: list[str] = []
        self.revoked: set[str] = set()

    def review(self, token: str) -> str:
        self.seen.append(token)
        if token in self.revoked:
            raise TokenRefused("[invalid bearer token, service account token has been invalidated]")
        return super().review(token)


class PodVolume:
    """A running API, and the folder that the kubelet would keep a token for it in.

    Parameters
    ----------
    api : RunningSandbox
        The API.
    path : Path
        The token's file.
    """

    def __init__(self, api: RunningSandbox, path: Path) -> None:
        self.host = api.sandbox.host
        self.token = ""
        self.path = path
        self._tokens = WatchedTokens(api.sandbox.options.clock)
        api.sandbox.cluster.tokens = self._tokens
        self._file = TokenFile(path, self._issue, seconds=3_600)
        self._file.rotate()
        self._api = api

    @property
    def seen(self) -> list[str]:
        """Return the tokens that calls came with, in the order of the calls."""
        return self._tokens.seen

    @property
    def environ(self) -> dict[str, str]:
        """Return what a pod's environment says of them."""
        return {"KF_PIPELINES_ENDPOINT": self.host, "KF_PIPELINES_SA_TOKEN_PATH": str(self.path)}

    def have_experiment(self, name: str) -> None:
        """See that the pod's namespace has this experiment."""
        with self._api.as_user() as owner:
            made = owner.post(
                "/apis/v2beta1/experiments", json={"display_name": name, "namespace": NAMESPACE}
            )
            made.raise_for_status()

    def swap(self) -> None:
        """Put a new token in the old one's place, and revoke the old one."""
        old = self.token
        self._file.rotate()
        self._tokens.revoked.add(old)

    def _issue(self) -> str:
        self.token = self._tokens.issue()
        return self.token


@contextmanager
def running_cluster(folder: Path) -> Iterator[PodVolume]:
    """Start the API, with a token below `folder`, until the block ends."""
    with RunningSandbox(SandboxOptions(api_only=True)) as api:
        yield PodVolume(api, folder / "volume" / "token")
