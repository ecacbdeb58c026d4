"""Learn the networks of `onrecord.stances` and the transformer of `onrecord.rereading` again and write `data/models/stances.npz`, `stance_embeddings.npz` and
`data/reference/stance_scores.csv`.

    python -m benchmarks.learn_stances FOLDER
    python -m benchmarks.learn_stances FOLDER --articles 60 --members 1 --epochs 1 --output FILE   (a trial)

FOLDER holds polnear_train.jsonl and newsmtsc_train.jsonl, and it may hold masakhanews_eng_dev.tsv (README.md here says where they come from), of which the
articles with labels are kept apart. First the transformer of the extra `embeddings` learns from `stance_labels.csv` which clauses of these articles take a
stance: the labels say for a candidate's place and holder whether it shows none, support or opposition. It is the networks' teacher, too: they learn from newsmtsc how a sentence speaks of whom it names,
and from the labels and from what the teacher says of all clauses, labelled or not, which are stances (Hinton, Vinyals and Dean 2015). Each leaves a part of
the labelled articles out; from what it says of these, which it has not seen, is learned how far to believe it, and what an article's other clauses add. From
labels of weight 0 nothing is learned: how the networks do on these, alone and after the second reading, is printed at the end, and a statement's confidence
is fitted to how often they are right there. No text is written anywhere. torch is needed: the extra `learn`; and the extra `embeddings`, without which the
networks learn from the labels alone, and there is no second reading.
"""

import argparse
import copy
import functools
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import nn

from benchmarks import beliefs, corpora
from benchmarks.learn_tone import DROPPED_STATES, INNER, Plan, UpperLayer, changes, learn, padded
from onrecord import (
    actors,
    article,
    attributions,
    data,
    embeddings,
    language,
    quotes,
    rereading,
    schema,
    stances,
    statements,
)
from onrecord.language import Passage
from onrecord.rereading import MARKS, POOLED, Window
from onrecord.scene import Here, Scene
from onrecord.stances import Candidate

LABELS_FILE = Path(__file__).with_name("stance_labels.csv")
BRITISH = "masakhanews_eng_dev"  # BBC News, of MasakhaNEWS: what has labels is kept apart
WIDTH, DROPPED = 64, 0.35
MEMBERS, SEEDS = 3, (11, 12, 13)
PARTS, LEFT_OUT = 6, (1, 4, 0)  # of the articles; each member leaves one of them out
TONE_EPOCHS, EPOCHS = 5, 7
TONE_RATE, RATE, DECAY = 2e-3, 1e-3, 0.05
TOGETHER = 32
WEIGHT = 3e-3  # on the squares of what is learned of an article's other clauses
OFTEN = 15  # candidates in which a feature must stand
BELIEVED = 0.5  # of what a network learns about a labelled clause, how much the teacher says and not the label
UNLABELLED = 0.5  # how much a clause without a label counts beside one with it
TONES = {"neutral": 0, "positive": 1, "negative": 2}  # in the order of stances.LABELS


@dataclass
class Example:
    """A candidate in its sentence: `tokens` are cut to it, and so are the places in `asked`."""

    tokens: stances.Tokens
    asked: stances.Asked
    place: tuple[str, int, str]  # kind, where the head begins in the text, holder_id
    label: int = 0
    weight: float = 0.0  # 0 for a candidate that has no label to learn from
    held: bool = False  # whether its label is kept apart, to measure by
    found: tuple[Candidate, Here] | None = None
    usual: bool = False  # whether the network is asked about it when an article is read
    window: Window | None = None  # what the teacher reads
    opinion: np.ndarray | None = None  # how likely the teacher thinks each of stances.LABELS

    def aim(self) -> tuple[np.ndarray, float]:
        """How likely a network is to think each of stances.LABELS, and how much that counts."""
        marked = np.eye(len(stances.LABELS))[self.label]
        if self.opinion is None:
            return marked, self.weight
        if not self.weight:
            return self.opinion, UNLABELLED
        return BELIEVED * self.opinion + (1 - BELIEVED) * marked, self.weight


