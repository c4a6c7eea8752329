"""Plugins of both test trees, ``tests`` and ``ui-tests``: pytest takes them only from here."""

pytest_plugins = [
    "pytest_jupyter.jupyter_server",
    "tests.stack.plugin",
    "tests.stack.cluster.plugin",
]
