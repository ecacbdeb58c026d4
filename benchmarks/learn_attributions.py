"""Learn the network of `onrecord.attributions` again and write its numbers to `data/models/attributions.npz`.

    python -m benchmarks.learn_attributions FOLDER
    python -m benchmarks.learn_attributions FOLDER --articles 40 --epochs 1 --output FILE   (a trial)

FOLDER holds polnear_train.jsonl (README.md here says where it comes from). Two teachers learn from what is marked in it. The student, which is
what is kept, learns one half from the marks and the other from what the teachers on average think of the same articles: where annotators differ,
that says how far. No text is written anywhere, but the commonest lemmas are. torch is needed: the extra `learn`.
"""

import argparse
import math
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from benchmarks import corpora
from onrecord import article, attributions, language
from onrecord.attributions import BEGIN, INSIDE, NOTHING, SPEAKER
from onrecord.language import Passage

HELD_OUT = 60  # articles of which nothing is learned
LEMMAS = 2000  # that are told apart
LABELS = 4  # what a token can be for a cue
TOGETHER = 6  # articles a step
RATE, WARMING = 2e-3, 100  # the highest learning rate, and the steps until it
BEGINNINGS = 2.0  # the weight of a pair that begins content: there are few, and all hangs on them
PAIRS_TO_CUES = 1 / 20, 1 / 4  # what the two losses count for: they are sums over an article
PROBABLE, MOST = 0.05, 80  # how sure the network must be of a candidate; how many of them an article may have
IDLE = 3  # tokens drawn at random that are candidates too: most of them are no cue
DROPPED, DROPPED_OF_PAIRS = 0.2, 0.1

# How the best sequence of labels is found. From NOTHING, BEGIN, INSIDE, SPEAKER (rows) to the same (columns); tuned by hand on the articles held out:
# content begins with reluctance, hardly ever straight after other content, and goes on only where it has begun.
TRANSITIONS = [[0, -1.5, -1e4, 0], [0, -9, 0, 0], [0, -9, 0, 0], [0, -1.5, -1e4, 0]]


@dataclass(frozen=True)
class Plan:
    """How wide a network is, at its tokens and at its pairs, and how it is taught."""

    width: int
    inner: int
    epochs: int
    seed: int


TEACHERS = {"first teacher": Plan(96, 64, 13, seed=1), "second teacher": Plan(128, 80, 13, seed=2)}
STUDENT = Plan(96, 64, 16, seed=5)


# --- what is marked ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marked:
    """An article as the network reads it, and for the head of each marked cue the label of each token."""

    tokens: attributions.Tokens
    labels: dict[int, np.ndarray]

    def are_cues(self) -> np.ndarray:
        """1 for a token that heads a cue."""
        found = np.zeros(len(self.tokens.head), dtype=np.float32)
        found[list(self.labels)] = 1
        return found

    def labels_of(self, pairs: attributions.Pairs) -> np.ndarray:
        """What the token of each pair is for its candidate; nothing where that is no cue."""
        found = np.full(len(pairs.cue), NOTHING)
        for cue, labels in self.labels.items():
            mine = pairs.cue == cue
            found[mine] = labels[pairs.token[mine]]
        return found


def read(row: dict) -> Marked:
    """An article of the corpus, parsed as `onrecord` parses any other."""
    blocks = article.blocks(row["text"])
    passages = article.passages(row["text"], blocks, article.repairs(row["text"], blocks))
    tokens = attributions.read(passages)
    return Marked(tokens, marks(row["quotes"], tokens, passages))


def marks(quotes: list[dict], tokens: attributions.Tokens, passages: list[Passage]) -> dict[int, np.ndarray]:
    """The labels of each marked cue, by its head. Where two attributions share a head the later stands; one without a cue is passed over."""
    places, starts, ends = np.array(
        [
            (first + token.i, passage.start + token.idx, passage.start + token.idx + len(token))
            for first, passage in zip(tokens.first, passages)
            for token in passage.doc
            if not token.is_space
        ]
    ).T

    def touched(spans: list) -> list[int]:
        return [place for start, end in spans for place in places[(starts < end) & (start < ends)].tolist()]

    found = {}
    for quote in quotes:
        if cue := touched(spans_of(quote, "cue")):
            labels = np.full(len(tokens.head), NOTHING, dtype=np.int8)
            labels[touched(spans_of(quote, "speaker"))] = SPEAKER
            content = without_that(np.unique(np.array(touched(quote["quote"]), dtype=np.int64)), tokens.lemma)
            labels[content] = INSIDE
            labels[content[begins(content)]] = BEGIN
            found[head_of(cue, tokens)] = labels
    return found


