"""A sign-in against a real directory: what it refuses, and what is not its refusal."""

from __future__ import annotations

import time

import pytest

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.kernel.client import KubeflowClient

from ..stack.directory import CONNECTOR, PASSWORD, USERNAME
from ..stack.plugin import StackFactory
from ..stack.stack import Stack

#: Seconds that the connection gives one call; whatever does answer needs a part of that on a busy
#: machine.
PATIENCE = 8.0


@pytest.fixture
def stack(stack_with: StackFactory) -> Stack:
    """A front door whose users are in a directory, next to Dex's own."""
    return stack_with(directory=True)


def connected(stack: Stack, password: str = PASSWORD, connector: str = CONNECTOR) -> KubeflowClient:
    return kfc.connect(
        host=stack.host,
        username=USERNAME,
        password=password,
        connector=connector,
        timeout=PATIENCE,
    )


def refused(
    stack: Stack, password: str = PASSWORD, connector: str = CONNECTOR
) -> kfc.KfpConnectError:
    with pytest.raises(kfc.KfpConnectError) as caught:
        connected(stack, password, connector)
    assert password not in f"{caught.value} {caught.value.to_dict()}"
    return caught.value


def test_a_user_of_the_directory_signs_in(stack: Stack) -> None:
    before = stack.sign_in_count()
    client = connected(stack)
    client.list_experiments(namespace=stack.namespace)
    assert USERNAME in repr(client)
    assert stack.sign_in_count() == before + 1


def test_a_wrong_password_is_sent_once_since_accounts_lock(stack: Stack) -> None:
    before = stack.sign_in_count()
    problem = refused(stack, "not-this-one")
    assert (problem.code, problem.retryable) == ("wrong-password", False)
    # Who is in the other list of users sees which one was asked.
    assert "by the connector “ldap”; there is also local" in problem.message
    assert stack.sign_in_count() == before + 1


def test_a_directory_that_is_down_has_refused_nobody(stack: Stack) -> None:
    assert stack.directory is not None
    before = stack.sign_in_count()
    stack.directory.stop()
    try:
        problem = refused(stack)
        assert (problem.code, problem.retryable) == ("directory-down", True)
        assert problem.actor == "administrator"
        assert stack.sign_in_count() == before + 1
    finally:
        stack.directory.start()
    connected(stack)


def test_a_directory_that_hangs_is_told_in_time_and_has_refused_nobody(stack: Stack) -> None:
    assert stack.directory is not None
    began = time.monotonic()
    with stack.directory.on_hold():
        problem = refused(stack)
        spent = time.monotonic() - began
    assert (problem.code, problem.retryable) == ("directory-down", True)
    assert "did not answer" in problem.message
    assert PATIENCE <= spent < 2 * PATIENCE  # nothing was waited for twice
    # It goes on, and so do its users.
    connected(stack)


def test_a_session_goes_on_with_the_same_password_after_the_directory_was_away(
    stack: Stack,
) -> None:
    assert stack.directory is not None
    client = connected(stack)
    stack.end_sessions()
    with stack.directory.on_hold(), pytest.raises(kfc.KfpConnectError) as caught:
        client.list_experiments(namespace=stack.namespace)
    assert caught.value.code == "directory-down"
    client.list_experiments(namespace=stack.namespace)


def test_the_connectors_offered_are_named_where_another_was_asked_for(stack: Stack) -> None:
    before = stack.sign_in_count()
    problem = refused(stack, connector="saml")
    assert problem.code == "connector-unknown"
    assert all(name in problem.message for name in ("saml", "local", CONNECTOR))
    assert stack.sign_in_count() == before


def test_a_directory_asked_for_where_there_is_none_is_told(stack_with: StackFactory) -> None:
    plain = stack_with()
    before = plain.sign_in_count()
    problem = refused(plain)
    assert problem.code == "connector-unknown"
    assert "local" in problem.message
    assert plain.sign_in_count() == before
