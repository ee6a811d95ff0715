from __future__ import annotations

from edge.bench.texts import A_PARAGRAPH, texts


def test_each_round_says_another_text_and_all_are_known_before() -> None:
    english = texts("en-us")
    for kind, count in (("phrase", 1), ("sentence", 1), ("paragraph", A_PARAGRAPH)):
        said = [english.of(kind, number) for number in range(6)]
        assert all(len(sentences) == count for sentences in said)
        assert len({tuple(sentences) for sentences in said}) == 6
        assert {sentence for sentences in said for sentence in sentences} <= set(english.all())


def test_a_text_has_as_many_words_as_it_was_asked_for() -> None:
    for count in (1, 10, 1000):
        assert len(texts("EN").words(count).split()) == count


def test_another_language_has_sentences_of_its_own() -> None:
    spanish = texts("ES")
    assert not set(spanish.all()) & set(texts("EN").all())
    assert max(map(len, spanish.phrases)) < min(map(len, spanish.sentences))