def spans_of(quote: dict, part: str) -> list:
    """The places of a quotation's cue or speaker, in whichever form the file has them."""
    return quote.get(f"{part}_spans") or ([quote[part]] if quote[part] else [])


def head_of(cue: list[int], tokens: attributions.Tokens) -> int:
    """The token of a cue on which the others hang: of several a verb, else the first."""
    tops = [i for i in cue if tokens.head[i] == i or tokens.head[i] not in cue]
    verbs = [i for i in tops if tokens.tag[i] and attributions.TAGS[tokens.tag[i] - 1].startswith("V")]
    return (verbs or tops)[0]


def without_that(content: np.ndarray, lemma: np.ndarray) -> np.ndarray:
    """Content without the "that" before a reported clause: the tables leave it out."""
    return content[~(begins(content) & (lemma[content] == language.model().vocab.strings["that"]))]


def begins(places: np.ndarray) -> np.ndarray:
    """Which of some ordered places do not follow straight on another."""
    return np.diff(places, prepend=-9) != 1


def commonest(articles: list[Marked]) -> list[int]:
    """The hashes of the commonest lemmas, the commonest first."""
    counts: dict[int, int] = {}
    for marked in articles:
        for lemma in marked.tokens.lemma.tolist():
            counts[lemma] = counts.get(lemma, 0) + 1
    counts.pop(0, None)  # the empty places
    return sorted(counts, key=lambda lemma: -counts[lemma])[:LEMMAS]


# --- the network -------------------------------------------------------------------------------------------------------------------


class Batch:
    """Some articles end to end, as tensors."""

    def __init__(self, articles: list[Marked]):
        self.articles = articles
        self.first = np.cumsum([0, *(len(marked.tokens.head) for marked in articles)])
        self.lemma = self._joined("lemma")
        self.word = torch.from_numpy(self._joined("word")).long()
        self.vectors, self.flags = torch.from_numpy(self._joined("vectors")), torch.from_numpy(self._joined("flags"))
        self.tag, self.dep, self.entity = (torch.from_numpy(self._joined(name)) for name in ("tag", "dep", "entity"))
        self.related = [
            torch.from_numpy(self.moved([getattr(marked.tokens, name) for marked in articles]))
            for name in ("head", "subject", "clause")
        ]

    def _joined(self, name: str) -> np.ndarray:
        return np.concatenate([getattr(marked.tokens, name) for marked in self.articles])

    def moved(self, places: list[np.ndarray]) -> np.ndarray:
        """Places in each article as places in the batch."""
        return np.concatenate([there + first for there, first in zip(places, self.first)])

    def parted(self, rows: np.ndarray) -> list[np.ndarray]:
        """Rows of the batch, article by article."""
        return np.split(rows, self.first[1:-1])


class Asked:
    """The candidates of each article of a batch with the tokens of their windows, end to end."""

    def __init__(self, batch: Batch, candidates: list[np.ndarray]):
        self.pairs = [attributions.pairs(marked.tokens, chosen) for marked, chosen in zip(batch.articles, candidates)]
        cue = batch.moved([pairs.cue for pairs in self.pairs])
        self.cue = torch.from_numpy(cue)
        self.token = torch.from_numpy(batch.moved([pairs.token for pairs in self.pairs]))
        self.features = torch.from_numpy(np.concatenate([pairs.features for pairs in self.pairs]))
        # 0 where the neighbour before or behind belongs to another candidate
        self.before = torch.from_numpy((np.diff(cue, prepend=-1) == 0).astype(np.float32))[:, None]
        self.behind = torch.from_numpy((np.diff(cue, append=-1) == 0).astype(np.float32))[:, None]


class Layer(nn.Module):
    """A rectified layer over rows side by side. It is added to the rows it starts from, if they are given, and normalised."""

    def __init__(self, given: int, width: int):
        super().__init__()
        self.linear, self.norm = nn.Linear(given, width), nn.LayerNorm(width)

    def forward(self, around: list[torch.Tensor], hidden: torch.Tensor | None = None) -> torch.Tensor:
        made = F.relu(self.linear(torch.cat(around, dim=1)))
        return self.norm(made if hidden is None else hidden + F.dropout(made, DROPPED, self.training))


