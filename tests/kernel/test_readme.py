"""The README's Python, run as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import kfp
import pytest

from jupyter_kfp_connect.sandbox import SandboxOptions

from ..sandbox.running import RunningSandbox

README = Path(__file__).parents[2] / "README.md"
USER, PASSWORD = "user@example.com", "12341234"


def python_of_readme() -> str:
    """Return the one block that imports the package."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [each for each in blocks if "import jupyter_kfp_connect" in each]
    return str(block)


def test_each_line_of_the_example_gives_a_client(
    isolated_environ: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        RunningSandbox(SandboxOptions()) as kubeflow,
        RunningSandbox(SandboxOptions(single_user=True, api_only=True)) as offered,
    ):
        monkeypatch.setenv("KF_PIPELINES_ENDPOINT", offered.sandbox.api_host)
        filled = (
            python_of_readme()
            .replace("http://localhost:8080/pipeline", kubeflow.sandbox.host)
            .replace('username="…"', f'username="{USER}"')
            .replace('password="…"', f'password="{PASSWORD}"')
        )
        assert "…" not in filled
        made: list[Any] = []
        for statement in re.split(r"\n(?=client = )", filled):
            names: dict[str, Any] = {}
            exec(f"import jupyter_kfp_connect as kfc\n{statement}", names)
            if "client" in names:
                made.append(names["client"])
        assert len(made) == 3
        for client in made:
            assert isinstance(client, kfp.Client)
            assert client.list_experiments() is not None