def cut(tokens: stances.Tokens, asked: stances.Asked) -> tuple[stances.Tokens, stances.Asked]:
    """The sentence of a candidate's head alone."""
    here = np.flatnonzero(tokens.sentence == tokens.sentence[asked.head])
    first, last = here[0], here[-1] + 1
    parts = {name: getattr(tokens, name)[first:last] for name in tokens.__dataclass_fields__}
    parts["head"] = np.clip(parts["head"] - first, 0, last - first - 1)

    def within(places: np.ndarray) -> np.ndarray:
        return places[(places >= first) & (places < last)] - first

    clause = within(asked.clause)
    return stances.Tokens(**parts), stances.Asked(
        asked.head - first,
        clause if len(clause) else np.array([asked.head - first]),
        within(asked.about),
        asked.features,
    )


def read(texts: list[str]) -> Iterator[list[Example]]:
    """The candidates of each text, parsed as `onrecord` parses any other."""
    received = []
    for text in texts:
        blocks = article.blocks(text)
        received.append((text, blocks, article.repairs(text, blocks)))
    for text, passages in zip(texts, article.parsed(received), strict=True):
        cast = actors.Cast(passages)
        quoted = quotes.draft(text, passages, cast)
        people, mentions = cast.tables(text)
        scene = Scene(text, quoted, mentions, people)
        yield [example for passage in passages for example in of_passage(Here(passage, scene), scene)]


def of_passage(here: Here, scene: Scene) -> Iterator[Example]:
    """The candidates of a passage."""
    found = stances.candidates(here, rare=True)
    usual = {(c.kind, c.head, c.holder) for c in stances.candidates(here)}
    tokens = stances.read([here]) if found else None
    placed = [(candidate, here) for candidate in found]
    windows = rereading.windows(placed) if embeddings.installed() else [None] * len(found)
    for candidate, window in zip(found, windows, strict=True):
        cutting = cut(tokens, stances.ask(candidate, here, scene.actors))
        place = (candidate.kind, here.starts[candidate.head], candidate.holder or "")
        is_usual = (candidate.kind, candidate.head, candidate.holder) in usual
        yield Example(*cutting, place, found=(candidate, here), usual=is_usual, window=window)


def texts_in(folder: Path) -> dict[str, str]:
    """The articles by their names: polnear's and, where they are there, those of MasakhaNEWS, each with its headline; of these no sport but what has labels."""
    texts, labelled = {row["id"]: row["text"] for row in corpora.read(folder / "polnear_train.jsonl")}, with_labels()
    if (file := folder / f"{BRITISH}.tsv").exists():
        rows = pd.read_csv(file, sep="\t", keep_default_na=False)
        for nth, row in enumerate(rows.itertuples()):
            name = f"{BRITISH}_{nth}"
            if name in labelled or row.category != "sports":
                texts[name] = f"{row.headline.strip()}\n{row.text.strip()}"
    return texts


@functools.cache
def with_labels() -> frozenset[str]:
    """The articles that have labels."""
    return frozenset(pd.read_csv(LABELS_FILE, keep_default_na=False).article)


def examples_in(folder: Path, articles: int | None) -> dict[str, list[Example]]:
    """The candidates of the articles, by article: so many of them, those with labels first. A label whose candidate isn't found any more is passed over."""
    labels = defaultdict(dict)
    for row in pd.read_csv(LABELS_FILE, keep_default_na=False).itertuples():
        labels[row.article][row.kind, row.head, row.holder] = (stances.LABELS.index(row.label), row.weight)
    texts = texts_in(folder)
    names = sorted(texts, key=lambda name: (name not in labels, name))[:articles]
    found = {}
    for name, examples in zip(names, read([texts[name] for name in names]), strict=True):
        for example in examples:
            if example.place in labels.get(name, ()):
                example.label, example.weight = labels[name][example.place]
                example.held = not example.weight
        found[name] = examples
    return found


