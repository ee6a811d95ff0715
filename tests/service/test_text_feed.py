"""Text in parts: the sentences are those of the whole text, and nobody waits for them inside `next`."""

from __future__ import annotations

import threading
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.service.text_feed import PART, TextFeed
from edge.text.sentences import split

TEXTS = st.text(st.sampled_from("ab .!?\n¿A3…。"), max_size=120)


def new_feed() -> TextFeed:
    return TextFeed("en", threading.Condition())


@given(text=TEXTS, cuts=st.lists(st.integers(0, 120), max_size=12))
def test_however_a_text_is_cut_its_sentences_are_the_same(text: str, cuts: list[int]) -> None:
    feed = new_feed()
    got: list[str] = []
    edges = sorted(cut for cut in cuts if cut < len(text))
    for start, end in zip([0, *edges], [*edges, len(text)], strict=True):
        feed.add(text[start:end])
        while sentence := next(feed):
            got.append(sentence)
    feed.end()
    got += feed
    assert [sentence for sentence in got if sentence] == split(text, "en")


@pytest.mark.parametrize("text", ["", "One.", "One. Two", "A sentence of some length, one of many. " * PART])
def test_a_whole_text_is_the_same_as_its_parts(text: str) -> None:
    assert list(TextFeed.of(text, "en")) == split(text, "en")


def test_the_first_sentence_of_a_long_text_does_not_wait_for_the_last() -> None:
    feed = TextFeed.of("One of a hundred thousand. " * 100_000, "en")
    assert list(islice(feed, 2)) == ["One of a hundred thousand."] * 2
    assert len(feed._parts) > 600


def test_without_a_whole_sentence_there_is_a_step_without_sound_and_then_none() -> None:
    feed = new_feed()
    assert feed.has_step()  # whoever reads it first finds nothing, and is told no more until there is something
    assert next(feed) == ""
    assert not feed.has_step()
    feed.add("This is a sen")
    assert feed.has_step()
    assert next(feed) == ""
    assert not feed.has_step()
    feed.add("tence. And th")
    assert next(feed) == "This is a sentence."
    assert feed.has_step()  # within the sentence's sound, which takes several steps
    assert next(feed) == ""
    assert not feed.has_step()
    feed.end()
    assert feed.has_step()
    assert list(feed) == ["And th"]


def test_parts_without_a_character_are_none() -> None:
    feed = new_feed()
    assert next(feed) == ""
    feed.add("")
    assert not feed.has_step()
    assert feed.characters == 0


def test_new_text_is_noticed() -> None:
    changed = threading.Condition()
    feed = TextFeed("en", changed)
    next(feed)
    noticed = threading.Event()

    def wait() -> None:
        with changed:
            changed.wait_for(feed.has_step, 30)
        noticed.set()

    for action in (lambda: feed.add("Hello"), feed.end):
        noticed.clear()
        next(feed)
        waiter = threading.Thread(target=wait)
        waiter.start()
        action()
        assert noticed.wait(30)
        waiter.join()
