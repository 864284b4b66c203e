"""The byte-level BPE tokenizer of the pocket summary model (Sennrich et al. 2016; as in BART)."""

from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

SPECIAL_TOKENS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def train_byte_level_bpe(
    texts: Iterable[str], *, size: int, max_length: int
) -> PreTrainedTokenizerBase:
    """Return a tokenizer with BART's special tokens and ids, its vocabulary learnt from `texts`.

    Unlike BART's, it gives the first word its leading space too and takes it away in decoding, so
    that a word is spelt with the same tokens wherever it stands and can be copied to the front.
    """
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    learner.decoder = decoders.Sequence([decoders.ByteLevel(), decoders.Strip(" ", 1, 0)])
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=SPECIAL_TOKENS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    bos, eos = ((token, SPECIAL_TOKENS.index(token)) for token in ("<s>", "</s>"))
    learner.post_processor = processors.RobertaProcessing(eos, bos, add_prefix_space=True)
    return PreTrainedTokenizerFast(
        tokenizer_object=learner,
        model_max_length=max_length,
        clean_up_tokenization_spaces=False,
        bos_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        cls_token="<s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )
