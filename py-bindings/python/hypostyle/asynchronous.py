"""Queries that are waited for: on asyncio, or on gevent."""

from __future__ import annotations

from hypostyle.engine import DEFAULT_OPTIMIZATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from hypostyle.lazyframe import LazyFrame


def run_async(work: Callable[[], Any], *, gevent: bool) -> Any:
    """Starts work on a thread of its own; a coroutine of its result, or with gevent an object with `get`."""
    if gevent:
        from gevent import get_hub

        # `spawn` of the hub's threads gives an AsyncResult.
        return get_hub().threadpool.spawn(work)
    return _waited_for(_start(work))


def _start(work: Callable[[], Any]) -> Any:
    """Work on a thread, as a future of its result."""
    from concurrent.futures import Future
    from threading import Thread

    future: Future[Any] = Future()
    # What waits may be cancelled; the work goes on to its end, and nobody hears of it.
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, name="hypostyle-async", daemon=True).start()
    return future


async def _waited_for(future: Any) -> Any:
    from asyncio import wrap_future

    return await wrap_future(future)


def collect_all_async(
    lazy_frames: Iterable[LazyFrame],
    *,
    gevent: bool = False,
    engine: Any = "auto",
    optimizations: Any = DEFAULT_OPTIMIZATIONS,
) -> Any:
    """As `collect_all`, waited for with `await`; see :meth:`LazyFrame.collect_async`."""
    from hypostyle.functions.frames import collect_all

    frames = list(lazy_frames)
    return run_async(lambda: collect_all(frames, engine=engine, optimizations=optimizations), gevent=gevent)
