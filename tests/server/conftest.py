"""A Jupyter server with the extension, and sandboxes that it connects to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from keyring.backends import fail

from jupyter_kfp_connect.core.detection import detect
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.server.app import KfpConnect
from jupyter_kfp_connect.server.events import SCHEMA_ID
from jupyter_kfp_connect.server.keychain import Keychain
from jupyter_kfp_connect.server.sign_ins import SEEN_WITHIN, SignIns

from ..sandbox.running import RunningSandbox
from .asking import TIMEOUT, BrokerClient, Rest
from .climbs import Climbs
from .contract import conforms
from .keyrings import MemoryKeyring
from .notebooks import Notebook
from .waiting import Window

StartSandbox = Callable[..., RunningSandbox]


@pytest.fixture(autouse=True)
def no_pod(tmp_path: Path) -> Iterator[None]:
    """Keep the files of a pod that the tests may run in out of them."""
    of_process = Environment.of_process

    def elsewhere() -> Environment:
        return of_process(root=tmp_path / "pod")

    with mock.patch.object(Environment, "of_process", side_effect=elsewhere):
        yield


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the keyring of the person who runs the tests out of them."""
    monkeypatch.setattr("keyring.get_keyring", fail.Keyring)


@pytest.fixture(autouse=True)
def time_to_look_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every address that is looked at answer, on whatever machine: who clicks has no time."""
    patient = partial(detect, time_limit=TIMEOUT)
    monkeypatch.setattr("jupyter_kfp_connect.server.around.detect", patient)


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    """Leave out the terminals, whose handlers authenticate in a way that warns."""
    jp_server_config["ServerApp"]["jpserver_extensions"]["jupyter_server_terminals"] = False
    return jp_server_config


@pytest.fixture
def start_sandbox() -> Iterator[StartSandbox]:
    """Give a function that starts a sandbox with these options; all of them stop at the end."""
    with ExitStack() as stack:

        def start(**options: Any) -> RunningSandbox:
            return stack.enter_context(RunningSandbox(SandboxOptions(**options)))

        yield start


@pytest.fixture
def kubeflow(start_sandbox: StartSandbox) -> RunningSandbox:
    """A whole Kubeflow with one user."""
    return start_sandbox()


@pytest.fixture
def extension(jp_serverapp: Any) -> KfpConnect:
    """The extension as it runs in the server."""
    (app,) = jp_serverapp.extension_manager.extension_apps["jupyter_kfp_connect"]
    assert isinstance(app, KfpConnect)
    return app


@pytest.fixture
def rest(jp_fetch: Any, extension: KfpConnect) -> Rest:
    """The REST routes; every answer is held against the contract."""
    return Rest(jp_fetch)


@pytest.fixture
def broker(extension: KfpConnect) -> Iterator[BrokerClient]:
    """The broker's socket, asked as a kernel would."""
    with BrokerClient.of_process() as client:
        yield client


@pytest.fixture
def events(jp_serverapp: Any, extension: KfpConnect) -> list[dict[str, Any]]:
    """The events as they are sent, each held against the contract."""
    seen: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        seen.append(conforms(dict(data), "StateEvent"))

    jp_serverapp.event_logger.add_listener(schema_id=SCHEMA_ID, listener=listen)
    return seen


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Give a function that makes a keyring the system's."""
    return lambda backend: monkeypatch.setattr("keyring.get_keyring", lambda: backend)


@pytest.fixture
def vault(use_keyring: Any) -> MemoryKeyring:
    """The system's keyring, a real one."""
    backend = MemoryKeyring()
    use_keyring(backend)
    return backend


@pytest.fixture
def restart(extension: KfpConnect) -> Callable[[], Awaitable[None]]:
    """Give a function that makes the server forget what is in its memory, as a new start does."""

    async def start_anew() -> None:
        manager = extension._manager
        assert manager is not None
        await manager.close()
        manager.keychain = Keychain(allowed=True)

    return start_anew


@pytest.fixture
def climbs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Climbs]:
    """The server's climbs, which a test may hold."""
    held = Climbs(monkeypatch)
    yield held
    held.let_go()


@pytest.fixture
def sign_ins(extension: KfpConnect, monkeypatch: pytest.MonkeyPatch) -> SignIns:
    """The cells that wait; a window that is there answers them, however late it gets to run."""
    assert extension._manager is not None
    sign_ins = extension._manager.sign_ins
    assert sign_ins.seen_within == SEEN_WITHIN == 3
    monkeypatch.setattr(sign_ins, "seen_within", TIMEOUT)
    return sign_ins


@pytest.fixture
def no_window(sign_ins: SignIns) -> Callable[[], None]:
    """Give a function from whose call on no window has the notebook open."""

    def close() -> None:
        sign_ins.seen_within = 0.1  # nobody will answer

    return close


@pytest.fixture
def window(rest: Rest, events: list[dict[str, Any]], sign_ins: SignIns) -> Window:
    """A window that has the notebook open."""
    return Window(rest, events)


@pytest.fixture
def new_notebook(jp_serverapp: Any, rest: Rest) -> Callable[[], Any]:
    """Give a function that opens a notebook."""
    manager = jp_serverapp.kernel_manager

    @asynccontextmanager
    async def opened() -> AsyncIterator[Notebook]:
        notebook = Notebook(manager, await manager.start_kernel())
        try:
            await notebook.open()
            yield notebook
        finally:
            notebook.close()
            await manager.shutdown_all(now=True)

    return opened
