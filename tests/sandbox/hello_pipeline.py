"""A pipeline of one step. kfp reads annotations as they stand: they must not become texts here."""

from kfp import dsl


@dsl.container_component  # type: ignore[untyped-decorator]
def hello(name: str):  # type: ignore[no-untyped-def]
    """Say hello."""
    return dsl.ContainerSpec(image="busybox", command=["echo"], args=[name])


@dsl.pipeline(name="hello")  # type: ignore[untyped-decorator]
def hello_pipeline(name: str = "world") -> None:
    """Say hello, once."""
    hello(name=name)
