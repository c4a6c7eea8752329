"""The versions of both sides, which have to fit: KFP's at the host, and the SDK's here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def both_versions(kfp: str | None) -> str:
    """Return ``" (KFP 1.8.5 there, kfp 2.17.0 here)"``, or what is known of it.

    Parameters
    ----------
    kfp : str or None
        The version of Kubeflow Pipelines at the host.
    """
    there = [f"KFP {kfp} there"] if kfp else []
    try:
        here = [f"kfp {version('kfp')} here"]
    except PackageNotFoundError:
        here = ["no kfp here"]
    return f" ({', '.join(there + here)})" if there else ""