def toned(folder: Path) -> list[Example]:
    """Sentences that speak well or ill of somebody: each a clause about its target, without named features."""
    rows = list(corpora.read(folder / "newsmtsc_train.jsonl"))
    empty = schema.frame("quotes", []), schema.frame("mentions", []), schema.frame("actors", [])
    found = []
    for row, doc in zip(rows, language.parse((row["text"], ()) for row in rows)):
        here = Here(Passage("b", "paragraph", 0, doc), Scene(row["text"], *empty))
        target = doc.char_span(int(row["start"]), int(row["end"]), alignment_mode="expand")
        if target is None or not len(doc):
            continue
        sentence = target.root.sent
        clause = np.arange(sentence.start, sentence.end)
        asked = stances.Asked(sentence.root.i, clause, np.arange(target.start, target.end), {})
        found.append(Example(*cut(stances.read([here]), asked), ("tone", 0, ""), TONES[row["label"]], 1.0))
    return found


# --- the network, as it is taught --------------------------------------------------------------------------------------------------


class Reader(nn.Module):
    """The same network as `stances.Network`, one member of it."""

    def __init__(self, n_features: int, width: int = WIDTH):
        super().__init__()
        shown = len(stances.WORD) + len(stances.FLAGS)
        self.word = nn.Linear(300, width, bias=False)
        self.vector = nn.Linear(96, width, bias=False)
        self.shows = nn.Linear(shown, width)
        self.dep = nn.Embedding(len(attributions.DEPS) + 1, width)
        self.tag = nn.Embedding(len(attributions.TAGS) + 1, width)
        self.up, self.left, self.right = nn.Linear(width, width), *(nn.Linear(width, width, bias=False) for _ in "lr")
        self.look = nn.Linear(2 * width, 2, bias=False)
        self.state = nn.Linear(5 * width + n_features, width)
        self.out, self.tone = nn.Linear(width, 3), nn.Linear(width, 3)
        self.drop = nn.Dropout(DROPPED)
        for embedding in (self.dep, self.tag):
            nn.init.normal_(embedding.weight, std=0.05)

    def forward(self, b: dict[str, torch.Tensor], tone: bool = False) -> torch.Tensor:
        given = self.word(self.drop(b["word"])) + self.vector(b["vector"]) + self.shows(b["shows"])
        x = torch.relu(given + self.dep(b["dep"]) + self.tag(b["tag"])) * b["mask"][..., None]
        above = torch.gather(x, 1, b["head"][..., None].expand(-1, -1, x.shape[-1]))
        before, behind = F.pad(x, (0, 0, 1, 0))[:, :-1], F.pad(x, (0, 0, 0, 1))[:, 1:]
        x = x + torch.relu(self.up(self.drop(above)) + self.left(self.drop(before)) + self.right(self.drop(behind)))
        head = torch.gather(x, 1, b["at"][:, None, None].expand(-1, 1, x.shape[-1]))[:, 0]
        scores = self.look(torch.cat([x, head[:, None].expand_as(x)], -1))
        clause, about = b["clause"][..., None], b["about"][..., None]
        pooled = [head]
        for nth, mask in enumerate((b["clause"], b["mask"])):
            share = torch.softmax(scores[..., nth].masked_fill(mask == 0, -1e4), 1)
            pooled.append((share[..., None] * x).sum(1))
        pooled.append((x - 1e4 * (1 - clause)).max(1).values)
        pooled.append((x * about).sum(1) / about.sum(1).clamp(min=1))
        state = torch.relu(self.state(self.drop(torch.cat([*pooled, b["features"]], -1))))
        return (self.tone if tone else self.out)(self.drop(state))


def batch(examples: list[Example], names: dict[str, int], scale: np.ndarray) -> dict[str, torch.Tensor]:
    """Some examples as tensors, shorter sentences filled up."""
    n, length = len(examples), max(len(e.tokens.head) for e in examples)
    static = language.model().vocab.vectors.data
    made = {
        "word": np.zeros((n, length, static.shape[1]), np.float32),
        "vector": np.zeros((n, length, len(scale)), np.float32),
        "shows": np.zeros((n, length, len(stances.WORD) + len(stances.FLAGS)), np.float32),
        **{name: np.zeros((n, length), np.int64) for name in ("dep", "tag", "head")},
        **{name: np.zeros((n, length), np.float32) for name in ("mask", "clause", "about")},
        "features": np.zeros((n, len(names)), np.float32),
        "at": np.array([e.asked.head for e in examples]),
    }
    for nth, e in enumerate(examples):
        t, size = e.tokens, len(e.tokens.head)
        vectors = static[np.maximum(t.word, 0)] * (t.word >= 0)[:, None]
        made["word"][nth, :size] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        made["vector"][nth, :size] = t.vector / scale
        for name in ("shows", "dep", "tag", "head"):
            made[name][nth, :size] = getattr(t, name)
        made["mask"][nth, :size] = 1
        made["clause"][nth, e.asked.clause] = 1
        made["about"][nth, e.asked.about] = 1
        made["features"][nth] = named(e, names)
    return {name: torch.from_numpy(values) for name, values in made.items()}


