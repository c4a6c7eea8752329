"""Whatever keeps a user away from Kubeflow is told in a sentence, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.errors import KfpConnectError, NotAuthorized, SignInNeeded
from jupyter_kfp_connect.core.here import connect_here
from jupyter_kfp_connect.core.http import NetworkSettings, closing
from jupyter_kfp_connect.core.ladder import Ladder
from jupyter_kfp_connect.core.recheck import recheck
from jupyter_kfp_connect.core.session import Session
from jupyter_kfp_connect.core.transport import RequestsTransport
from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.options import (
    FOREIGN_NAMESPACE,
    PASSWORD,
    USER,
    USER_NAMESPACE,
)
from tests.sandbox.running import Clock, RunningSandbox

from .climbing import Ascent, climb, passwords
from .fakes import connection, given

LOGIN = given(username=USER, password=PASSWORD)


@pytest.fixture(scope="module")
def kubeflow() -> Iterator[RunningSandbox]:
    with RunningSandbox(SandboxOptions()) as running:
        yield running


@pytest.fixture(scope="module")
def two_connectors() -> Iterator[RunningSandbox]:
    with RunningSandbox(SandboxOptions(connectors=("local", "ldap"), approval=True)) as running:
        yield running


@pytest.fixture(scope="module")
def standalone() -> Iterator[RunningSandbox]:
    with RunningSandbox(SandboxOptions(single_user=True)) as running:
        yield running


@pytest.fixture(scope="module")
def api() -> Iterator[RunningSandbox]:
    with RunningSandbox(SandboxOptions(api_only=True)) as running:
        yield running


def looked_at_again(session: Session) -> list[str]:
    """Return the rungs' states as they are found anew."""
    ladder = Ladder()
    with closing(RequestsTransport(NetworkSettings())) as transport:
        recheck(session, ladder, transport)
    return [rung.state for rung in ladder]


