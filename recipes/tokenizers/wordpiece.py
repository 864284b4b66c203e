"""Train the WordPiece vocabulary of a pocket encoder (Wu et al. 2016, arXiv:1609.08144)."""

from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerBase
from transformers.models.bert.tokenization_bert import BertTokenizer

SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def train_wordpiece(
    texts: Iterable[str],
    *,
    size: int,
    lowercase: bool,
    max_length: int,
    tokenizer_class: type[BertTokenizer] = BertTokenizer,
) -> PreTrainedTokenizerBase:
    """Return a BERT-like tokenizer whose WordPiece vocabulary was learnt from `texts`.

    Args:
        texts: the training text, one string per document; read once.
        size: entries in the vocabulary, special tokens included.
        lowercase: fold case and strip accents, as the uncased BERT does.
        max_length: tokens the model can read; kept as `model_max_length` in the tokenizer's
            configuration.
        tokenizer_class: the class the checkpoint names (`BertTokenizer`, `DistilBertTokenizer`).
    """
    learner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    learner.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    learner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    learner.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        special_tokens=SPECIAL_TOKENS,
        limit_alphabet=600,
        min_frequency=2,
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    return tokenizer_class(
        vocab=learner.get_vocab(with_added_tokens=True),
        do_lower_case=lowercase,
        model_max_length=max_length,
    )
