"""The part that runs in the Jupyter server, and the only one that keeps secrets."""
