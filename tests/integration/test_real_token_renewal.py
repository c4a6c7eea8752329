"""Calls go on while a real token is replaced, gone for a moment, or of another time than ours."""

from __future__ import annotations

import pytest

import jupyter_kfp_connect as kfc

from .calls import going_on
from .real_pod import RealPod
from .wrong_clock import clock_off_by

SWAPS = 5


def test_no_call_fails_while_the_token_is_swapped(real_pod: RealPod) -> None:
    with going_on(kfc.connect()) as calls:
        for _ in range(SWAPS):
            real_pod.swap()
            calls.some_more()
    assert real_pod.seen[-1] == real_pod.token
    assert len(set(real_pod.seen)) == SWAPS + 1, "calls were made with each of the tokens"


@pytest.mark.parametrize("empty", [False, True])
def test_a_file_that_is_gone_for_a_moment_stops_no_call(empty: bool, real_pod: RealPod) -> None:
    with going_on(kfc.connect()) as calls:
        with real_pod.without_file(empty=empty):
            calls.some_more()
        real_pod.swap()
        calls.some_more()


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_token_that_the_cluster_takes_serves_whatever_our_clock_says(
    hours: int, real_pod: RealPod, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_off_by(hours, monkeypatch)
    with going_on(kfc.connect()) as calls:
        calls.some_more()
        real_pod.swap()
        calls.some_more()


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_wrong_clock_is_not_taken_for_the_cause_of_another_refusal(
    hours: int, real_pod: RealPod, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_off_by(hours, monkeypatch)
    real_pod.lay_down(real_pod.kubernetes.token(audience=None))
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect()
    assert caught.value.code == "token-audience"
