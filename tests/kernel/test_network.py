"""What a call of the client raises where the network is at fault: one of ours, at once."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import kfp_server_api
import pytest

from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.kernel.client import KubeflowClient

from ..stack.ports import free_ports
from .fake_kfp import FakeKfp
from .fake_source import FakeSource, make_lease


def closed_port() -> str:
    (port,) = free_ports(1)
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def silent_port() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def raised(call: Callable[[], Any]) -> KfpConnectError:
    with pytest.raises(KfpConnectError) as caught:
        call()
    assert not isinstance(caught.value, kfp_server_api.ApiException)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


def test_a_port_forward_that_died_is_told() -> None:
    client = KubeflowClient(FakeSource(make_lease(closed_port())))
    assert raised(client.list_experiments).code == "connection-refused"


def test_an_unknown_name_is_told() -> None:
    client = KubeflowClient(FakeSource(make_lease("http://kfp.invalid")))
    assert raised(client.list_experiments).code == "name-not-found"


def test_a_proxy_that_is_not_there_is_told() -> None:
    lease = make_lease("http://kfp.invalid", proxy=closed_port())
    assert raised(KubeflowClient(FakeSource(lease)).list_experiments).code == "proxy-failed"


def test_a_silent_server_is_given_up_after_the_connection_s_time(silent_port: str) -> None:
    client = KubeflowClient(FakeSource(make_lease(silent_port, timeout=0.2)))
    assert raised(client.list_experiments).code == "timed-out"


@pytest.mark.parametrize("limit", [0.2, (1, 0.2)])
def test_the_caller_s_own_time_limit_wins(silent_port: str, limit: Any) -> None:
    client = KubeflowClient(FakeSource(make_lease(silent_port, timeout=600.0)))
    begun = time.monotonic()
    problem = raised(
        lambda: client._run_api.run_service_get_run(run_id="r", _request_timeout=limit)
    )
    assert problem.code == "timed-out"
    assert time.monotonic() - begun < 60


def test_a_credential_that_fits_in_no_header_is_not_shown(kfp_api: FakeKfp) -> None:
    lease = make_lease(kfp_api.host, headers={"Authorization": "Bearer a\nb-secret"})
    problem = raised(KubeflowClient(FakeSource(lease)).list_experiments)
    assert problem.code == "token-malformed"
    assert "secret" not in str(problem)
