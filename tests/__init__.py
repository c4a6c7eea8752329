"""The tests of jupyter-kfp-connect."""
