"""No host may hold a user up beyond the time limit, or get more than was meant for it."""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_kfp_connect.core.errors import NotReachable
from jupyter_kfp_connect.core.http import MAX_BODY, Cancelled, NetworkSettings, Request
from jupyter_kfp_connect.core.transport import Cancel, RequestsTransport

from .loopback import HANGS, IN_TIME, OK, Handle, Server, Visit, answer, mute, serve

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
LIMIT = 0.4


def transport(limit: float = IN_TIME, cancel: Cancel | None = None) -> RequestsTransport:
    return RequestsTransport(NetworkSettings(timeout=limit), cancel)


def get(server: Server, headers: dict[str, str] | None = None) -> Request:
    return Request("GET", f"{server.origin}/apis/v2beta1/healthz", headers or {})


def drip_headers(visit: Visit, _: bytes) -> None:
    visit.send(HEAD)
    visit.drip(b"X-More: x\r\n")


def drip_body(visit: Visit, _: bytes) -> None:
    visit.send(HEAD + b"Content-Length: 100000\r\n\r\n")
    visit.drip()


def half_a_body(visit: Visit, _: bytes) -> None:
    visit.send(HEAD + b"Content-Length: 100\r\n\r\nx")
    visit.hang()


def silent(visit: Visit, _: bytes) -> None:
    visit.hang()


@pytest.mark.parametrize("handle", [drip_headers, drip_body, half_a_body, silent])
def test_an_answer_that_never_ends_is_given_up_in_time(handle: Handle) -> None:
    with serve(handle) as server:
        sender = transport(LIMIT)
        started = time.monotonic()
        with pytest.raises(NotReachable) as caught:
            sender.send(get(server))
        assert time.monotonic() - started < IN_TIME
        sender.close()
    assert caught.value.code == "timed-out"
    assert caught.value.retryable


def test_a_host_that_accepts_and_says_nothing_is_given_up_in_time() -> None:
    with mute() as port, pytest.raises(NotReachable) as caught:
        transport(LIMIT).send(Request("GET", f"http://localhost:{port}/"))
    assert caught.value.code == "timed-out"
    assert f"localhost:{port}" in caught.value.message


def test_what_is_not_worth_the_wait_is_given_up_before_the_connections_time_is_over() -> None:
    with serve(silent) as server:
        sender = transport(HANGS)
        started = time.monotonic()
        with pytest.raises(NotReachable) as caught:
            sender.send(replace(get(server), patience=LIMIT))
        assert time.monotonic() - started < IN_TIME
        sender.close()
    assert caught.value.code == "timed-out"


def test_a_body_without_an_end_is_not_read_into_memory() -> None:
    def flood(visit: Visit, _: bytes) -> None:
        visit.send(HEAD + b"Connection: close\r\n\r\n")
        sent = 0
        while sent < 4 * MAX_BODY and visit.send(b"x" * 65536):
            sent += 65536

    with serve(flood) as server:
        sender = transport()
        with pytest.raises(NotReachable, match="does not end") as caught:
            sender.send(get(server))
        sender.close()
    assert caught.value.code == "bad-answer"


def test_cancel_ends_at_once_what_hangs() -> None:
    cancel = Cancel()
    with serve(silent) as server:
        sender = transport(HANGS, cancel)
        outcome: list[BaseException] = []

        def ask() -> None:
            try:
                sender.send(get(server))
            except BaseException as problem:
                outcome.append(problem)

        asking = threading.Thread(target=ask)
        asking.start()
        assert server.arrived.wait(IN_TIME)
        cancel.cancel()
        asking.join(IN_TIME)
        assert not asking.is_alive()
        assert isinstance(outcome[0], Cancelled)
        assert cancel.cancelled
        with pytest.raises(Cancelled):
            sender.send(get(server))
        assert len(server.requests) == 1
        sender.close()


def test_after_cancel_no_transport_that_shares_it_sends_anything() -> None:
    cancel = Cancel()
    with serve(answer()) as server:
        first = transport(cancel=cancel)
        assert first.send(get(server)).status == 200
        cancel.cancel()
        for sender in (first, transport(cancel=cancel)):
            with pytest.raises(Cancelled):
                sender.send(get(server))
        first.close()
        assert len(server.requests) == 1