class TestOutsideTheCluster:
    def test_a_right_password_turns_the_rungs_green(self, kubeflow: RunningSandbox) -> None:
        ascent = climb(kubeflow, LOGIN)
        session = ascent.connected()
        assert ascent.states == ["ok", "ok", "ok"]
        assert ascent.details()[1:] == [USER, USER_NAMESPACE]
        assert "behind oauth2-proxy and Dex" in ascent.details()[0]
        lease = session.lease()
        assert (lease.namespace, lease.signed_in_as, lease.way) == (USER_NAMESPACE, USER, "dex")
        assert lease.multi_user is True
        assert lease.expires_at is not None
        assert list(lease.headers) == ["Cookie"]
        assert session.renews
        told = [(each.way, each.code) for each in ascent.climb.attempts]
        assert told[-1] == ("dex", "ok")

    def test_the_sign_in_costs_nine_requests_in_all(self, kubeflow: RunningSandbox) -> None:
        # Seven of the sign-in, who we are, and one list.
        before = kubeflow.sandbox.cluster.requests.total()
        climb(kubeflow, LOGIN).connected()
        assert kubeflow.sandbox.cluster.requests.total() - before == 9

    def test_a_wrong_password_is_sent_once_and_the_name_is_kept(
        self, kubeflow: RunningSandbox
    ) -> None:
        before = passwords(kubeflow)
        ascent = climb(kubeflow, given(username=USER, password="wrong"))
        problem = ascent.failed("wrong-password")
        assert isinstance(problem, SignInNeeded)
        assert passwords(kubeflow) - before == 1
        assert ascent.states == ["ok", "failed", "unknown"]
        assert ascent.details()[0] == "a Kubeflow front door"
        assert ascent.offered == ["local"]
        assert "wrong" not in problem.message

    def test_without_a_password_the_form_is_asked_for(self, kubeflow: RunningSandbox) -> None:
        ascent = climb(kubeflow)
        ascent.failed("sign-in-needed")
        assert ascent.offered == ["local"]
        assert ascent.climb.sign_in is not None
        assert ascent.climb.sign_in.kind == "password"
        assert ascent.states[0] == "ok"

    def test_without_a_name_the_name_is_asked_for(self, kubeflow: RunningSandbox) -> None:
        before = passwords(kubeflow)
        problem = climb(kubeflow, given(password=PASSWORD)).failed("sign-in-needed")
        assert "user name" in problem.message
        assert passwords(kubeflow) == before
        climb(kubeflow, given(password=PASSWORD), username=USER).connected()

    def test_an_unknown_connector_is_told_with_those_offered(
        self, two_connectors: RunningSandbox
    ) -> None:
        before = passwords(two_connectors)
        ascent = climb(two_connectors, given(username=USER, password=PASSWORD, connector="github"))
        problem = ascent.failed("connector-unknown")
        assert "local, ldap" in problem.message
        assert ascent.offered == ["local", "ldap"]
        assert passwords(two_connectors) == before

    @pytest.mark.parametrize("connector", [None, "local", "ldap"])
    def test_each_connector_works_through_the_approval_screen(
        self, two_connectors: RunningSandbox, connector: str | None
    ) -> None:
        fields = {"connector": connector} if connector else {}
        ascent = climb(two_connectors, LOGIN, **fields)
        ascent.connected()
        reasons = [each.reason for each in ascent.climb.attempts]
        assert ("through the connector local" in reasons) is (connector is None)

    def test_the_wrong_path_is_told_with_the_right_one_ready_to_copy(
        self, kubeflow: RunningSandbox
    ) -> None:
        origin = kubeflow.sandbox.origin
        for host in (origin, f"{origin}/some/page"):
            ascent = Ascent(connection(host=host), LOGIN)
            problem = ascent.failed("wrong-path")
            assert problem.remedy_copy == f"{origin}/pipeline"
            assert ascent.states == ["failed", "unknown", "unknown"]

    def test_a_namespace_of_somebody_else_is_told_and_the_session_serves_the_others(
        self, kubeflow: RunningSandbox
    ) -> None:
        ascent = climb(kubeflow, LOGIN, namespace=FOREIGN_NAMESPACE)
        session = ascent.connected()
        rung = ascent.ladder["authorized"]
        assert (rung.state, rung.code, rung.actor) == ("failed", "forbidden", "namespace owner")
        assert FOREIGN_NAMESPACE in (rung.detail or "")
        assert rung.remedy is not None
        assert USER in rung.remedy.text
        assert USER_NAMESPACE in dict(session.facts.namespaces)

    def test_without_a_server_a_namespace_that_is_refused_is_an_error(
        self, kubeflow: RunningSandbox
    ) -> None:
        made = connection(host=kubeflow.sandbox.host, namespace=FOREIGN_NAMESPACE)
        with pytest.raises(NotAuthorized) as caught:
            connect_here(made, LOGIN, environment=Environment(token_file="/nowhere"))
        assert caught.value.code == "forbidden"
        assert caught.value.actor == "namespace owner"

    def test_a_session_that_ended_is_renewed_on_the_way(self) -> None:
        clock = Clock()
        with RunningSandbox(SandboxOptions(session_seconds=3600, clock=clock)) as running:
            session = climb(running, LOGIN).connected()
            clock.now += 7200
            assert looked_at_again(session) == ["ok", "ok", "ok"]
            assert session.generation == 2
            assert passwords(running) == 2

    def test_a_directory_that_is_down_keeps_the_password_for_later(self) -> None:
        with RunningSandbox(SandboxOptions()) as running:
            session = climb(running, LOGIN).connected()
            running.sandbox.cluster.directory.is_down = True
            with pytest.raises(KfpConnectError) as caught:
                session.refused(1)
            assert caught.value.code == "directory-down"
            assert caught.value.retryable
            assert session.renews
            running.sandbox.cluster.directory.is_down = False
            assert session.refused(1).generation == 2

    def test_a_password_that_was_changed_is_tried_once_and_then_forgotten(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with RunningSandbox(SandboxOptions()) as running:
            session = climb(running, LOGIN).connected()
            directory = running.sandbox.cluster.directory
            monkeypatch.setattr(directory, "check_password", lambda *_: False)
            codes = []
            for _ in range(3):
                with pytest.raises(SignInNeeded) as caught:
                    session.refused(1)
                codes.append(caught.value.code)
            assert codes == ["wrong-password", "session-over", "session-over"]
            assert passwords(running) == 2
            assert not session.renews

    def test_a_password_that_is_not_kept_ends_with_the_session(
        self, kubeflow: RunningSandbox
    ) -> None:
        session = climb(kubeflow, LOGIN).connected()
        session.forget_password()
        assert session.lease().headers
        with pytest.raises(SignInNeeded) as caught:
            session.refused(1)
        assert caught.value.code == "session-over"


class TestStandalone:
    def test_nobody_is_asked_for_anything(self, standalone: RunningSandbox) -> None:
        ascent = climb(standalone)
        lease = ascent.connected().lease()
        assert ascent.states == ["ok", "not-needed", "not-needed"]
        assert (lease.way, dict(lease.headers), lease.multi_user) == ("none", {}, False)

    def test_a_password_that_is_not_asked_for_is_not_sent(self, standalone: RunningSandbox) -> None:
        before = standalone.sandbox.cluster.requests.total()
        lease = climb(standalone, LOGIN).connected().lease()
        assert not lease.headers
        assert passwords(standalone) == 0
        assert standalone.sandbox.cluster.requests.total() - before == 2

    def test_looking_again_finds_the_same(self, standalone: RunningSandbox) -> None:
        session = climb(standalone).connected()
        assert looked_at_again(session) == ["ok", "not-needed", "not-needed"]
