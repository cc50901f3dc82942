"""Work beside the GUI thread: order, newest wins, gone owners, problems, the end."""

import threading

import pytest
from PySide6.QtCore import QObject

from pos_client.runtime.gui_thread import assert_not_gui_thread, forget_gui_thread, mark_gui_thread
from pos_client.runtime.stalls import StallLog
from pos_client.runtime.tasks import Tasks
from shared.errors import DomainError, EnvironmentProblem


@pytest.fixture
def tasks(qapp):
    tasks = Tasks()
    yield tasks
    tasks.close()


@pytest.fixture
def owner():
    return QObject()


def test_commands_take_place_in_order_and_away_from_here(qtbot, tasks, owner):
    here, seen, done = threading.get_ident(), [], []
    for number in range(20):
        tasks.command(
            lambda n=number: seen.append((n, threading.get_ident())), done.append, owner=owner
        )
    qtbot.waitUntil(lambda: len(done) == 20)
    assert [number for number, _ in seen] == list(range(20))
    assert {thread for _, thread in seen} != {here}
    assert len({thread for _, thread in seen}) == 1


def test_only_the_newest_question_of_a_kind_is_answered(qtbot, tasks, owner):
    gate, answers, asked = threading.Event(), [], []

    def ask(text):
        asked.append(text)
        gate.wait(5)
        return text

    for text in ("h", "ho", "hos", "hose"):
        tasks.query(lambda t=text: ask(t), answers.append, owner=owner, kind="search")
    tasks.query(lambda: "other", answers.append, owner=owner, kind="categories")
    gate.set()
    qtbot.waitUntil(lambda: "other" in answers)
    assert answers == ["hose", "other"]
    assert len(asked) <= 2  # the one under way, and the newest


def test_an_answer_that_was_forgotten_does_not_arrive(qtbot, tasks, owner):
    gate, answers = threading.Event(), []
    tasks.query(lambda: gate.wait(5), answers.append, owner=owner, kind="search")
    tasks.forget("search")
    gate.set()
    tasks.query(lambda: "last", answers.append, owner=owner, kind="other")
    qtbot.waitUntil(lambda: answers == ["last"])


def test_an_answer_for_a_widget_that_is_gone_is_thrown_away(qtbot, tasks, owner):
    import shiboken6

    gone, answers = QObject(), []
    tasks.command(lambda: "gone", answers.append, owner=gone)
    shiboken6.delete(gone)
    tasks.command(lambda: "here", answers.append, owner=owner)
    qtbot.waitUntil(lambda: answers == ["here"])


def test_a_refusal_goes_to_its_handler_or_to_everybody(qtbot, tasks, owner):
    def refuse():
        raise DomainError("article_unknown")

    own, all_of_them = [], []
    tasks.failed.connect(all_of_them.append)
    tasks.command(refuse, owner=owner, failed=own.append)
    tasks.command(refuse, owner=owner)
    qtbot.waitUntil(lambda: len(all_of_them) == 1)
    assert [problem.code for problem in (*own, *all_of_them)] == ["article_unknown"] * 2


def test_a_bug_is_said_and_the_next_command_takes_place(qtbot, tasks, owner):
    def bug():
        raise ZeroDivisionError

    problems, done = [], []
    tasks.command(bug, owner=owner, failed=problems.append)
    tasks.command(lambda: "on", done.append, owner=owner)
    qtbot.waitUntil(lambda: done == ["on"])
    assert isinstance(problems[0], EnvironmentProblem)
    assert problems[0].code == "unexpected"


def test_closing_finishes_what_was_given_and_answers_nothing_more(qtbot, tasks, owner):
    done, answers = [], []
    for number in range(5):
        tasks.command(lambda n=number: done.append(n), answers.append, owner=owner)
    tasks.close()
    assert done == list(range(5))
    qtbot.wait(20)
    assert answers == []
    tasks.command(lambda: done.append("late"), owner=owner)
    assert "late" not in done


def test_the_disk_is_refused_to_the_gui_thread(qapp):
    assert_not_gui_thread("journal.db")
    mark_gui_thread()
    try:
        with pytest.raises(RuntimeError, match=r"journal\.db in the GUI thread"):
            assert_not_gui_thread("journal.db")
        passed = []
        thread = threading.Thread(target=lambda: passed.append(assert_not_gui_thread("disk")))
        thread.start()
        thread.join()
        assert passed == [None]
    finally:
        forget_gui_thread()


def test_a_stall_of_the_event_loop_is_counted_with_its_place(qtbot, qapp):
    import time

    from PySide6.QtCore import QTimer

    log = StallLog()
    try:
        qtbot.wait(80)
        assert log.stalls == 0
        QTimer.singleShot(0, lambda: time.sleep(0.12))
        qtbot.waitUntil(lambda: log.stalls == 1)
    finally:
        log.close()