def test_the_machines_netrc_replaces_no_token(isolated_environ: Path) -> None:
    netrc = isolated_environ / ".netrc"
    netrc.write_text("machine localhost login me password secret\n")
    netrc.chmod(0o600)
    with serve(answer()) as server:
        sender = transport()
        sender.send(get(server, {"Authorization": "Bearer mine"}))
        sender.send(get(server))
        sender.close()
    assert b"Authorization: Bearer mine" in server.requests[0]
    assert b"Authorization" not in server.requests[1]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", ["/elsewhere", "http://[broken", "http://h:port/", "mailto:x"])
def test_a_redirect_is_told_and_not_followed(status: int, target: str) -> None:
    page = f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
    with serve(answer(page.encode())) as server:
        sender = transport()
        got = sender.send(Request("POST", f"{server.origin}/start", form={"a": "b"}))
        sender.close()
    assert got.status == status
    assert got.location == (server.origin + target if target.startswith("/") else target)
    assert len(server.requests) == 1


def test_a_redirects_body_is_held_to_the_limits_too() -> None:
    def handle(visit: Visit, _: bytes) -> None:
        visit.send(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 100000\r\n\r\n")
        visit.drip()

    with serve(handle) as server:
        sender = transport(LIMIT)
        with pytest.raises(NotReachable) as caught:
            sender.send(get(server))
        sender.close()
    assert caught.value.code == "timed-out"


def test_every_cookie_of_an_answer_arrives_and_none_is_sent_by_itself() -> None:
    page = OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2, c\r\n\r\n")
    with serve(answer(page)) as server:
        sender = transport()
        got = sender.send(get(server))
        sender.send(get(server))
        sender.close()
    assert got.headers_called("set-cookie") == ["a=1", "b=2, c"]
    assert b"Cookie" not in server.requests[1]


def test_a_form_is_sent_as_a_browser_sends_it() -> None:
    with serve(answer()) as server:
        sender = transport()
        sender.send(Request("POST", server.origin + "/login", form={"login": "a b", "p": "ä&="}))
        sender.close()
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert body == b"login=a+b&p=%C3%A4%26%3D"


def test_one_connection_is_kept_for_all_calls_to_a_host() -> None:
    visits: list[int] = []

    def handle(visit: Visit, _: bytes) -> None:
        visits.append(id(visit))
        visit.send(OK)

    with serve(handle) as server:
        sender = transport()
        for _ in range(3):
            assert sender.send(get(server)).json() == {}
        sender.close()
    assert len(set(visits)) == 1


@pytest.mark.parametrize(
    "headers", [{"Authorization": "Bearer two\nlines"}, {"Authorization": "Bearer \r\nX: y"}]
)
def test_a_header_that_would_break_the_request_is_never_sent(headers: dict[str, str]) -> None:
    with serve(answer()) as server:
        sender = transport()
        with pytest.raises(NotReachable) as caught:
            sender.send(get(server, headers))
        sender.close()
    assert server.requests == []
    assert caught.value.code == "bad-answer"
    assert "two" not in str(caught.value)


def ours() -> set[threading.Thread]:
    """Return the threads that calls are made in."""
    return {thread for thread in threading.enumerate() if thread.name == "jupyter-kfp-connect"}


def test_calls_share_a_thread_and_one_that_hangs_keeps_no_other_waiting() -> None:
    before = ours()
    stuck = threading.Event()

    def handle(visit: Visit, request: bytes) -> None:
        if request.startswith(b"GET /hang") and not stuck.is_set():
            stuck.set()
            visit.hang()
        visit.send(OK)

    with serve(handle) as server:
        sender = transport()
        for _ in range(3):
            sender.send(get(server))
        assert len(ours() - before) == 1
        with pytest.raises(NotReachable, match="did not answer in time"):
            sender.send(Request("GET", f"{server.origin}/hang", patience=LIMIT))
        assert sender.send(get(server)).status == 200
        (kept,) = sender._workers._idle
        sender.close()
        kept.thread.join(IN_TIME)
        assert not kept.thread.is_alive()


def test_a_transport_that_is_forgotten_leaves_no_thread_behind() -> None:
    with serve(answer()) as server:
        sender = transport()
        sender.send(get(server))
        (kept,) = sender._workers._idle
        del sender
        gc.collect()
        kept.thread.join(IN_TIME)
        assert not kept.thread.is_alive()


def test_a_hanging_call_does_not_keep_the_interpreter_from_ending() -> None:
    with serve(silent) as server:
        sender = transport(LIMIT)
        with pytest.raises(NotReachable):
            sender.send(get(server))
        assert all(thread.daemon for thread in ours())
        sender.close()
