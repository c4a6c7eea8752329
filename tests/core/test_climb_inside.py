"""In a pod the mounted token is enough; where it is not, it is told what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.options import FOREIGN_NAMESPACE, USER_NAMESPACE
from tests.sandbox.running import RunningSandbox

from .climbing import Ascent, climb
from .fakes import connection, environment, given, pod


@pytest.fixture(scope="module")
def kubeflow() -> Iterator[RunningSandbox]:
    with RunningSandbox(SandboxOptions()) as running:
        yield running


@pytest.fixture(scope="module")
def api() -> Iterator[RunningSandbox]:
    with RunningSandbox(SandboxOptions(api_only=True)) as running:
        yield running


def token_climb(root: Path, running: RunningSandbox, token: str | None, **fields: Any) -> Ascent:
    """Climb in a pod to the host that its environment names."""
    here = pod(root, USER_NAMESPACE, token, KF_PIPELINES_ENDPOINT=running.sandbox.host)
    return Ascent(connection(host=running.sandbox.host, **fields), environment=here)


class TestInsideTheCluster:
    def test_a_mounted_token_is_enough(self, api: RunningSandbox, tmp_path: Path) -> None:
        ascent = token_climb(tmp_path, api, api.sandbox.issue_token())
        lease = ascent.connected().lease()
        assert ascent.states == ["ok", "ok", "ok"]
        assert ascent.details()[1:] == [f"{USER_NAMESPACE}/default-editor", USER_NAMESPACE]
        assert (lease.way, lease.namespace) == ("service-account-token", USER_NAMESPACE)
        assert lease.watch is not None

    def test_a_swapped_token_is_the_next_calls(self, api: RunningSandbox, tmp_path: Path) -> None:
        session = token_climb(tmp_path, api, api.sandbox.issue_token()).connected()
        fresh = api.sandbox.issue_token(seconds=99)
        Path(session.lease().watch or "").write_text(fresh)
        lease = session.lease()
        assert lease.headers["Authorization"] == f"Bearer {fresh}"
        assert lease.generation == 2

    def test_no_token_is_told_with_what_to_mount(self, api: RunningSandbox, tmp_path: Path) -> None:
        ascent = token_climb(tmp_path, api, None)
        problem = ascent.failed("token-missing")
        assert "PodDefault" in problem.remedy
        assert "again" in problem.remedy
        assert ascent.states == ["ok", "failed", "unknown"]

    @pytest.mark.parametrize(
        ("options", "code", "words"),
        [
            (
                {"audience": "https://kubernetes.default.svc"},
                "token-audience",
                "pipelines.kubeflow",
            ),
            ({"seconds": -60}, "token-expired", "expired on 20"),
        ],
    )
    def test_a_token_that_does_not_serve_is_told_for_what_it_is(
        self,
        api: RunningSandbox,
        tmp_path: Path,
        options: dict[str, Any],
        code: str,
        words: str,
    ) -> None:
        ascent = token_climb(tmp_path, api, api.sandbox.issue_token(**options))
        problem = ascent.failed(code)
        assert words in problem.message
        assert ascent.states == ["ok", "failed", "unknown"]

    def test_an_account_that_is_gone_is_told(self, api: RunningSandbox, tmp_path: Path) -> None:
        token = api.sandbox.issue_token(service_account="gone")
        api.sandbox.cluster.tokens.delete_service_account(USER_NAMESPACE, "gone")
        assert "gone" in token_climb(tmp_path, api, token).failed("token-revoked").message

    def test_what_is_no_token_at_all_is_told(self, api: RunningSandbox, tmp_path: Path) -> None:
        token_climb(tmp_path, api, "garbage").failed("token-refused")

    def test_a_403_names_who_may_not_do_what_where_and_what_binds_them(
        self, api: RunningSandbox, tmp_path: Path
    ) -> None:
        token = api.sandbox.issue_token()
        ascent = token_climb(tmp_path, api, token, namespace=FOREIGN_NAMESPACE)
        ascent.connected()
        rung = ascent.ladder["authorized"]
        assert (rung.state, rung.code) == ("failed", "forbidden")
        for word in (USER_NAMESPACE, "default-editor", "list", FOREIGN_NAMESPACE):
            assert word in (rung.detail or "")
        assert rung.remedy is not None
        assert "RoleBinding" in rung.remedy.text

    def test_users_without_a_gateway_are_told_to_forward_it(self, api: RunningSandbox) -> None:
        problem = climb(api).failed("gateway-bypassed")
        assert "istio-ingressgateway" in (problem.remedy_copy or "")

    def test_a_token_given_by_hand_works_in_any_place(self, api: RunningSandbox) -> None:
        token = api.sandbox.issue_token()
        ascent = climb(api, given(token=token))
        assert ascent.connected().way == "bearer-token"
        assert ascent.states == ["ok", "ok", "ok"]

    def test_the_mounted_token_goes_to_no_host_that_it_is_not_for(
        self, kubeflow: RunningSandbox, tmp_path: Path
    ) -> None:
        here = pod(tmp_path, USER_NAMESPACE, "hunter2")
        ascent = Ascent(connection(host=kubeflow.sandbox.host), environment=here)
        ascent.failed("sign-in-needed")
        codes = {each.code for each in ascent.climb.attempts}
        assert "token-not-for-this-host" in codes
        named = environment(tmp_path, KF_PIPELINES_TOKEN="hunter2")
        Ascent(connection(host=kubeflow.sandbox.host), environment=named).failed("sign-in-needed")
