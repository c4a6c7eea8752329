"""Namespaces at the real front door: known without asking, and changed without a sign-in."""

from __future__ import annotations

from typing import Any

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.sandbox.options import SHARED_NAMESPACE

from ..server.asking import BrokerClient, Rest
from ..server.contract import rung, states
from ..stack.stack import Stack


async def test_the_only_namespace_is_used_unasked_and_another_is_proven_without_a_sign_in(
    rest: Rest, broker: BrokerClient, stack: Stack
) -> None:
    await rest.put("work", host=stack.host, username=stack.username)
    told = await rest.connect("work", password=stack.password)
    assert rung(told, "authorized")["detail"] == stack.namespace
    assert told["namespaces"] == [{"namespace": stack.namespace, "role": "owner"}]
    before = await broker.lease("work")
    asked = len(stack.accesses())

    await rest.put("work", namespace=SHARED_NAMESPACE)
    told = await rest.settled("work")
    assert (states(told), rung(told, "authorized")["detail"]) == (["ok"] * 3, SHARED_NAMESPACE)
    calls = [each.path.removeprefix("/pipeline/apis/v2beta1/") for each in stack.accesses()[asked:]]
    assert calls == ["healthz", "experiments"]
    after = await broker.lease("work")
    assert (after["namespace"], after["headers"]) == (SHARED_NAMESPACE, before["headers"])


def test_a_program_works_in_the_namespace_that_is_its_user_s_or_the_one_it_names(
    stack: Stack,
) -> None:
    who: dict[str, Any] = {
        "host": stack.host,
        "username": stack.username,
        "password": stack.password,
    }
    assert kfc.connect(**who).get_user_namespace() == stack.namespace
    assert kfc.connect(**who, namespace=SHARED_NAMESPACE).get_user_namespace() == SHARED_NAMESPACE