def named(example: Example, names: dict[str, int]) -> np.ndarray:
    """A candidate's named features as a row."""
    row = np.zeros(len(names), np.float32)
    for name, value in example.asked.features.items():
        if name in names:
            row[names[name]] = value
    return row


def feature_names(examples: Iterable[Example]) -> list[str]:
    """The features that stand in enough candidates, in the order of their names."""
    counts = Counter(name for example in examples for name in example.asked.features)
    return sorted(name for name, count in counts.items() if count >= OFTEN)


def scale_of(examples: list[Example]) -> np.ndarray:
    """The spread of each column of the language model's vectors."""
    return np.concatenate([e.tokens.vector for e in examples[:3000]]).std(axis=0) + 1e-3


def taught(
    model: Reader, examples: list[Example], epochs: int, rate: float, seed: int, tone: bool, names, scale
) -> Reader:
    """The model after so many rounds over the examples; sentences of like length go together."""
    rng = np.random.default_rng(seed)
    lengths = np.array([len(e.tokens.head) for e in examples])
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=DECAY)
    steps = epochs * (len(examples) // TOGETHER + 1)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps + 1)
    for _ in range(epochs):
        model.train()
        order = np.argsort(lengths + 5 * rng.random(len(examples)))
        parts = [order[i : i + TOGETHER] for i in range(0, len(order), TOGETHER)]
        rng.shuffle(parts) if len({len(p) for p in parts}) == 1 else random.Random(int(rng.integers(1 << 30))).shuffle(
            parts
        )
        for part in parts:
            some = [examples[i] for i in part]
            aims, weights = (torch.tensor(np.array(of), dtype=torch.float32) for of in zip(*(e.aim() for e in some)))
            loss = F.cross_entropy(model(batch(some, names, scale), tone), aims, reduction="none")
            loss = (loss * weights).sum() / weights.sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            pace.step()
    return model.eval()


def toned_reader(tones: list[Example], names: dict[str, int], scale) -> Reader:
    """A network that has learned the tones alone."""
    torch.manual_seed(SEEDS[0])
    model = taught(Reader(len(names)), tones, TONE_EPOCHS, TONE_RATE, SEEDS[0], True, names, scale)
    with torch.no_grad():
        model.out.weight.copy_(model.tone.weight)
        model.out.bias.copy_(model.tone.bias)
    return model


def member(base: Reader, examples: list[Example], names: dict[str, int], scale, seed: int, epochs: int) -> Reader:
    """One network: what the base knows of tones, and then the stances."""
    model = copy.deepcopy(base)
    torch.manual_seed(seed)
    return taught(model, examples, epochs, RATE, seed, False, names, scale)


def parts(articles: Iterable[str]) -> dict[str, int]:
    """Which part each article belongs to."""
    order = np.random.default_rng(0).permutation(sorted(articles))
    return {str(name): nth % PARTS for nth, name in enumerate(order)}


@torch.no_grad()
def shares(model: Reader, examples: list[Example], names: dict[str, int], scale) -> np.ndarray:
    """What a network says of some examples: a row an example, a column each of stances.LABELS."""
    order = np.argsort([len(e.tokens.head) for e in examples])
    made = np.zeros((len(examples), len(stances.LABELS)))
    for first in range(0, len(order), 64):
        some = order[first : first + 64]
        made[some] = torch.softmax(model(batch([examples[i] for i in some], names, scale)), -1).numpy()
    return made


def again(found: dict[str, list[Example]], unseen: dict[str, np.ndarray]) -> np.ndarray:
    """What `stances.Network.settled` multiplies with: a table a kind of candidate, a row each of stances.AROUND, a column each of stances.LABELS.

    unseen: for articles what a network that has not seen them says of their examples."""
    rows, kinds, labels, weights = [], [], [], []
    for name, shares_of in unseen.items():
        usual = [nth for nth, example in enumerate(found[name]) if example.usual]
        if not usual:
            continue
        around = stances.around([found[name][nth].found for nth in usual], shares_of[usual])
        for nth, row in zip(usual, around, strict=True):
            example = found[name][nth]
            if example.weight:
                rows.append(row)
                kinds.append(stances.KINDS.index(example.place[0]))
                labels.append(example.label)
                weights.append(example.weight)
    return fitted(np.array(rows, np.float32), np.array(kinds), np.array(labels), np.array(weights, np.float32))


def fitted(rows: np.ndarray, kinds: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A logistic regression for each kind, all drawn towards what is common to them."""
    spread = rows.std(axis=0) + 1e-6
    spread[0] = 1
    x, y, w = torch.from_numpy(rows / spread), torch.from_numpy(labels), torch.from_numpy(weights)
    common = torch.zeros(rows.shape[1], len(stances.LABELS), requires_grad=True)
    own = torch.zeros(len(stances.KINDS), rows.shape[1], len(stances.LABELS), requires_grad=True)
    optimiser = torch.optim.LBFGS([common, own], max_iter=80, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        scores = torch.einsum("nf,nfl->nl", x, (common + own)[torch.from_numpy(kinds)])
        lost = (F.cross_entropy(scores, y, reduction="none") * w).sum() / w.sum()
        lost = lost + WEIGHT * ((common**2).sum() + (own**2).sum())
        lost.backward()
        return lost

    optimiser.step(loss)
    return (common + own).detach().numpy() / spread[None, :, None]


def numbers(models: list[Reader], names: list[str], scale: np.ndarray) -> dict[str, np.ndarray]:
    """What `stances.Network` reads: each table with a row a member."""
    homes = {
        "word": "word.weight",
        "vector": "vector.weight",
        "shows": "shows.weight",
        "bias": "shows.bias",
        "dep": "dep.weight",
        "tag": "tag.weight",
        "up": "up.weight",
        "around_bias": "up.bias",
        "left": "left.weight",
        "right": "right.weight",
        "look": "look.weight",
        "state": "state.weight",
        "state_bias": "state.bias",
        "out": "out.weight",
        "out_bias": "out.bias",
    }
    states = [model.state_dict() for model in models]
    found = {name: np.stack([s[home].numpy() for s in states]).astype(np.float16) for name, home in homes.items()}
    return found | {"scale": scale.astype(np.float32), "features": np.array(names)}


def networks(
    found: dict[str, list[Example]],
    tones: list[Example],
    part: dict[str, int],
    names: list[str],
    members: int,
    epochs: int,
) -> tuple[list[Reader], np.ndarray, dict[str, np.ndarray]]:
    """The networks, the spread of the vectors that they read, and what they say of the articles that they left out."""
    learned = [e for some in found.values() for e in some if e.aim()[1]]
    places, scale = {name: nth for nth, name in enumerate(names)}, scale_of(learned)
    base, models, unseen = toned_reader(tones, places, scale), [], {}
    for seed, left in zip(SEEDS[:members], LEFT_OUT):
        some = [e for name, of in found.items() if part.get(name) != left for e in of if e.aim()[1]]
        models.append(member(base, some, places, scale, seed, epochs))
        unseen |= {name: shares(models[-1], found[name], places, scale) for name in part if part[name] == left}
    return models, scale, unseen


# --- what they are worth --------------------------------------------------------------------------------------------------------


def kept_apart(found: dict[str, list[Example]], file: Path) -> tuple[list[Example], np.ndarray]:
    """The examples whose labels are kept apart, and what the networks of a file say of them, a row each, a column each of stances.LABELS."""
    network, apart, said = stances.Network(file), [], []
    for some in found.values():
        usual = [example for example in some if example.usual]
        held = [nth for nth, example in enumerate(usual) if example.held]
        if held:
            alone = np.concatenate([network.probability(example.tokens, [example.asked]) for example in usual])
            apart += [usual[nth] for nth in held]
            said += list(network.settled([example.found for example in usual], alone)[held])
    return apart, np.array(said)


def read_again(apart: list[Example], said: np.ndarray, file: Path) -> np.ndarray:
    """What is said of the examples after the transformer of a file has read the doubtful ones again."""
    read = [apart[nth] for nth in rereading.doubtful(said)]
    windows, features = [example.window for example in read], [example.asked.features for example in read]
    return rereading.Upper(data.arrays(file)).settled(said, windows, features)


def worth(labels: np.ndarray, said: np.ndarray) -> str:
    """How well the networks tell the stances among clauses from which they have not learned."""
    order = np.argsort(said[:, 0])
    labels, said = labels[order], said[order]
    stance = labels > 0
    average = (np.cumsum(stance) / np.arange(1, len(stance) + 1))[stance].mean()
    signed = ((said[:, 1] > said[:, 2]) == (labels == 1))[stance].mean()
    return f"{len(labels)} clauses kept apart: average precision {average:.3f}, positions right {signed:.3f}"


def believed(apart: list[Example], said: np.ndarray) -> dict[str, float] | None:
    """How far to believe the likelihood of a position that would be stated; None where none would be."""
    rows = []
    for example, shares_of in zip(apart, said, strict=True):
        candidate, here = example.found
        _, sign, likelihood = stances.position((candidate, here.passage.doc, shares_of))
        if likelihood >= statements.LEAST and not stances.is_none(candidate, here, likelihood):
            rows.append((likelihood, example.label == (1 if sign > 0 else 2)))
    return beliefs.fitted(*map(np.array, zip(*rows, strict=True))) if rows else None


# --- the teacher ---------------------------------------------------------------------------------------------------------------

UPPER = Plan(3, 3, 32, 5e-4, 0.05, 0.99, seed=0)
FIRST = 8  # the lowest layer that is changed
SMOOTHED = 0.05  # of a label that goes to all alike


class OverPieces(nn.Module):
    """The transformer's upper layers, changed, and what they say of a stance. It reads triples: the states below, the marks, the named features."""

    def __init__(self, names: list[str], below: embeddings.Transformer):
        super().__init__()
        kind, known = below.kind, embeddings.weights(below.kind)
        self.names, self.first, self.seen_from = {name: nth for nth, name in enumerate(names)}, FIRST, below.seen_from
        self.layers = nn.ModuleDict({str(nth): UpperLayer(kind, nth, known) for nth in range(FIRST, kind.layers)})
        self.mark = nn.Linear(len(MARKS), kind.width, bias=False)
        nn.init.normal_(self.mark.weight, std=0.02)
        self.look = nn.Linear(kind.width, 1, bias=False)
        self.inner = nn.Linear((1 + len(POOLED)) * kind.width + len(names), INNER)
        self.out = nn.Linear(INNER, len(stances.LABELS))

    def forward(self, given: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> torch.Tensor:
        lengths = torch.tensor([len(marks) for _, marks, _ in given])
        real = torch.arange(int(lengths.max())) < lengths[:, None]
        marks = padded([marks for _, marks, _ in given])
        hidden = padded([below.astype(np.float32) for below, _, _ in given]) + self.mark(marks)
        hidden = F.dropout(hidden, DROPPED_STATES, self.training)
        added = torch.from_numpy(self.seen_from(real.numpy()))
        with torch.autocast("cpu", torch.bfloat16):  # a third of the time
            for layer in self.layers.values():
                hidden = layer(hidden, added.to(torch.bfloat16))
        hidden = hidden.float()
        share = self.look(hidden)[..., 0].masked_fill(marks[..., 0] == 0, -1e4).softmax(dim=1)
        seen = [(share[..., None] * hidden).sum(dim=1)]
        for nth in map(MARKS.index, POOLED):
            some = marks[..., nth : nth + 1]
            seen.append((hidden * some).sum(dim=1) / some.sum(dim=1).clamp(min=1))
        seen.append(torch.from_numpy(np.stack([features for *_, features in given])))
        made = F.gelu(self.inner(F.dropout(torch.cat(seen, dim=1), 2 * DROPPED_STATES, self.training)))
        return self.out(F.dropout(made, 2 * DROPPED_STATES, self.training))


def as_read(
    examples: list[Example], names: dict[str, int], below: embeddings.Transformer
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """What `OverPieces` reads of each example. Those of one sentence mostly share the states below."""
    known = {e.window.numbers.tobytes(): e.window.numbers for e in examples}
    made = dict(zip(known, below.states(list(known.values()), range(FIRST)), strict=True))
    states = {key: array.astype(np.float16) for key, array in made.items()}
    return [(states[e.window.numbers.tobytes()], e.window.marks, named(e, names)) for e in examples]


def teacher(examples: list[Example], names: list[str], plan: Plan, below: embeddings.Transformer) -> OverPieces:
    """A teacher that has learned from examples with labels."""
    torch.manual_seed(plan.seed)
    network, given = OverPieces(names, below), []
    for example, read_so in zip(examples, as_read(examples, network.names, below), strict=True):
        aim = (1 - SMOOTHED) * np.eye(len(stances.LABELS))[example.label] + SMOOTHED / len(stances.LABELS)
        given.append((read_so, tuple((example.weight * aim).tolist())))
    return learn("teacher", network, plan, given, [])


@torch.no_grad()
def opinions(network: OverPieces, examples: list[Example], below: embeddings.Transformer) -> np.ndarray:
    """How likely the teacher thinks each of stances.LABELS: a row an example."""
    order = np.argsort([len(e.window.numbers) for e in examples], kind="stable")
    made = np.zeros((len(examples), len(stances.LABELS)))
    for first in range(0, len(order), 64):
        some = order[first : first + 64]
        made[some] = torch.softmax(network(as_read([examples[i] for i in some], network.names, below)), -1).numpy()
    return made


# --- all of it ----------------------------------------------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learn_stances", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, metavar="N", help="learn from N articles only: a trial")
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="of the networks")
    parser.add_argument("--output", type=Path, default=stances.model_file(), metavar="FILE")
    asked = parser.parse_args()
    torch.set_num_threads(2)
    found, tones = examples_in(asked.folder, asked.articles), toned(asked.folder)
    every = [e for some in found.values() for e in some]
    marked = [e for e in every if e.weight]
    names = feature_names(marked)
    part = parts([name for name, some in found.items() if any(e.weight for e in some)])
    taught_so = None
    if embeddings.installed():
        # Of the British articles with labels the networks are to know nothing: they are measured on them.
        open_ones = (name for name in found if not (name.startswith(BRITISH) and name in with_labels()))
        asked_about = [e for name in open_ones for e in found[name] if e.usual or e.weight]
        below = embeddings.Transformer(embeddings.LARGE, {})
        taught_so = teacher(marked, names, UPPER, below)
        for example, opinion in zip(asked_about, opinions(taught_so, asked_about, below), strict=True):
            example.opinion = opinion
    models, scale, unseen = networks(found, tones, part, names, asked.members, asked.epochs)
    stored = numbers(models, names, scale) | {"again": again(found, unseen).astype(np.float32)}
    np.savez_compressed(asked.output, **stored)
    print(
        f"{asked.output}: {len(models)} networks, {len(names)} features, from {len(marked)} labels of {len(every)} candidates"
    )
    apart, said = kept_apart(found, asked.output)
    readings = {"network": said}
    if taught_so is not None:
        file = asked.output.with_name(rereading.model_file().name)
        np.savez_compressed(file, **changes(taught_so), features=np.array(names))
        if apart:
            readings["embeddings"] = read_again(apart, said, file)
    if apart:
        labels = np.array([example.label for example in apart])
        for reader, shares_of in readings.items():
            print(f"{reader}, {worth(labels, shares_of)}")
        scores = {reader: believed(apart, shares_of) for reader, shares_of in readings.items()}
        if asked.output == stances.model_file():
            known = {reader: score for reader, score in scores.items() if score}
            beliefs.write(data.folder() / "reference" / "stance_scores.csv", known)
    return 0


if __name__ == "__main__":
    sys.exit(main())
