"""A session renews itself once for all who use it, and ends when its owner says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytest

from jupyter_kfp_connect.core.auth.base import Credential, Headers
from jupyter_kfp_connect.core.errors import KfpConnectError, error
from jupyter_kfp_connect.core.http import NetworkSettings
from jupyter_kfp_connect.core.lease import Lease
from jupyter_kfp_connect.core.session import Facts, Session

from .fakes import Transport, connection
from .loopback import IN_TIME

NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


@dataclass
class Renewing:
    """A credential that counts its renewals; what each brings lasts an hour."""

    way: str = "dex"
    renews: bool = True
    watch: str | None = None
    renewals: int = 0
    number: int = 0
    end: datetime = NOW + timedelta(hours=1)
    problem: KfpConnectError | None = None
    forgotten: bool = False
    go_on: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)

    def headers(self) -> Headers:
        return Headers({"Cookie": f"session-{self.number}"}, self.end)

    def due(self, now: datetime) -> bool:
        return self.end - now < timedelta(minutes=1)

    def renew(self, transport: object) -> None:
        self.begun.set()
        assert self.go_on.wait(IN_TIME)
        self.renewals += 1
        if self.problem is not None:
            raise self.problem
        self.number += 1
        self.end += timedelta(hours=1)

    def forget_password(self) -> None:
        self.forgotten = True


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def session_of(credential: Credential, clock: Clock | None = None) -> Session:
    return Session(
        connection(namespace="team-a"),
        credential,
        Facts(signed_in_as="me", kfp_version="2.5.0"),
        settings=NetworkSettings("/ca.pem", "http://proxy:1", timeout=3, own_proxy=True),
        new_transport=lambda: Transport({}),
        clock=clock or Clock(),
    )


@pytest.fixture
def credential() -> Renewing:
    made = Renewing()
    made.go_on.set()
    return made


class Queue:
    """A lock that tells of all who have come to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.come = threading.Semaphore(0)

    def __enter__(self) -> None:
        self.come.release()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def crowd(
    session: Session, work: Callable[[], Lease], size: int, held: Renewing
) -> list[Lease | KfpConnectError]:
    """Let many ask at once, all of them before the first renewal ends; return what each got."""
    held.go_on.clear()
    queue = Queue()
    session._flight._lock = queue  # type: ignore[assignment]

    def ask() -> Lease | KfpConnectError:
        try:
            return work()
        except KfpConnectError as problem:
            return problem

    with ThreadPoolExecutor(size) as pool:
        asked = [pool.submit(ask) for _ in range(size)]
        for _ in range(size):
            assert queue.come.acquire(timeout=IN_TIME)
        held.go_on.set()
        return [each.result(IN_TIME) for each in asked]


def test_a_lease_says_all_that_a_client_needs(credential: Renewing) -> None:
    lease = session_of(credential).lease()
    assert lease.headers == {"Cookie": "session-0"}
    assert (lease.connection, lease.namespace, lease.signed_in_as) == ("kfp", "team-a", "me")
    assert (lease.verify_ssl, lease.ssl_ca_cert, lease.proxy) == (True, "/ca.pem", "http://proxy:1")
    assert lease.own_proxy
    assert (lease.generation, lease.way, lease.timeout) == (1, "dex", 3)
    assert Lease.from_dict(lease.to_dict()) == lease
    assert Lease.from_dict({**lease.to_dict(), "of_a_newer_version": 1}) == lease


def test_an_ordinary_call_renews_nothing(credential: Renewing) -> None:
    clock = Clock()
    session = session_of(credential, clock)
    clock.now += timedelta(minutes=58)
    assert session.lease().generation == 1
    assert not session.due
    assert credential.renewals == 0


def test_a_session_is_renewed_before_it_ends(credential: Renewing) -> None:
    clock = Clock()
    session = session_of(credential, clock)
    clock.now += timedelta(minutes=59, seconds=30)
    assert session.due
    lease = session.lease()
    assert (lease.generation, lease.headers) == (2, {"Cookie": "session-1"})
    assert lease.expires_at == NOW + timedelta(hours=2)
    assert session.lease() == lease
    assert credential.renewals == 1


