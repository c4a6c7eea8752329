"""Password and session cookie stay in the Jupyter server, and the cookie in its kernels' memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage, Notebook
from lab_server import Lab
from places import environments, files, history, spellings
from traffic import Traffic

from tests.stack.plugin import StackFactory
from tests.stack.stack import Stack

CELL = 'kfp_client.list_experiments(namespace="kubeflow-user-example-com")'
WRONG_PASSWORD = "pear-Bucket-91-comet"
PRINTED = """\
print(kfp_client, repr(kfp_client), vars(kfp_client))
kfp_client"""


@pytest.fixture
def stack(stack_with: StackFactory) -> Stack:
    """Return a stack with short sessions, and a password that nothing else looks like."""
    stack = stack_with(cookie_expire="20s", unusual_password=True)
    stack.have_experiment("train-resnet")
    return stack


@pytest.fixture
def used_notebook(lab_page: LabPage, stack: Stack) -> Notebook:
    """Return a notebook after all that its user can do: fail, succeed, go on, disconnect."""
    notebook = lab_page.new_notebook("train.ipynb")
    panel = KfpPanel(lab_page.page)
    panel.connect_to(stack.host, stack.username, WRONG_PASSWORD)
    panel.expect_rung("signed-in", "failed")
    panel.sign_in(stack.password)
    panel.expect_climbed()
    assert "train-resnet" in notebook.run(CELL)
    notebook.run(PRINTED)
    notebook.run("%kfp_connect --status")
    stack.wait_for_session_end()
    assert "train-resnet" in notebook.run(CELL)
    notebook.run("kfp_client.get_run('no-such-run')")
    notebook.run("%xmode Verbose\nkfp_client.get_run('no-such-run')")
    notebook.save()
    return notebook


def test_neither_password_nor_cookie_turns_up_anywhere(
    used_notebook: Notebook, lab: Lab, lab_page: LabPage, stack: Stack, traffic: Traffic
) -> None:
    cookies = stack.session_cookies()
    assert len(cookies) >= 2  # the session has ended and was renewed
    secrets = {stack.password, WRONG_PASSWORD, *cookies, *(each[:40] for each in cookies)}
    looked_at = dict(_places(lab, lab_page, traffic))
    found = [
        place
        for place, text in looked_at.items()
        for secret in secrets
        if any(spelling in text for spelling in spellings(secret))
    ]
    assert not found, f"found in {found}"

    # The search looks where things are: what is no secret is found there.
    everything = "\n".join(looked_at)
    assert used_notebook.name in everything
    assert "list_experiments" in looked_at["kernel history"]
    assert stack.host in looked_at["answers of the extension"]
    assert "jupyter_kfp_connect/state" in looked_at["events"]
    assert "list_experiments" in looked_at["kernel messages"]
    assert "jupyter-kfp-connect" in looked_at["server log"]


def _places(lab: Lab, lab_page: LabPage, traffic: Traffic) -> Iterator[tuple[str, str]]:
    yield from files(lab.home)
    yield from environments(lab)
    yield "kernel history", history(lab)
    yield "server log", lab.log.read_text(errors="replace")
    yield "browser storage", lab_page.stored_text()
    yield "page", lab_page.page.content()
    yield "browser cookies", str(lab_page.page.context.cookies())
    yield "answers of the extension", "\n".join(traffic.of_extension())
    yield "answers of Jupyter", "\n".join(body for _, body in traffic.answers)
    yield "events", "\n".join(traffic.of_events())
    yield "kernel messages", "\n".join(text for url, text in traffic.frames if "/channels" in url)