class Network(nn.Module):
    """What `attributions.Network` computes, to be learned. Its parts are named as there."""

    def __init__(self, plan: Plan, lemmas: list[int], context: int):
        """`context` is how wide the language model's own vectors of tokens are."""
        super().__init__()
        width, inner = plan.width, plan.inner
        self._lemmas = {lemma: n + 1 for n, lemma in enumerate(lemmas)}
        self._static = torch.from_numpy(language.model().vocab.vectors.data)
        self.static = nn.Linear(self._static.shape[1], 40, bias=False)
        self.lemma = nn.Embedding(LEMMAS + 1, 24)
        self.tag = nn.Embedding(len(attributions.TAGS) + 1, 12)
        self.dep = nn.Embedding(len(attributions.DEPS) + 1, 12)
        self.entity = nn.Embedding(len(attributions.ENTITIES) + 1, 6)
        self.input = Layer(context + 40 + 24 + 12 + 12 + 6 + attributions.FLAGS, width)
        self.line1, self.tree1 = Layer(3 * width, width), Layer(4 * width, width)
        self.line2, self.tree2 = Layer(3 * width, width), Layer(4 * width, width)
        self.line3 = Layer(3 * width, width)
        self.cue, self.is_cue = nn.Linear(width, 32), nn.Linear(32, 1)
        self.token, self.by = nn.Linear(width, inner), nn.Linear(width, inner, bias=False)
        self.features = nn.ModuleDict({name: nn.Embedding(n, inner) for name, n in attributions.sizes().items()})
        for name in attributions.FEATURES:
            nn.init.normal_(self.features[name].weight, std=0.3)  # seven are added up
        self.pair1, self.pair2 = nn.Linear(3 * inner, inner), nn.Linear(3 * inner, inner)
        self.label = nn.Linear(inner, LABELS)

    def encode(self, batch: Batch) -> torch.Tensor:
        """What the network makes of each token, with its neighbours in the line and in the tree."""
        lemma = torch.tensor([self._lemmas.get(hashed, 0) for hashed in batch.lemma.tolist()])
        words = self._static[batch.word.clamp(min=0)] * (batch.word >= 0)[:, None]
        given = [
            batch.vectors,
            self.static(words),
            F.dropout(self.lemma(lemma), DROPPED, self.training),
            self.tag(batch.tag),
            self.dep(batch.dep),
            self.entity(batch.entity),
            batch.flags,
        ]
        hidden = self.input([F.dropout(torch.cat(given, dim=1), DROPPED, self.training)])
        for layer, step in ((self.line1, 1), (self.tree1, 0), (self.line2, 1), (self.tree2, 0), (self.line3, 2)):
            around = beside(hidden, step) if step else [hidden, *(hidden[place] for place in batch.related)]
            hidden = layer(around, hidden)
        return hidden

    def cues(self, hidden: torch.Tensor) -> torch.Tensor:
        """How much speaks for each token's being a cue, in logits."""
        return self.is_cue(F.relu(self.cue(hidden))).squeeze(1)

    def labels(self, hidden: torch.Tensor, asked: Asked) -> torch.Tensor:
        """For each pair how much speaks for each label, in logits."""
        state = self.token(hidden)[asked.token] + self.by(hidden)[asked.cue]
        for nth, name in enumerate(attributions.FEATURES):
            state = state + self.features[name](asked.features[:, nth])
        state = F.dropout(F.relu(state), DROPPED_OF_PAIRS, self.training)
        for layer in (self.pair1, self.pair2):
            before, _, behind = beside(state, 1)
            around = [before * asked.before, state, behind * asked.behind]
            state = state + F.relu(layer(torch.cat(around, dim=1)))
        return self.label(state)


def beside(rows: torch.Tensor, step: int) -> list[torch.Tensor]:
    """The rows so many steps before, the rows, and those as far behind; zeros beyond the ends."""
    return [F.pad(rows, (0, 0, step, 0))[: len(rows)], rows, F.pad(rows, (0, 0, 0, step))[step:]]


# --- learning ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opinion:
    """What teachers think of an article: how likely each token is a cue, and each label of each pair of the candidates. float16 saves memory."""

    cues: np.ndarray
    candidates: np.ndarray
    labels: np.ndarray

    def labels_of(self, pairs: attributions.Pairs) -> np.ndarray:
        """The likelihood of each label of each pair; nothing is sure for candidates that are not the teachers'."""
        shares = one_hot(np.full(len(pairs.cue), NOTHING))
        shares[np.isin(pairs.cue, self.candidates)] = self.labels
        return shares


