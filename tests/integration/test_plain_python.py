"""`connect` and the guide's class in plain Python, on the real front door."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
from kfp_server_api import ApiException

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.kernel.client import KubeflowClient

from ..stack.dex import SECOND_CONNECTOR, SECOND_EMAIL, SECOND_PASSWORD, SECOND_USERNAME
from ..stack.plugin import StackFactory
from ..stack.stack import Stack

Connect = Callable[..., KubeflowClient]


def by_function(host: str, username: str, password: str, connector: str) -> KubeflowClient:
    return kfc.connect(host=host, username=username, password=password, connector=connector)


def by_class(host: str, username: str, password: str, connector: str) -> KubeflowClient:
    return kfc.KFPClientManager(host, username, password, connector).create_kfp_client()


either_way = pytest.mark.parametrize("connect", [by_function, by_class])


@either_way
def test_a_user_name_and_a_password_are_enough(connect: Connect, stack: Stack) -> None:
    stack.have_experiment("train-resnet")
    before = stack.sign_in_count()
    client = connect(stack.host, stack.username, stack.password, stack.connector)
    for namespace in (None, stack.namespace):
        listed = client.list_experiments(namespace=namespace).experiments
        assert "train-resnet" in [each.display_name for each in listed]
    assert stack.username in repr(client)
    assert stack.sign_in_count() == before + 1


@either_way
def test_a_choice_of_connectors_and_an_approval_are_walked_through(
    connect: Connect, stack_with: StackFactory
) -> None:
    stack = stack_with(approval=True, second_connector=True)
    client = connect(stack.host, stack.username, stack.password, "local")
    client.list_experiments(namespace=stack.namespace)

    client = connect(stack.host, SECOND_USERNAME, SECOND_PASSWORD, SECOND_CONNECTOR)
    assert SECOND_EMAIL in repr(client)
    # That user is signed in, and has no namespace here.
    with pytest.raises(ApiException) as caught:
        client.list_experiments(namespace=stack.namespace)
    assert isinstance(caught.value, kfc.KfpConnectError)
    assert caught.value.code == "forbidden"
    assert SECOND_EMAIL in caught.value.message


def test_a_connector_that_is_not_there_comes_with_those_that_are(stack_with: StackFactory) -> None:
    stack = stack_with(approval=True, second_connector=True)
    before = stack.sign_in_count()
    with pytest.raises(kfc.SignInNeeded) as caught:
        by_class(stack.host, stack.username, stack.password, "github")
    assert caught.value.code == "connector-unknown"
    for connector in ("github", "local", SECOND_CONNECTOR):
        assert connector in f"{caught.value.message} {caught.value.remedy}"
    assert stack.sign_in_count() == before


@either_way
def test_the_same_client_goes_on_when_its_session_has_ended(connect: Connect, stack: Stack) -> None:
    client = connect(stack.host, stack.username, stack.password, stack.connector)
    for _ in range(2):
        stack.end_sessions()
        before = stack.sign_in_count()
        client.list_experiments(namespace=stack.namespace)
        assert stack.sign_in_count() == before + 1


def test_a_private_authority_is_told_named_or_skipped(stack_with: StackFactory) -> None:
    stack = stack_with(https=True)
    user, password = stack.username, stack.password
    before = stack.sign_in_count()
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(host=stack.host, username=user, password=password)
    assert caught.value.code == "tls-untrusted"
    assert stack.sign_in_count() == before

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client = kfc.connect(
            host=stack.host, ssl_ca_cert=stack.ca_file, username=user, password=password
        )
        client.list_experiments(namespace=stack.namespace)

    manager = kfc.KFPClientManager(stack.host, user, password, skip_tls_verify=True)
    with pytest.warns(UserWarning, match="is not verified"):
        client = manager.create_kfp_client()
    client.list_experiments(namespace=stack.namespace)
