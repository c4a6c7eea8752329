"""Inside the cluster, without a Jupyter server: a bare kernel and a program use a mounted token."""

from __future__ import annotations

import pytest

import jupyter_kfp_connect as kfc

from ..kernel.real_kernel import LOAD, Kernel
from .calls import CELL, END, ROUNDS, going_on, wait_for_calls
from .cluster import ACCOUNT, NAMESPACE, PodVolume

SWAPS = 5


@pytest.fixture
def notebook(pod: PodVolume, kernel: Kernel) -> Kernel:
    """A kernel that no server started, after the magic alone."""
    outcome = kernel.run(f"{LOAD}\n%kfp_connect")
    assert outcome.reply["status"] == "ok", outcome.text
    assert NAMESPACE in outcome.text
    return kernel


def test_the_magic_alone_is_all_that_is_typed(pod: PodVolume, notebook: Kernel) -> None:
    outcome = notebook.run("print(kfp_client, kfp_client.list_experiments())")
    assert outcome.reply["status"] == "ok", outcome.text
    assert ACCOUNT in outcome.text
    assert set(pod.seen) == {pod.token}


def test_the_next_cell_uses_a_swapped_token(pod: PodVolume, notebook: Kernel) -> None:
    notebook.run("kfp_client.list_experiments()")
    pod.swap()
    before = len(pod.seen)
    outcome = notebook.run("kfp_client.list_experiments()")
    assert outcome.reply["status"] == "ok", outcome.text
    assert pod.seen[before:] == [pod.token]


def test_no_call_fails_while_the_token_is_swapped(pod: PodVolume, notebook: Kernel) -> None:
    assert notebook.run(CELL).reply["status"] == "ok"
    for _ in range(SWAPS):
        pod.swap()
        wait_for_calls(lambda: int(notebook.value(ROUNDS)))
    notebook.run(END)
    assert notebook.value("_failed") == []


def test_a_program_goes_on_over_swapped_tokens(pod: PodVolume) -> None:
    client = kfc.connect()
    client.list_experiments()
    pod.swap()
    before = len(pod.seen)
    client.list_experiments()
    assert pod.seen[before:] == [pod.token]

    with going_on(client) as calls:
        for _ in range(SWAPS):
            pod.swap()
            calls.some_more()
