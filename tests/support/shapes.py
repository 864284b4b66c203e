"""Names and shapes of the weights of each architecture, as its published checkpoints have them."""

from __future__ import annotations

Shapes = dict[str, tuple[int, ...]]

#: Width of every tiny model.
DIM = 32


def linear(name: str, inputs: int, outputs: int) -> Shapes:
    """A linear layer."""
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def norm(name: str) -> Shapes:
    """A layer norm."""
    return {f"{name}.weight": (DIM,), f"{name}.bias": (DIM,)}


def distilbert_shapes(vocabulary: int, positions: int, layers: int, hidden: int) -> Shapes:
    """The encoder of Sanh et al. 2019, under its prefix `distilbert`."""
    embeddings = "distilbert.embeddings"
    shapes = norm(f"{embeddings}.LayerNorm") | {
        f"{embeddings}.word_embeddings.weight": (vocabulary, DIM),
        f"{embeddings}.position_embeddings.weight": (positions, DIM),
    }
    for number in range(layers):
        layer = f"distilbert.transformer.layer.{number}"
        for part in ("q_lin", "k_lin", "v_lin", "out_lin"):
            shapes |= linear(f"{layer}.attention.{part}", DIM, DIM)
        shapes |= linear(f"{layer}.ffn.lin1", DIM, hidden) | linear(
            f"{layer}.ffn.lin2", hidden, DIM
        )
        shapes |= norm(f"{layer}.sa_layer_norm") | norm(f"{layer}.output_layer_norm")
    return shapes


def bert_shapes(vocabulary: int, positions: int, layers: int, hidden: int) -> Shapes:
    """The encoder of Devlin et al. 2018, under its prefix `bert`, without the pooler."""
    embeddings = "bert.embeddings"
    shapes = norm(f"{embeddings}.LayerNorm") | {
        f"{embeddings}.word_embeddings.weight": (vocabulary, DIM),
        f"{embeddings}.position_embeddings.weight": (positions, DIM),
        f"{embeddings}.token_type_embeddings.weight": (2, DIM),
    }
    for number in range(layers):
        layer = f"bert.encoder.layer.{number}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes |= linear(f"{layer}.attention.{part}", DIM, DIM)
        shapes |= norm(f"{layer}.attention.output.LayerNorm") | norm(f"{layer}.output.LayerNorm")
        shapes |= linear(f"{layer}.intermediate.dense", DIM, hidden)
        shapes |= linear(f"{layer}.output.dense", hidden, DIM)
    return shapes


def bart_shapes(vocabulary: int, positions: int, layers: int, hidden: int) -> Shapes:
    """BART (Lewis et al. 2019): learnt positions, counted from 2."""
    shapes = _seq2seq_shapes(vocabulary, layers, hidden)
    for side in ("encoder", "decoder"):
        shapes |= norm(f"model.{side}.layernorm_embedding")
        shapes[f"model.{side}.embed_positions.weight"] = (positions + 2, DIM)
    return shapes


def marian_shapes(vocabulary: int, layers: int, hidden: int) -> Shapes:
    """Marian (Junczys-Dowmunt et al. 2018): its positions are sinusoids, which nobody stores."""
    return _seq2seq_shapes(vocabulary, layers, hidden)


def mbart_shapes(vocabulary: int, positions: int, layers: int, hidden: int) -> Shapes:
    """mBART (Liu et al. 2020): BART with a norm at the end of each side."""
    shapes = bart_shapes(vocabulary, positions, layers, hidden)
    return shapes | norm("model.encoder.layer_norm") | norm("model.decoder.layer_norm")


def m2m100_shapes(vocabulary: int, layers: int, hidden: int) -> Shapes:
    """M2M100 (Fan et al. 2020), and NLLB: sinusoids, a norm at the end of each side, no bias."""
    shapes = _seq2seq_shapes(vocabulary, layers, hidden)
    del shapes["final_logits_bias"]
    return shapes | norm("model.encoder.layer_norm") | norm("model.decoder.layer_norm")


def _seq2seq_shapes(vocabulary: int, layers: int, hidden: int) -> Shapes:
    shapes: Shapes = {
        "model.shared.weight": (vocabulary, DIM),
        "final_logits_bias": (1, vocabulary),
    }
    for side, attentions in (
        ("encoder", ["self_attn"]),
        ("decoder", ["self_attn", "encoder_attn"]),
    ):
        for number in range(layers):
            layer = f"model.{side}.layers.{number}"
            for attention in attentions:
                for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
                    shapes |= linear(f"{layer}.{attention}.{part}", DIM, DIM)
                shapes |= norm(f"{layer}.{attention}_layer_norm")
            shapes |= linear(f"{layer}.fc1", DIM, hidden) | linear(f"{layer}.fc2", hidden, DIM)
            shapes |= norm(f"{layer}.final_layer_norm")
    return shapes
