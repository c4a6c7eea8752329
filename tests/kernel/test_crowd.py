"""More kernels than the server has let in yet."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from jupyter_kfp_connect.kernel import broker_client
from jupyter_kfp_connect.kernel.broker_client import Broker

from .fake_broker import running_broker


def test_a_kernel_waits_its_turn_where_many_knock_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running_broker() as other, ExitStack() as opened:

        def unix_socket() -> socket.socket:
            made = opened.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            made.setblocking(False)
            return made

        listener = unix_socket()
        path = str(other.folder / "busy.sock")
        listener.bind(path)
        listener.listen(1)
        waiting = 0
        while unix_socket().connect_ex(path) == 0:
            waiting += 1
        other.write(socket=path)
        naps = []

        def nap(seconds: float) -> None:
            naps.append(seconds)
            opened.enter_context(listener.accept()[0])

        clock = SimpleNamespace(monotonic=lambda: 0.0, sleep=nap)
        monkeypatch.setattr(broker_client, "time", clock)
        assert waiting
        assert Broker.find(other.environ) is not None
        assert naps
