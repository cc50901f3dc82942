"""Threads and processes are started in one room a side.

Why: a worker whose owner is gone emits after shutdown, a thread nobody joins holds the database open
while the next start migrates it, and a `QRunnable` that owns its signals destroys them on the pool's
thread. One room owns start, stop and errors; the others give it work.
"""

import pytest

from tests.architecture.sources import offences, sample, used_names

THREAD_ROOMS = ("pos_client/runtime", "central_server/platform")
PROCESS_ROOMS = (*THREAD_ROOMS, "pos_client/app", "central_server/app")
THREADS = {
    "threading.Thread",
    "threading.Timer",
    "_thread.start_new_thread",
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.thread.ThreadPoolExecutor",
    "PySide6.QtCore.QThread",
    "PySide6.QtCore.QThreadPool",
    "PySide6.QtCore.QRunnable",
}
PROCESSES = {
    "os.fork",
    "os.system",
    "concurrent.futures.ProcessPoolExecutor",
    "asyncio.create_subprocess_exec",
    "asyncio.create_subprocess_shell",
    "PySide6.QtCore.QProcess",
}


def starts(source):
    for node, full in used_names(source):
        thread = full in THREADS and not source.inside(*THREAD_ROOMS)
        process = full in PROCESSES or full.startswith(("subprocess.", "multiprocessing."))
        if thread or (process and not source.inside(*PROCESS_ROOMS) and source.path != "run.py"):
            yield source.at(node, f"{full} outside {', '.join(THREAD_ROOMS)}")


def test_threads_and_processes_start_in_their_rooms():
    assert offences(starts) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("pos_client/sync/upload.py", "import threading\nthreading.Thread(target=f).start()"),
        ("pos_client/sync/upload.py", "from threading import Thread"),
        ("pos_client/sync/upload.py", "from threading import Timer as T"),
        ("pos_client/app/cli.py", "import threading\nthreading.Thread(target=f)"),
        ("pos_client/features/basket/view.py", "from PySide6.QtCore import QRunnable"),
        ("central_server/features/sales/jobs.py", "import subprocess\nsubprocess.run(['x'])"),
        ("central_server/features/sales/jobs.py", "import multiprocessing as m\nm.Process()"),
        ("shared/money/money.py", "from concurrent.futures import ThreadPoolExecutor"),
    ],
)
def test_samples_outside_are_caught(path, code):
    assert list(starts(sample(code, path)))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("pos_client/runtime/executor.py", "from threading import Thread"),
        ("central_server/platform/scheduler.py", "import threading\nthreading.Thread(target=f)"),
        ("pos_client/app/demo.py", "import subprocess\nsubprocess.Popen(['x'])"),
        ("pos_client/storage/writer.py", "import threading\nlock = threading.Lock()"),
    ],
)
def test_samples_inside_pass(path, code):
    assert not list(starts(sample(code, path)))
