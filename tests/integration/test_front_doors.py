"""Front doors of other kinds than the usual one, each of the real parts, through `connect`."""

from __future__ import annotations

import pytest

import jupyter_kfp_connect as kfc

from ..stack import dex
from ..stack.plugin import StackFactory
from ..stack.stack import Stack

#: Requests that it takes to connect: seven of the sign-in, who we are, and one list.
AT_THE_ROOT = 9


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
    with stack.session() as session:
        healthz = f"{stack.host}/apis/v2beta1/healthz"
        assert session.get(healthz, timeout=10, allow_redirects=False).status_code == 302
    before = stack.sign_in_count()
    lists(stack)
    assert stack.sign_in_count() == before + 1
    # The cookie of that very redirect ties the way back: without a password, it leads to the form.
    with pytest.raises(kfc.SignInNeeded) as caught:
        kfc.connect(host=stack.host)
    assert caught.value.code == "sign-in-needed"


def test_a_gateway_under_a_path_is_signed_in_to_where_it_is(stack_with: StackFactory) -> None:
    stack = stack_with(prefix="/kubeflow")
    before = len(stack.accesses())
    client = kfc.connect(host=stack.host, username=stack.username, password=stack.password)
    asked = stack.accesses()[before:]
    # Nothing goes to its neighbours, and it costs no more than at the root.
    assert all(access.path.startswith("/kubeflow/") for access in asked), asked
    assert len(asked) == AT_THE_ROOT
    assert sum(access.is_sign_in for access in asked) == 1
    # Its dashboard is under the path as well: it says which namespaces the user has.
    assert stack.namespace in repr(client)
    lists(stack)


def test_a_sign_in_at_another_host_waits_for_a_yes(stack_with: StackFactory) -> None:
    stack = stack_with(elsewhere=True)
    with pytest.raises(kfc.SignInNeeded) as caught:
        lists(stack)
    assert caught.value.code == "other-login-host"
    elsewhere = caught.value.remedy_copy
    assert elsewhere is not None
    assert stack.dex_issuer.startswith(elsewhere)
    lists(stack, login_hosts=[elsewhere])


def test_a_sign_in_at_another_host_is_believed_by_the_same_private_authority(
    stack_with: StackFactory,
) -> None:
    stack = stack_with(https=True, elsewhere=True, elsewhere_https=True)
    with pytest.raises(kfc.SignInNeeded) as caught:
        lists(stack, ssl_ca_cert=stack.ca_file)
    assert caught.value.code == "other-login-host"
    elsewhere = caught.value.remedy_copy
    assert elsewhere is not None
    assert elsewhere.startswith("https://")
    lists(stack, ssl_ca_cert=stack.ca_file, login_hosts=[elsewhere])


def test_a_sign_in_that_falls_from_https_to_plain_http_gets_no_password_whoever_allows_it(
    stack_with: StackFactory,
) -> None:
    stack = stack_with(https=True, elsewhere=True)
    there = stack.dex_issuer.removesuffix("/dex")
    with pytest.raises(kfc.SignInFailed) as caught:
        lists(stack, ssl_ca_cert=stack.ca_file, login_hosts=[there])
    assert caught.value.code == "downgrade-refused"
    assert caught.value.actor == "administrator"
    assert there in caught.value.message


@pytest.mark.parametrize("offered", [["GitHub"], ["GitHub", "GitLab"]])
@pytest.mark.parametrize("connector", [None, "ldap"])
def test_a_choice_of_none_that_takes_a_password_is_told_with_what_can_be_done(
    offered: list[str], connector: str | None, stack_with: StackFactory
) -> None:
    stack = stack_with(passwordless=len(offered))
    with pytest.raises(kfc.SignInNeeded) as caught:
        lists(stack, connector=connector)
    assert caught.value.code == "no-password-form"
    assert all(name.lower() in caught.value.message.lower() for name in offered)
    assert "cookie" in caught.value.remedy
    assert "token" in caught.value.remedy
    assert stack.sign_in_count() == 0


def test_a_connector_that_takes_no_password_is_not_offered_for_one(
    stack_with: StackFactory,
) -> None:
    stack = stack_with(passwordless=1, second_connector=True)
    user = {"username": dex.SECOND_USERNAME, "password": dex.SECOND_PASSWORD}
    with pytest.raises(kfc.SignInNeeded) as caught:
        lists(stack, connector="corp", **user)
    assert caught.value.code == "connector-unknown"
    assert caught.value.message.endswith(f"offered: {dex.SECOND_CONNECTOR}")
    with pytest.raises(kfc.SignInNeeded) as caught:
        lists(stack, connector="github", **user)
    assert caught.value.code == "no-password-form"
    assert "https://github.com" in caught.value.message
    assert dex.SECOND_CONNECTOR in caught.value.remedy
    assert stack.sign_in_count() == 0
    # What is left is one alone: nobody has to name it.
    kfc.connect(host=stack.host, username=user["username"], password=user["password"])
    assert stack.sign_in_count() == 1


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
