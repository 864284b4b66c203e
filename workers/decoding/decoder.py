"""The decoding loop: admit documents while there is room, compute a step, let the finished go."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from itertools import islice

import torch
from torch import Tensor
from transformers import GenerationConfig

from workers.decoding.architecture.causal import Causal, CausalLayer, Model, Turn
from workers.decoding.architecture.seq2seq import DecoderLayer
from workers.decoding.attention.batched import fused_attention
from workers.decoding.attention.step import StepAttention
from workers.decoding.cohort import Cohort, advance
from workers.decoding.search.logits_processors import LogitsProcessors
from workers.decoding.search.settings import SearchSettings
from workers.decoding.source_stream import SourceStream
from workers.runtime.lanes import lanes_for

#: The part of the rows, and of the source tokens, that has to be free before documents are
#: admitted: fewer and larger cohorts multiply larger matrices, but leave rows idle for longer.
_ROOM = 0.25
#: Documents that should be waiting in a stream for each that is on its way. With fewer, cohorts are
#: smaller, and the longest of the last jobs are begun too late; with more, all have waited longer.
_CHOICE = 4
#: Documents that are not waited for any longer, however many there are places for.
_MOST_WAITING = 2048
#: Documents times beams that are worth a lane: with fewer, weights would be read more often than it
#: pays. Two lanes are worth less: neither has to wait for the other after every operation.
_ROWS_OF_LANE, _ROWS_OF_TWO = 32, 8

#: `AdmissionQueue.take` of one lane.
_Take = Callable[[int, int, bool], list[dict[int, Sequence[int]]]]
#: Finished texts: numbers of their sources, and token ids.
Texts = list[tuple[int, list[int]]]


class Decoder:
    """Writes texts token for token as `generate` does in fp32: with an encoder-decoder model for
    sources, with a decoder-only one what follows prompts.

    Args:
        model: To write with.
        settings: The checkpoint's, complete: nothing is filled in.
        rows: Most documents times beams that a lane computes at once.
        tokens: Most padded source tokens of documents, times beams, that are computed at once; a
            document that alone has more goes alone.
        device: Of the model.

    Raises:
        UnsupportedModelError: If the settings ask for what is not done here.
    """

    def __init__(
        self,
        model: Model,
        settings: GenerationConfig,
        rows: int,
        tokens: int,
        device: torch.device,
    ) -> None:
        self._model, self._device = model, device
        self._constraints = LogitsProcessors(settings, device)
        self._settings = SearchSettings.of(settings, model)
        self._beams = self._settings.beams
        self._places = max(1, rows // self._beams)
        self._tokens = tokens // self._beams
        by_rank = self._beams == 1 and self._settings.sampling is None
        greedy = by_rank and self._constraints.only_forbid
        model.head.lay_out(greedy=greedy)
        self._scores = model.head.coarse_scores if greedy else model.head.scores
        if device.type == "cpu":
            fused_attention()

    def decode(
        self, sources: Sequence[Sequence[int]], on_step: Callable[[], None]
    ) -> list[list[int]]:
        """Write a text for each source, or prompt.

        Args:
            sources: Token ids, special tokens included, in any order.
            on_step: Called after every step; what it raises ends the decoding.

        Returns:
            Token ids of each text, in the order of the sources: without the token or the prompt
            that it starts from, with the one that ends it unless it was cut off.

        Raises:
            ValueError: If a prompt is empty, or leaves no room for a text.
            IndexError: If a source has a token that the model does not know.
        """
        texts: list[list[int]] = [[] for _ in sources]
        stream = self.stream()
        stream.add(sources)
        for finished in stream.run(on_step):
            for number, text in finished or ():
                texts[number] = text
        return texts

    def stream(self) -> SourceStream:
        """For sources that come while others are on their way."""
        return SourceStream(self)

    @property
    def queue_target(self) -> int:
        """Documents that should be waiting: enough to choose such of like length from them."""
        lanes = torch.get_num_threads() if self._device.type == "cpu" else 1
        return min(_MOST_WAITING, _CHOICE * lanes * self._places)

    def lanes_for(self, documents: int) -> int:
        """How many lanes so many documents are worth."""
        if self._device.type != "cpu":
            return 1
        rows = documents * self._beams
        two = 2 if documents > 1 and rows >= _ROWS_OF_TWO else 1
        return lanes_for(max(rows // _ROWS_OF_LANE, two), torch.get_num_threads())

    @torch.inference_mode()
    def write(self, take: _Take, lanes: int) -> Generator[Texts, None, None]:
        """Write texts in one lane until there is nothing left to take.

        Args:
            take: Gives documents for which there is room, as `AdmissionQueue.take` does.
            lanes: That share the room for source tokens.

        Yields:
            After every step the texts that are finished, possibly none.
        """
        cohorts: list[Cohort] = []
        while cohorts := [*cohorts, *self._admit(take, self._tokens // lanes, cohorts)]:
            finished = self._step(cohorts)
            cohorts = [cohort for cohort in cohorts if cohort.documents]
            yield finished

    def _admit(
        self,
        take: _Take,
        tokens: int,
        cohorts: Sequence[Cohort],
    ) -> list[Cohort]:
        """Take as many of the waiting as there is room for."""
        places = self._places - sum(cohort.documents for cohort in cohorts)
        free = tokens - sum(cohort.documents * cohort.longest for cohort in cohorts)
        if cohorts and (places < self._places * _ROOM or free < tokens * _ROOM):
            return []
        return [
            Cohort(self._model, self._settings, self._constraints, sources, self._device)
            for sources in take(places, free, not cohorts)
        ]

    def _step(self, cohorts: Sequence[Cohort]) -> Texts:
        model = self._model
        rows = [cohort.rows for cohort in cohorts]
        positions = torch.cat([cohort.positions for cohort in cohorts])
        x = model.embed(torch.cat([cohort.tokens for cohort in cohorts]), positions)
        caches = [cohort.cache for cohort in cohorts]
        attention = StepAttention(model, caches, rows, x.device, x.dtype)
        turn = model.turn(positions) if isinstance(model, Causal) else None
        layers: Sequence[DecoderLayer | CausalLayer] = model.decoder
        for number, layer in enumerate(layers):
            x = self._layer(number, layer, x, attention, turn)
        if model.decoder_norm is not None:
            x = model.decoder_norm(x)
        finished = advance(cohorts, self._scores(x))
        pairs = zip(cohorts, _fetched(finished), strict=True)
        return [text for cohort, own in pairs for text in cohort.leave(own)]

    def _layer(
        self,
        number: int,
        layer: DecoderLayer | CausalLayer,
        x: Tensor,
        attention: StepAttention,
        turn: Turn | None,
    ) -> Tensor:
        """Rows of all cohorts together where weights are multiplied, each apart in attention."""
        first = self._model.norm_first
        qkv = layer.qkv(layer.self_norm(x) if first else x)
        qkv = turn(qkv) if turn else qkv
        x = x + layer.self_output(attention.own(number, qkv))
        x = x if first else layer.self_norm(x)
        if isinstance(layer, DecoderLayer):
            query = layer.query(layer.source_norm(x) if first else x)
            x = x + layer.source_output(attention.source(number, query))
            x = x if first else layer.source_norm(x)
        inner = layer.feed_forward_norm(x) if first else x
        wide = layer.widen(inner)
        if layer.gate is not None:
            wide = wide * layer.gate(inner)
        x = x + layer.narrow(wide)
        return x if first else layer.feed_forward_norm(x)


def _fetched(finished: Sequence[Tensor]) -> list[list[bool]]:
    """What is in some tensors, in one go: the one time that each step waits for a GPU. Others are
    when a text is fetched, and when a cache is tidied up.
    """
    values = iter(torch.cat(list(finished)).tolist())
    return [list(islice(values, len(each))) for each in finished]
