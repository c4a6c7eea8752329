"""One world for all the paths: what one leaves behind, the next search finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import Any

import pytest

from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.sessions import Sessions

from ..sandbox.running import Clock, RunningSandbox
from .world import World

PASSWORD = "c4n4ryPasswordOfTheUser+/ü%"
WRONG = "c4n4ryPasswordThatIsWrong %$"


class Kubeflow:
    """Two installs: one behind a front door, and a bare API that takes tokens.

    Parameters
    ----------
    world : World
        Is told every secret that they give out.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.clock = Clock(step=0.0001)
        self.clock.now = datetime.now(timezone.utc).timestamp()

    def start(self, stack: ExitStack, patch: pytest.MonkeyPatch) -> Kubeflow:
        """Start both."""
        world = self._world
        give = Sessions.open

        def give_and_tell(sessions: Sessions, user: str) -> str:
            cookie = give(sessions, user)
            world.evidence.secret(f"cookie {cookie[-6:]}", cookie)
            return cookie

        patch.setattr(Sessions, "open", give_and_tell)
        self.password_is(patch, world.secret("password", PASSWORD))
        world.secret("wrong", WRONG)
        world.secret("wrong-token", "c4n4ryTokenThatNobodyMade")
        world.secret("bad-token", "c4n4ryTokenWithALineEnd\nX-Evil: 1")
        world.secret("wrong-cookie", "oauth2_proxy_kubeflow=c4n4ryCookieThatIsWrong")
        self.door = stack.enter_context(
            RunningSandbox(SandboxOptions(clock=self.clock, session_seconds=3_600))
        )
        self.api = stack.enter_context(RunningSandbox(SandboxOptions(api_only=True)))
        world.secret("token", self.api.sandbox.issue_token())
        return self

    @staticmethod
    def password_is(patch: pytest.MonkeyPatch, password: str) -> None:
        """Change the user's password."""
        patch.setattr("jupyter_kfp_connect.sandbox.directory.PASSWORD", password)


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    """Changes that last as long as the world."""
    with pytest.MonkeyPatch.context() as changes:
        yield changes


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A Jupyter server, all of whose words are kept."""
    with pytest.MonkeyPatch.context() as changes:
        for name in ("KFP_CONNECT_BROKER", "KF_PIPELINES_ENDPOINT", "KF_PIPELINES_TOKEN"):
            changes.delenv(name, raising=False)
        made = World(tmp_path_factory.mktemp("world"), tmp_path_factory.mktemp("apart"))
        with made.running():
            yield made


@pytest.fixture(scope="module")
def kubeflow(world: World, patch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Where the secrets are given out, and taken."""
    with ExitStack() as stack:
        yield Kubeflow(world).start(stack, patch)
