"""What costs nothing as long as nobody uses it."""

from __future__ import annotations

import subprocess
import sys

import pytest

LAZY = """
import sys
{statement}
heavy = [name for name in ("kfp", "requests", "urllib3", "kubernetes") if name in sys.modules]
assert not heavy, heavy
"""


@pytest.mark.parametrize(
    "statement",
    [
        "import jupyter_kfp_connect",
        "from jupyter_kfp_connect import connect, KfpConnectError",
        "import jupyter_kfp_connect.cli",
        "import jupyter_kfp_connect.kernel.arming",
        "from IPython.core.interactiveshell import InteractiveShell as S;"
        "import jupyter_kfp_connect as k; k.load_ipython_extension(S.instance());"
        "from jupyter_kfp_connect.kernel.arming import arm; assert 'armed' in arm('prod')",
    ],
)
def test_nothing_heavy_is_imported_before_a_client_is_made(statement: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LAZY.format(statement=statement)], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
