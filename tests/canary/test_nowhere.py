"""Password, session and token come to nowhere, whatever is done and whatever fails."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from jupyter_kfp_connect.sandbox import SandboxOptions

from ..kernel.fake_kfp import running_kfp
from ..sandbox.running import Clock, RunningSandbox
from . import cells
from .cells import DECOY
from .errand import PASSWORD, Errand
from .jupyter import running_jupyter
from .searching import files, holding


@pytest.fixture(scope="module")
def errand(tmp_path_factory: pytest.TempPathFactory) -> Errand:
    """One run through every path; its server has ended."""
    clock = Clock(step=0.01)  # no two sessions are the same
    with pytest.MonkeyPatch.context() as patch, running_kfp() as fake:
        patch.setattr("jupyter_kfp_connect.sandbox.directory.PASSWORD", PASSWORD)
        with RunningSandbox(SandboxOptions(clock=clock)) as kubeflow:
            with running_jupyter(tmp_path_factory.mktemp("canary")) as jupyter:
                made = Errand(jupyter, kubeflow, fake, clock)
                made.run()
                made.places |= files(jupyter.home)
                made.places |= jupyter.answers
            # What it wrote as it ended.
            made.places |= files(jupyter.home)
    return made


def test_neither_password_nor_session_nor_token_is_anywhere(errand: Errand) -> None:
    assert len(errand.cookies) >= 3, "the session was renewed"
    found = {secret: holding(errand.places, [secret]) for secret in errand.secrets}
    # Only places are told: no report of a failure should repeat what is secret.
    assert not any(found.values()), list(found.values())


def test_the_search_looks_where_things_are(errand: Errand) -> None:
    """What is no secret took every path, and is found at the end of each."""
    found = holding(errand.places, [DECOY])
    for place in (
        "output.log",
        "events.log",
        "kernel.log",
        "history.sqlite as SQL",
        "used.ipynb",
        "kfp_connect.json",
        "/connect",
        "/diagnose",
        "GET jupyter-kfp-connect/connections",
        "GET jupyter-kfp-connect/kernels",
        "export as",
        ": list",
        ": status",
        ": doctor --json",
        f": login {DECOY}",
        "kfp_connect --status",
        "kfp_connect --diagnose",
        "%history -g",
        "def _try",
    ):
        assert any(place in name for name in found), f"{place}: not among {found}"
    assert any(name.endswith("/overview") for name in errand.places)
    log = b"".join(text for name, text in errand.places.items() if name.endswith("kernel.log"))
    for logger in (b"urllib3", b"requests", b"tornado", b"kfp", b"jupyter_kfp_connect"):
        assert DECOY.encode() + b" of " + logger in log
    assert b"urllib3" in log
    assert b"urllib3.connectionpool" in errand.places[str(errand.jupyter.home / "server.log")]


def test_every_path_was_taken(errand: Errand) -> None:
    texts = {name: text.decode(errors="replace") for name, text in errand.places.items()}
    everything = "\n".join(texts.values())
    for code in ("wrong-password", "token-refused", "forbidden", "bad-request", "disconnected"):
        assert code in everything, code
    printed = "\n".join(text for name, text in texts.items() if "def _try" in name)
    for shown in (
        "<secret>",
        "KubeflowClient",
        "Lease(",
        "Given(",
        "cannot be pickled",
        "Session(",
    ):
        assert shown in printed, shown


@pytest.mark.parametrize(
    "spelt",
    [
        lambda secret: secret,
        quote,
        lambda secret: json.dumps(secret),
        lambda secret: f"x{secret[:40]}…",
        lambda secret: base64.b64encode(f"Cookie: {secret}".encode()).decode(),
        lambda secret: base64.b64encode(f"a{secret}".encode()).decode(),
        lambda secret: secret.encode().hex(),
    ],
    ids=["plain", "quoted", "json", "cut off", "base64", "base64 shifted", "hex"],
)
def test_a_secret_is_found_however_it_is_written(spelt: cells.Spell, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    path = tmp_path / "deep" / "file.bin"
    path.write_bytes(b"\xff\0" + spelt(PASSWORD).encode() + b"\0")
    assert holding(files(tmp_path), [PASSWORD]) == [str(path)]
    path.write_bytes(b"\xff\0 nothing")
    assert holding(files(tmp_path), [PASSWORD]) == []