def test_fifty_who_need_a_new_session_get_one_sign_in(credential: Renewing) -> None:
    clock = Clock()
    session = session_of(credential, clock)
    clock.now += timedelta(hours=1)
    got = crowd(session, session.lease, 50, credential)
    assert {each.generation for each in got if isinstance(each, Lease)} == {2}
    assert len(got) == 50
    assert credential.renewals == 1


def test_fifty_who_were_refused_get_one_sign_in(credential: Renewing) -> None:
    session = session_of(credential)
    got = crowd(session, lambda: session.refused(1), 50, credential)
    assert {each.generation for each in got if isinstance(each, Lease)} == {2}
    assert credential.renewals == 1


def test_an_old_refusal_gets_the_newer_session_without_a_sign_in(credential: Renewing) -> None:
    session = session_of(credential)
    assert session.refused(1).generation == 2
    assert session.refused(1).generation == 2
    assert credential.renewals == 1
    assert session.refused(2).generation == 3


def test_a_crowd_does_not_try_a_directory_that_is_down_one_after_the_other(
    credential: Renewing,
) -> None:
    credential.problem = error("directory-down", "the directory is down")
    session = session_of(credential)
    got = crowd(session, lambda: session.refused(1), 20, credential)
    assert [each.code for each in got if isinstance(each, KfpConnectError)] == [
        "directory-down"
    ] * 20
    assert credential.renewals == 1
    credential.problem = None
    assert session.refused(1).generation == 2


def test_a_renewal_that_brings_nothing_new_is_told(credential: Renewing) -> None:
    stuck = Renewing(way="service-account-token")
    stuck.go_on.set()
    stuck.headers = lambda: Headers({"Authorization": "Bearer same"}, stuck.end)  # type: ignore[method-assign]
    clock = Clock()
    session = session_of(stuck, clock)
    with pytest.raises(KfpConnectError) as caught:
        session.refused(1)
    assert caught.value.code == "token-refused"
    stuck.due = lambda now: False  # type: ignore[method-assign]
    clock.now += timedelta(days=1)
    with pytest.raises(KfpConnectError) as caught:
        session.refused(1)
    assert caught.value.code == "token-expired"


class TestClosed:
    def test_every_later_call_is_told_and_the_password_is_gone(self, credential: Renewing) -> None:
        session = session_of(credential)
        session.close()
        session.close()
        for work in (session.lease, lambda: session.refused(1)):
            with pytest.raises(KfpConnectError, match="“kfp” was disconnected") as caught:
                work()
            assert caught.value.code == "disconnected"
        assert credential.forgotten
        assert credential.renewals == 0

    def test_disconnecting_waits_for_no_renewal_and_its_outcome_is_dropped(
        self, credential: Renewing
    ) -> None:
        session = session_of(credential)
        credential.go_on.clear()
        with ThreadPoolExecutor(1) as pool:
            refused = pool.submit(session.refused, 1)
            assert credential.begun.wait(IN_TIME)
            session.close()
            credential.go_on.set()
            with pytest.raises(KfpConnectError) as caught:
                refused.result(IN_TIME)
        assert caught.value.code == "disconnected"

    def test_calls_that_need_no_renewal_wait_for_none(self, credential: Renewing) -> None:
        session = session_of(credential)
        credential.go_on.clear()
        with ThreadPoolExecutor(1) as pool:
            refused = pool.submit(session.refused, 1)
            assert credential.begun.wait(IN_TIME)
            assert session.lease().generation == 1
            credential.go_on.set()
            assert refused.result(IN_TIME).generation == 2


def test_changes_that_move_no_credential_reach_the_next_call(credential: Renewing) -> None:
    session = session_of(credential)
    changed = session.connection.changed({"namespace": "team-b", "timeout": 7, "name": "new"})
    session.adapt(changed, ui_url="http://ui")
    lease = session.lease()
    assert (lease.namespace, lease.timeout, lease.connection) == ("team-b", 7.0, "new")
    assert (lease.ui_url, lease.generation) == ("http://ui", 1)


def test_a_session_counts_on_from_the_one_it_replaces(credential: Renewing) -> None:
    session = session_of(credential)
    session.follow(7)
    assert session.lease().generation == 8
    session.follow(3)
    assert session.lease().generation == 8
