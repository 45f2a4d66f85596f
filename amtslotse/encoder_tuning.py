"""Tuning the word vectors on whole sentences: near to what e5 says of them, and near to sentences that want the same."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml
from rich.progress import track

from amtslotse.encoder_trial import Example
from language.normalise import skeleton
from portal.catalogue.wishes import examples

ROUNDS = 6
"""How often each sentence is seen, on average."""
BATCH = 64
"""Pairs of sentences a step, each of another label."""
LEARNING_RATE = 1e-3
LIKENESS = 20.0
"""How much sharper than cosines the contrast is (inverse temperature)."""
CONTRAST = 0.1
"""Weight of the contrast beside the distance from e5."""

Floats = npt.NDArray[np.float32]


def lessons(root: Path) -> Iterator[Example]:
    """The examples of data/nlu, each with the finest label that its section gives: service, life situation or intent."""
    folder = root / "data" / "nlu"
    for path in sorted(folder.rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for block in content.get("nlu", []):
            if "intent" not in block:
                continue
            named = block.get("metadata") or {}
            label = named.get("service") or named.get("life_situation") or block["intent"]
            for text in examples(block):
                yield Example(text, block["intent"], str(label), str(path.relative_to(folder)))


def tuned(
    keys: Sequence[str], vectors: Floats, examples: Sequence[Example], aims: Floats, rounds: int = ROUNDS
) -> Floats:
    """The word vectors after tuning, (words, dim) float32; words that no example holds stay as they are.

    Parameters
    ----------
    keys
        Words through `language.normalise.skeleton`; `vectors` (words, dim) carry their weights.
    examples
        Two of one label are drawn together, those of different labels apart; what is out of scope has nothing in common
        and is only drawn to its aim.
    aims
        (examples, dim) what e5 says of each, along the axes of `vectors`.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.losses import MSELoss, MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    unknown = len(keys)
    tokenizer = Tokenizer(WordLevel({key: i for i, key in enumerate(keys)} | {"": unknown}, unk_token=""))
    tokenizer.pre_tokenizer = Split(Regex(r"[^\W_]+"), behavior="removed", invert=True)
    weights = np.concatenate([vectors, np.zeros((1, vectors.shape[1]), np.float32)])
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, weights), Normalize()], device="cpu")
    contrast = MultipleNegativesRankingLoss(model, scale=LIKENESS)
    distance = MSELoss(model)
    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    draw = np.random.default_rng(0)
    by_label: dict[str, list[str]] = {}
    for example in examples:
        if example.intent != "out_of_scope":
            by_label.setdefault(example.label, []).append(example.text)
    wanted = [texts for texts in by_label.values() if len(texts) > 1]
    size = min(BATCH, len(wanted))
    for _ in track(range(rounds * len(examples) // BATCH), "Sätze"):
        chosen = [wanted[i] for i in draw.choice(len(wanted), size, replace=False)]
        pairs = [draw.choice(len(texts), 2, replace=False) for texts in chosen]
        sides = [[texts[pair[side]] for texts, pair in zip(chosen, pairs, strict=True)] for side in (0, 1)]
        asked = draw.choice(len(examples), BATCH)
        loss = CONTRAST * contrast([_features(model, side) for side in sides], torch.empty(0))
        aim = torch.from_numpy(aims[asked])
        loss = loss + aim.shape[1] * distance([_features(model, [examples[i].text for i in asked])], aim)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    found = model[0].embedding.weight.detach().numpy()[:unknown]
    return np.asarray(found, dtype=np.float32)


def _features(model: "SentenceTransformer", texts: Sequence[str]) -> dict[str, "Tensor"]:  # type: ignore[name-defined]  # noqa: F821
    """What the model reads, written as at serving."""
    features: dict[str, Tensor] = model[0].preprocess([skeleton(text) for text in texts])  # type: ignore[name-defined]  # noqa: F821
    return features
