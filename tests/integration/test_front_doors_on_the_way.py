"""What may lie before a front door: an organisation's proxy, or the front door of before."""

from __future__ import annotations

import pytest

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.core.http import NetworkSettings, Request, closing
from jupyter_kfp_connect.core.transport import RequestsTransport
from jupyter_kfp_connect.kernel.client import KubeflowClient

from ..stack.authservice import stand_in_authservice
from ..stack.forward_proxy import stand_in_proxy
from ..stack.plugin import StackFactory
from ..stack.ports import free_ports
from ..stack.stack import Stack


@pytest.mark.parametrize(("https", "method"), [(False, "GET"), (True, "CONNECT")])
def test_a_proxy_on_the_way_is_gone_through_for_all(
    https: bool, method: str, stack_with: StackFactory
) -> None:
    stack = stack_with(https=https)
    with stand_in_proxy() as proxy:
        client = kfc.connect(
            host=stack.host,
            username=stack.username,
            password=stack.password,
            proxy=proxy.url,
            ssl_ca_cert=stack.ca_file,
        )
        signing_in = len(proxy.asked)
        assert signing_in
        client.list_experiments(namespace=stack.namespace)
        assert len(proxy.asked) > signing_in
    place = stack.gateway.partition("://")[2]
    assert {host for _, host in proxy.asked} == {place}
    assert method in {asked for asked, _ in proxy.asked}


@pytest.mark.parametrize("https", [False, True])
def test_a_proxy_that_is_down_is_told_and_not_passed_by(
    https: bool, stack_with: StackFactory
) -> None:
    stack = stack_with(https=https)
    before = stack.sign_in_count()
    (nobody,) = free_ports(1)
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(
            host=stack.host,
            username=stack.username,
            password=stack.password,
            proxy=f"http://127.0.0.1:{nobody}",
            ssl_ca_cert=stack.ca_file,
        )
    assert caught.value.code == "proxy-failed"
    assert str(nobody) in caught.value.message
    assert stack.sign_in_count() == before


@pytest.mark.parametrize("https", [False, True])
@pytest.mark.parametrize("own", [True, False])
def test_a_proxy_that_asks_for_a_password_is_told_and_a_wrong_one_is_not_repeated(
    https: bool, own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = f"{'https' if https else 'http'}://kubeflow.example.com/pipeline"
    with stand_in_proxy("Pr0xy-Secret") as proxy:
        monkeypatch.setenv("HTTPS_PROXY" if https else "HTTP_PROXY", proxy.url_with("not-it-99"))
        with pytest.raises(kfc.NotReachable) as caught:
            # The connection's own has none, the environment's is wrong.
            kfc.connect(host=host, proxy=proxy.url if own else None)
        assert proxy.asked == []
    problem = caught.value
    assert problem.code == "proxy-failed"
    assert f"the proxy {proxy.url} asks for a user name and password" in problem.message
    assert "http://USER:PASSWORD@" in problem.remedy
    assert "not-it-99" not in f"{problem} {problem!r} {problem.to_dict()}"


@pytest.mark.parametrize("https", [False, True])
def test_a_call_that_a_proxy_lets_pass_no_more_is_told_alike(
    https: bool, stack_with: StackFactory
) -> None:
    stack = stack_with(https=https)
    who = {"username": stack.username, "password": stack.password}
    with stand_in_proxy() as proxy:
        client = kfc.connect(host=stack.host, proxy=proxy.url, ssl_ca_cert=stack.ca_file, **who)  # type: ignore[arg-type]
        proxy.password = "Pr0xy-Secret"
        with pytest.raises(kfc.NotReachable) as caught:
            client.list_experiments(namespace=stack.namespace)
    assert caught.value.code == "proxy-failed"
    assert "asks for a user name and password" in caught.value.message


@pytest.mark.parametrize("https", [False, True])
def test_a_proxy_of_the_environment_gets_the_password_that_stands_there(
    https: bool, stack_with: StackFactory
) -> None:
    stack = stack_with(https=https)
    with stand_in_proxy("Pr0xy-Secret") as proxy:
        verify = str(stack.ca_file) if stack.ca_file else True
        settings = NetworkSettings(verify, proxy.url_with("Pr0xy-Secret"))
        with closing(RequestsTransport(settings)) as transport:
            answer = transport.send(Request("GET", f"{stack.host}/apis/v2beta1/healthz"))
        assert answer.status == 401
        assert len(proxy.asked) == 1


def client_at(host: str, stack: Stack) -> KubeflowClient:
    """Return a client of the stack's user at `host`."""
    return kfc.connect(
        host=host,
        username=stack.username,
        password=stack.password,
        namespace=stack.namespace,
    )


def test_the_front_door_of_older_kubeflows_is_walked_through_and_renewed(stack: Stack) -> None:
    with stand_in_authservice(stack) as door:
        client = client_at(door.host, stack)
        client.list_experiments(namespace=stack.namespace)
        assert door.sign_ins == 1
        door.end_sessions()
        client.list_experiments(namespace=stack.namespace)
        assert door.sign_ins == 2


def test_a_post_whose_session_is_over_is_not_turned_round_by_the_redirect(stack: Stack) -> None:
    with stand_in_authservice(stack) as door:
        client = client_at(door.host, stack)
        door.end_sessions()
        # The call itself: create_experiment() would look for the name first.
        made = client._experiment_api.experiment_service_create_experiment(
            experiment={"display_name": door.host, "namespace": stack.namespace}
        )
        assert made.display_name == door.host
        assert door.sign_ins == 2


def test_a_wrong_password_at_the_front_door_of_older_kubeflows_is_sent_once(stack: Stack) -> None:
    with stand_in_authservice(stack) as door:
        with pytest.raises(kfc.SignInNeeded) as caught:
            kfc.connect(host=door.host, username=stack.username, password="not-this-one")
        assert caught.value.code == "wrong-password"
        assert door.sign_ins == 1
