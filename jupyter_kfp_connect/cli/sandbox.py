"""``sandbox``: a Kubeflow look-alike in the foreground."""

from __future__ import annotations

from collections.abc import Sequence


def run_sandbox(words: Sequence[str]) -> int:
    """Run the look-alike until it is interrupted."""
    from ..sandbox.__main__ import main as run

    if not {"-h", "--help"} & set(words):
        print(
            "Once it runs, give the host, user name and password below to the Kubeflow Pipelines"
            " panel of JupyterLab, or in Python:\n"
            "  jupyter_kfp_connect.connect(host=…, username=…, password=…)\n",
            flush=True,
        )
    return run(words, "jupyter kfp-connect sandbox")
