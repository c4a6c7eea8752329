"""Servers that the tests of the kernel's parts talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .fake_broker import FakeBroker, running_broker
from .fake_kfp import FakeKfp, running_kfp
from .fake_source import FakeSource, make_lease
from .real_kernel import LOAD, Kernel, running_kernel


@pytest.fixture
def kfp_api() -> Iterator[FakeKfp]:
    """A KFP API server."""
    with running_kfp() as fake:
        yield fake


@pytest.fixture
def source(kfp_api: FakeKfp) -> FakeSource:
    """Credentials for it."""
    return FakeSource(make_lease(kfp_api.host))


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBroker]:
    """A Jupyter server's broker, named in the environment as in a kernel."""
    with running_broker() as fake:
        monkeypatch.setenv("KFP_CONNECT_BROKER", str(fake.description))
        yield fake


@pytest.fixture
def lent(broker: FakeBroker, kfp_api: FakeKfp) -> FakeBroker:
    """The broker, lending a lease for the API server, where the connection is called prod."""
    broker.lend(make_lease(kfp_api.host))
    return broker


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    """A kernel that inherits this environment; ask for `broker` first to give it a server."""
    with running_kernel({}) as running:
        yield running


@pytest.fixture
def notebook(kernel: Kernel) -> Kernel:
    """A kernel with the extension loaded."""
    assert kernel.run(LOAD).reply["status"] == "ok"
    return kernel
