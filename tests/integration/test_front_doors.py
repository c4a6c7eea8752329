"""Front doors of other kinds than the usual one, each of the real parts, through `connect`."""

from __future__ import annotations

import pytest

import jupyter_kfp_connect as kfc

from ..stack.plugin import StackFactory
from ..stack.stack import Stack


def lists(stack: Stack, **how: object) -> None:
    """Connect, and list what the user's namespace has.

    Parameters
    ----------
    stack : Stack
        Where.
    how : dict
        More arguments of `connect`.
    """
    stack.have_experiment("behind-the-door")
    signing = {"username": stack.username, "password": stack.password}
    client = kfc.connect(host=stack.host, **{**signing, **how})  # type: ignore[arg-type]
    listed = client.list_experiments(namespace=stack.namespace).experiments
    assert "behind-the-door" in [each.display_name for each in listed]


def test_a_front_door_that_starts_the_flow_by_itself_is_walked_through(
    stack_with: StackFactory,
) -> None:
    stack = stack_with(skip_button=True)
    before = stack.sign_in_count()
    lists(stack)
    assert stack.sign_in_count() == before + 1


def test_a_gateway_under_a_path_is_signed_in_to_where_it_is(stack_with: StackFactory) -> None:
    stack = stack_with(prefix="/kubeflow")
    before = stack.sign_in_count()
    lists(stack)
    assert stack.sign_in_count() == before + 1
    # Its dashboard is under the path as well: it says which namespaces the user has.
    client = kfc.connect(host=stack.host, username=stack.username, password=stack.password)
    assert stack.namespace in repr(client)


def test_a_sign_in_at_another_host_waits_for_a_yes(stack_with: StackFactory) -> None:
    stack = stack_with(elsewhere=True)
    with pytest.raises(kfc.SignInNeeded) as caught:
        lists(stack)
    assert caught.value.code == "other-login-host"
    elsewhere = caught.value.remedy_copy
    assert elsewhere is not None
    assert stack.dex_issuer.startswith(elsewhere)
    lists(stack, login_hosts=[elsewhere])


def test_a_choice_of_none_that_takes_a_password_is_told_with_what_can_be_done(
    stack_with: StackFactory,
) -> None:
    stack = stack_with(passwordless=True)
    with pytest.raises(kfc.SignInNeeded) as caught:
        lists(stack)
    assert caught.value.code == "no-password-form"
    assert "cookie" in caught.value.remedy
    assert "token" in caught.value.remedy
    assert stack.sign_in_count() == 0


def test_an_install_without_any_sign_in_asks_for_nothing(stack_with: StackFactory) -> None:
    stack = stack_with(sign_in=False)
    client = kfc.connect(host=stack.host)
    client.list_experiments()
    # A password that was given all the same goes nowhere.
    lists(stack, namespace=None)
    assert stack.sign_in_count() == 0


def test_a_sign_in_that_took_too_long_says_that_the_password_was_right(
    stack_with: StackFactory,
) -> None:
    stack = stack_with(csrf_expire="1ms")
    before = stack.sign_in_count()
    with pytest.raises(kfc.KfpConnectError) as caught:
        lists(stack)
    assert caught.value.code == "no-way-in"
    assert "password was accepted" in caught.value.message
    assert stack.sign_in_count() == before + 1
