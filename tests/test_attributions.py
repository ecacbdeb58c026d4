"""The learned network: what it reads, how it decides, and that everything goes on without it."""

import itertools

import numpy as np
import pytest

import onrecord
from onrecord import article, attributions, quotes

TEXT = "“We will stay,” said Ann Lee. She added that the vote was over.\n\nRain fell. Critics of the bridge argue that it will cost too much."


@pytest.fixture(scope="module")
def passages():
    table = article.blocks(TEXT)
    return article.passages(TEXT, table, article.repairs(TEXT, table))


def test_what_it_reads_stays_inside_its_passage(passages):
    tokens = attributions.read(passages)
    here = np.flatnonzero(tokens.passage >= 0)
    assert len(here) == sum(len(p.doc) for p in passages)
    for related in (tokens.head, tokens.subject, tokens.clause, tokens.left, tokens.right):
        assert (tokens.passage[related[here]] == tokens.passage[here]).all()
    asked = attributions.pairs(tokens, here)
    assert (tokens.passage[asked.cue] == tokens.passage[asked.token]).all()
    for column, size in zip(asked.features.T, attributions.sizes().values(), strict=True):
        assert column.min() >= 0 and column.max() < size


def test_the_edges_are_those_of_the_tree(passages):
    tokens = attributions.read(passages)
    for first, passage in zip(tokens.first, passages, strict=True):
        for token in passage.doc:
            edges = tokens.left[first + token.i] - first, tokens.right[first + token.i] - first
            assert edges == (token.left_edge.i, token.right_edge.i)


def test_the_likeliest_labels_are_the_best_of_all_sequences():
    chance = np.random.default_rng(0)
    logits = chance.normal(size=(9, 4)).astype(np.float32)
    steps = chance.normal(size=(4, 4)).astype(np.float32)
    found, _ = attributions._likeliest(np.array([0] * 4 + [1] * 5), logits, steps)

    def worth(labels, given):
        if labels[0] == attributions.INSIDE:
            return -np.inf
        pairs = list(itertools.pairwise(labels))
        if any(b == attributions.INSIDE and a in (attributions.NOTHING, attributions.SPEAKER) for a, b in pairs):
            return -np.inf
        return sum(row[label] for row, label in zip(given, labels)) + sum(steps[pair] for pair in pairs)

    for given, labels in ((logits[:4], found[:4]), (logits[4:], found[4:])):
        best = max(itertools.product(range(4), repeat=len(given)), key=lambda one: worth(one, given))
        assert tuple(labels) == best


def test_no_word_is_attributed_twice(passages):
    for made in attributions.find(passages):
        words = [i for one in made for a, b in one.content for i in range(a, b)]
        assert len(words) == len(set(words)) and all(attributions.LIKELY <= one.score <= 1 for one in made)


def test_asking_one_by_one_changes_nothing(passages, monkeypatch):
    together = attributions.find(passages)
    monkeypatch.setattr(attributions, "AT_ONCE", 1)
    alone = attributions.find(passages)
    assert [[(a.cue, a.content, a.speaker) for a in made] for made in alone] == [
        [(a.cue, a.content, a.speaker) for a in made] for made in together
    ]


def test_the_rules_go_on_without_the_learned_numbers(monkeypatch):
    monkeypatch.setattr(attributions, "_network", lambda: None)
    made = onrecord.analyse(TEXT).quotes
    assert list(made.speaker.dropna()) == ["Ann Lee", "Ann Lee", "Critics of the bridge"]
    assert not made.rule.str.contains("network").any()


def test_another_language_model_leaves_the_rules_alone(monkeypatch):
    attributions._network.cache_clear()
    monkeypatch.setattr(attributions, "TAUGHT_ON", "another")
    assert not attributions.learned()
    attributions._network.cache_clear()


SURE = [("network", 0.5), ("network", 0.95), ("network, reported_clause", 0.5), ("network, reported_clause", 0.95)]


def test_a_higher_score_and_a_second_reader_make_surer():
    alone_low, alone_high, both_low, both_high = (quotes.confidence(rule, "speech", score) for rule, score in SURE)
    assert alone_low < both_low < both_high and alone_low < alone_high < both_high <= 1
    assert quotes.confidence("object", "act", None, learned=True) < quotes.confidence("network, object", "act", 0.9)
