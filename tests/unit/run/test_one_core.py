"""An import keeps to one core, and afterwards the process is as it was."""

import os
import sys
import threading

from hub.run.one_core import one_core


def test_threads_that_begin_meanwhile_share_one_core_and_afterwards_all_is_as_before() -> None:
    before = os.sched_getaffinity(0), sys.getswitchinterval()
    seen: list[set[int]] = []

    with one_core():
        thread = threading.Thread(target=lambda: seen.append(os.sched_getaffinity(0)))
        thread.start()
        thread.join()

    assert [len(cores) for cores in seen] == [1]
    assert (os.sched_getaffinity(0), sys.getswitchinterval()) == before
