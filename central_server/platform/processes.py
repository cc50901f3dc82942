"""Work that is too much for one core: producers in processes of their own, their results in the order they come.

The producer is a module-level function; what it takes and yields is pickled. Knows nothing of what is produced.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

T = TypeVar("T")

# A fresh interpreter: a copy of this process would inherit its threads' locks and database connections.
_FRESH = multiprocessing.get_context("spawn")
_FAREWELL_SECONDS = 5


class ProducerFailedError(RuntimeError):
    """A producer ended with an error, which is the cause, or was killed."""


def produce(producers: Sequence[tuple[Callable[..., Iterator[T]], tuple[Any, ...]]]) -> Iterator[T]:
    """Everything the producers (function and arguments) yield, each in a process of its own.

    A slow consumer slows the producers down: nothing piles up. Closing the iterator ends them.
    `ProducerFailedError` if one fails.
    """
    started = [_start(function, arguments) for function, arguments in producers]
    processes = [process for process, _ in started]
    open_ends = [receiver for _, receiver in started]
    try:
        while open_ends:
            for ready in wait(open_ends):
                assert isinstance(ready, Connection)  # noqa: S101 - nothing else was waited for
                try:
                    kind, value = ready.recv()
                except EOFError:
                    raise ProducerFailedError("a producer was killed") from None
                if kind == "failed":
                    raise ProducerFailedError(str(value)) from value
                if kind == "done":
                    ready.close()
                    open_ends.remove(ready)
                else:
                    yield value
    finally:
        for end in open_ends:
            end.close()
        for process in processes:
            process.join(_FAREWELL_SECONDS if not open_ends else 0)
            if process.is_alive():
                process.terminate()
                process.join()
            process.close()


def _start(
    function: Callable[..., Iterator[T]], arguments: tuple[Any, ...]
) -> tuple[Any, Connection]:
    receiver, sender = _FRESH.Pipe(duplex=False)
    process = _FRESH.Process(target=_run, args=(sender, function, arguments), daemon=True)
    process.start()
    sender.close()
    return process, receiver


def _run(
    sender: Connection, function: Callable[..., Iterator[T]], arguments: tuple[Any, ...]
) -> None:
    """The producer's process."""
    try:
        for value in function(*arguments):
            sender.send(("value", value))
        sender.send(("done", None))
    except BrokenPipeError:
        pass  # nobody wants it any more
    except Exception as failure:  # noqa: BLE001 - raised again where it is waited for
        sender.send(("failed", failure))
    finally:
        sender.close()