@torch.no_grad()
def opinion(teachers: list[Network], marked: Marked) -> Opinion:
    """The mean of what some teachers think of an article."""
    batch = Batch([marked])
    hidden = [teacher.encode(batch) for teacher in teachers]
    cues = [torch.sigmoid(teacher.cues(made)).numpy() for teacher, made in zip(teachers, hidden)]
    sure = np.mean(cues, axis=0)
    candidates = together(probable(marked, sure), marked.labels)
    asked = Asked(batch, [candidates])
    labels = [torch.softmax(teacher.labels(made, asked), dim=1).numpy() for teacher, made in zip(teachers, hidden)]
    return Opinion(sure.astype(np.float16), candidates, np.mean(labels, axis=0).astype(np.float16))


def probable(marked: Marked, sure: np.ndarray) -> np.ndarray:
    """The tokens that may be a cue, the likeliest first."""
    found = np.flatnonzero((sure > PROBABLE) & (marked.tokens.passage >= 0))
    return found[np.argsort(-sure[found], kind="stable")][:MOST]


def together(*places) -> np.ndarray:
    """Places from several collections, in order, each once."""
    return np.array(sorted({int(place) for some in places for place in some}), dtype=np.int64)


def one_hot(labels: np.ndarray) -> np.ndarray:
    """A label as the likelihood of each label."""
    return np.eye(LABELS, dtype=np.float32)[labels]


def losses(network: Network, articles: list[Marked], opinions: list, choose) -> tuple[torch.Tensor, torch.Tensor]:
    """How wrong the network is about some articles, an article: about their cues, and about the pairs of the candidates.

    `choose` says from an article, the teachers' opinion of it and the network's own of its cues which tokens are candidates."""
    batch = Batch(articles)
    hidden = network.encode(batch)
    cues = network.cues(hidden)
    sure = batch.parted(torch.sigmoid(cues.detach()).numpy())
    asked = Asked(batch, [choose(*given) for given in zip(articles, opinions, sure)])
    labels = [marked.labels_of(pairs) for marked, pairs in zip(articles, asked.pairs)]
    aimed_cues = [marked.are_cues() for marked in articles]
    aimed_labels = [one_hot(true) for true in labels]
    for nth, thought in enumerate(opinions):
        if thought is not None:  # half of what is aimed at
            aimed_cues[nth] = (aimed_cues[nth] + thought.cues) / 2
            aimed_labels[nth] = (aimed_labels[nth] + thought.labels_of(asked.pairs[nth])) / 2
    cue_loss = F.binary_cross_entropy_with_logits(cues, torch.from_numpy(np.concatenate(aimed_cues)), reduction="sum")
    missed = F.cross_entropy(
        network.labels(hidden, asked), torch.from_numpy(np.concatenate(aimed_labels)), reduction="none"
    )
    weights = torch.from_numpy(np.where(np.concatenate(labels) == BEGIN, BEGINNINGS, 1).astype(np.float32))
    return cue_loss / len(articles), (missed * weights).sum() / len(articles)


def learn(name: str, plan: Plan, articles: list[Marked], lemmas: list[int], opinions: list | None = None) -> Network:
    """A network taught by the marks of some articles, or by them and as many opinions; its weights are a running mean of those of the last steps."""
    torch.manual_seed(plan.seed)
    drawn = random.Random(plan.seed)
    network = Network(plan, lemmas, context=articles[0].tokens.vectors.shape[1])
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01)
    given = list(zip(articles, opinions or [None] * len(articles)))
    mean = {key: weights.clone() for key, weights in network.state_dict().items()}
    steps, step = plan.epochs * math.ceil(len(given) / TOGETHER), 0

    def choose(marked, thought, sure):
        chosen = probable(marked, sure) if epoch else []  # at first it has no idea
        inside = np.flatnonzero(marked.tokens.passage >= 0).tolist()
        idle = drawn.sample(inside, min(IDLE, len(inside)))
        return together(chosen if thought is None else thought.candidates, marked.labels, idle)

    for epoch in range(plan.epochs):
        drawn.shuffle(given)
        seen = []
        for at in range(0, len(given), TOGETHER):
            for group in optimiser.param_groups:
                group["lr"] = rate(step, steps)
            found = losses(network, *zip(*given[at : at + TOGETHER]), choose)
            optimiser.zero_grad()
            weighed(*found).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 20.0)
            optimiser.step()
            step += 1
            follow(mean, network, min(0.995, (step + 1) / (step + 10)))
            seen.append([float(loss.detach()) for loss in found])
        print(f"{name}, epoch {epoch + 1} of {plan.epochs}: {told(seen)}", flush=True)
    network.load_state_dict(mean)
    return network.eval()


