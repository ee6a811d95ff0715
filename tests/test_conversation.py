"""The half of the clients that has no socket: events in any order lead to the right answers."""

from __future__ import annotations

from typing import TypeVar

import pytest

from edge.conversation import MAX_NEWS, Conversation, Question, RefusedError, stream_start
from edge.errors import RequestError
from edge.service.protocol import Event

T = TypeVar("T")

READY = Event("status", {"state": "idle"})


def answer(question: Question[T], *events: Event) -> tuple[list[str], T]:
    """The types of what is sent, and the answer, when `events` come. It must want all of them and no more."""
    sent: list[str] = []
    arriving = iter(events)
    try:
        requests = next(question)
        while True:
            sent += [request.type for request in requests]
            requests = question.send(next(arriving))
    except StopIteration as done:
        assert list(arriving) == []
        return sent, done.value


def utterance(kind: str, name: str) -> Event:
    return Event(kind, {"id": name})


def told_of(conversation: Conversation, name: str, *kinds: str) -> None:
    """Has something said, of which `kinds` of events come before anything else is answered."""
    answer(conversation.say("Hello.", {}), utterance("queued", name))
    answer(conversation.ask("ping", "pong"), *(utterance(kind, name) for kind in kinds), Event("pong"))


def test_events_of_speech_come_between_question_and_answer_and_are_kept() -> None:
    conversation = Conversation()
    told_of(conversation, "u1", "started", "finished")
    assert answer(conversation.next_news()) == ([], utterance("started", "u1"))
    assert answer(conversation.wait("u1")) == ([], None)
    assert answer(conversation.next_news()) == ([], utterance("finished", "u1"))
    assert answer(conversation.next_news()) == ([], None)


def test_what_is_not_asked_for_is_forgotten_in_the_end() -> None:
    conversation = Conversation()
    told_of(conversation, "first", "finished")
    for number in range(MAX_NEWS):
        told_of(conversation, str(number), "finished")
    with pytest.raises(RequestError, match="long ago"):
        answer(conversation.wait("first"))
    answer(conversation.wait("0"))


def test_a_sound_that_is_given_up_is_skipped_with_all_that_is_wrong_with_it() -> None:
    conversation = Conversation()
    _, (number, _) = answer(conversation.synthesize("Hello.", {}), Event("audio-start"))
    rest = (Event("audio-chunk"), Event("error", {"text": "It failed."}), Event("audio-stop"))
    assert answer(conversation.ask("status", "status"), *rest, READY) == (["status"], READY)
    with pytest.raises(RequestError, match="given up"):
        answer(conversation.sound(number))


def test_a_stream_that_is_given_up_is_stopped_first() -> None:
    conversation = Conversation()
    _, number = answer(conversation.begin_stream(), Event("pong"))
    assert answer(conversation.send_part(number, stream_start({})), Event("pong")) == (
        ["synthesize-start", "ping"],
        [],
    )
    stops = (Event("error", {"text": "Nothing to speak."}), Event("audio-stop"), Event("synthesize-stopped"))
    assert answer(conversation.ask("status", "status"), *stops, READY) == (["synthesize-stop", "status"], READY)
    assert conversation.stop_stream(number) == ()
    assert not conversation.is_streaming(number)


def test_an_error_is_the_answer_to_what_was_asked() -> None:
    conversation = Conversation()
    error = Event("error", {"text": "No.", "code": "busy"})
    with pytest.raises(RefusedError, match="No") as refused:
        answer(conversation.say("Hello.", {}), utterance("started", "other"), error)
    assert refused.value.code == "busy"
    # Behind the error of a sound, its end comes all the same.
    with pytest.raises(RefusedError):
        answer(conversation.synthesize("Hello.", {}), error)
    assert answer(conversation.ask("status", "status"), Event("audio-stop"), READY) == (["status"], READY)


def test_an_option_without_a_value_is_not_sent() -> None:
    request, *_ = next(Conversation().say("Hello.", {"speed": None, "speaker": "Ana"}))
    assert request.data == {"text": "Hello.", "speaker": "Ana"}
