"""What an armed name holds until the client is made, and where making it failed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from ..core.errors import KfpConnectError
from .display import problem_bundle


class StandIn:
    """A kfp.Client that stays signed in, put here by jupyter-kfp-connect.

    It is made when a cell first uses it, or at Tab after its dot. Shift-Tab on one of its methods,
    such as list_experiments, shows that method's help.
    """

    # The docstring is what Shift-Tab shows to users. For us: `make` returns the client or raises
    # the KfpConnectError, and remembers both by itself; `problem` returns the error of the last
    # attempt, None if there was none. Any use of the stand-in makes the client and goes on with
    # it, or raises that error; looking at it does neither.

    __slots__ = ("_StandIn__make", "_StandIn__problem")

    def __init__(
        self, make: Callable[[], Any], problem: Callable[[], KfpConnectError | None]
    ) -> None:
        object.__setattr__(self, "_StandIn__make", make)
        object.__setattr__(self, "_StandIn__problem", problem)

    def __getattr__(self, name: str) -> Any:
        # IPython and `inspect` ask every object for these before they show it; looking is no use.
        if name.startswith(("__", "_repr_", "_ipython_", "_partialmethod")):
            raise AttributeError(name)
        return getattr(self.__make(), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.__make(), name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__make()(*args, **kwargs)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.__make())

    def __getitem__(self, key: Any) -> Any:
        return self.__make()[key]

    def __len__(self) -> int:
        problem = self.__problem()
        if problem is not None:
            raise problem.with_traceback(None)
        raise TypeError("a kfp.Client has no len()")  # IPython asks before it shows an object

    def __bool__(self) -> bool:
        return True

    def __dir__(self) -> list[str]:
        return []

    def getdoc(self) -> str:
        """Return what Shift-Tab shows (IPython asks for it before it looks at ``__doc__``)."""
        text, problem = inspect.cleandoc(self.__doc__ or ""), self.__problem()
        return text if problem is None else f"{text}\n\nIt could not be made: {problem}"

    def __repr__(self) -> str:
        problem = self.__problem()
        if problem is None:
            return "KubeflowClient: made when it is first used"
        return f"KubeflowClient: not available, {problem}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        problem = self.__problem()
        return {"text/plain": repr(self)} if problem is None else problem_bundle(problem)