def rate(step: int, steps: int) -> float:
    """The learning rate: it warms up, then falls along half a cosine."""
    return RATE * min(1, step / WARMING) * (1 + math.cos(math.pi * step / steps)) / 2 + 1e-5


def weighed(cue_loss, pair_loss):
    """Both losses as one."""
    of_pairs, of_cues = PAIRS_TO_CUES
    return cue_loss * of_cues + pair_loss * of_pairs


@torch.no_grad()
def follow(mean: dict[str, torch.Tensor], network: Network, kept: float) -> None:
    """Move a running mean of weights towards the network's."""
    for key, weights in network.state_dict().items():
        mean[key].mul_(kept).add_(weights, alpha=1 - kept)


@torch.no_grad()
def held_out(network: Network, articles: list[Marked]) -> list[list[float]]:
    """The losses on each of some articles, its candidates being what the network takes for probable and what is marked."""

    def choose(marked, _, sure):
        return together(probable(marked, sure), marked.labels)

    return [[float(loss) for loss in losses(network, [marked], [None], choose)] for marked in articles]


def told(seen: list[list[float]]) -> str:
    """The mean of some losses, in words."""
    cues, pairs = np.mean(seen, axis=0)
    return f"loss {weighed(cues, pairs):.2f} an article (cues {cues:.2f}, pairs {pairs:.2f})"


# --- the file ----------------------------------------------------------------------------------------------------------------------


def numbers(network: Network, lemmas: list[int]) -> dict[str, np.ndarray]:
    """What `attributions.Network` reads: each table under its name there, in float16, the lemmas as words, and the transitions."""
    endings = {
        ".linear.weight": "",
        ".linear.bias": "_bias",
        ".norm.weight": "_scale",
        ".norm.bias": "_shift",
        ".weight": "",
        ".bias": "_bias",
    }
    found = {}
    for key, weights in network.state_dict().items():
        ending = next(ending for ending in endings if key.endswith(ending))
        name = key.removeprefix("features.").removesuffix(ending) + endings[ending]
        found[name] = weights.numpy().astype(np.float16)
    strings = language.model().vocab.strings
    return found | {
        "lemmas": np.array([strings[lemma] for lemma in lemmas]),
        "transitions": np.array(TRANSITIONS, dtype=np.float32),
    }


def main(given: list[str] | None = None) -> int:
    """Learn and write. Exit status: 0, or 2 where the folder does not hold the corpus."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learn_attributions", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="holds polnear_train.jsonl")
    parser.add_argument("--articles", type=int, metavar="N", help="learn from N articles only: a trial")
    parser.add_argument("--epochs", type=int, metavar="N", help="see the articles N times only: a trial")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there and not into data/models")
    options = parser.parse_args(given)
    if (options.articles or options.epochs) and not options.output:
        parser.error("a trial needs --output FILE: it does not replace what was learned from all articles")
    path = options.folder / "polnear_train.jsonl"
    if not path.exists():
        print(f"{path} is not there", file=sys.stderr)
        return 2
    rows = corpora.read(path)
    random.Random(1).shuffle(rows)
    unseen, seen = rows[:HELD_OUT], rows[HELD_OUT:][: options.articles]
    print(f"reading {len(seen)} articles to learn from and {len(unseen)} held out", flush=True)
    articles = [read(row) for row in seen]
    lemmas = commonest(articles)

    def taught(name: str, plan: Plan, opinions: list | None = None) -> Network:
        epochs = options.epochs or plan.epochs
        return learn(name, Plan(plan.width, plan.inner, epochs, plan.seed), articles, lemmas, opinions)

    teachers = [taught(name, plan) for name, plan in TEACHERS.items()]
    student = taught("student", STUDENT, [opinion(teachers, marked) for marked in articles])
    losses_there = held_out(student, [read(row) for row in unseen])
    print(f"student, {len(losses_there)} articles held out: {told(losses_there)}")
    target = options.output or attributions.model_file()
    np.savez_compressed(target, **numbers(student, lemmas))
    print(f"{sum(weights.numel() for weights in student.parameters()):,} numbers written to {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
