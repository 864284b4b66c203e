"""The training loop of the pocket translation model, made for a processor with a few cores.

bfloat16 weights and activations with float32 master weights, batches of like length (hardly any
padding), logits for real target tokens only, and plain matrix attention: PyTorch's fused
attention takes several times longer in the backward pass on sentences of ten tokens. Several
single-threaded processes average their gradients through shared memory: on a busy machine that
loses far less than threads do, which wait for each other in every operation.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import MarianMTModel

logger = logging.getLogger(__name__)

IGNORED = -100
BARRIER_SECONDS = 900
Example = tuple[list[int], list[int]]


@dataclass(frozen=True)
class Recipe:
    """How to fit: `batch_tokens` a step over all processes, a rate that falls to zero in time."""

    minutes: float
    seed: int
    batch_tokens: int = 1600
    peak_rate: float = 1.0e-3
    warm_up_steps: int = 400
    label_smoothing: float = 0.1
    dropout: float = 0.1
    clip_norm: float = 1.0
    average_every: int = 4
    average_decay: float = 0.99
    save_minutes: float = 4.0


@dataclass(frozen=True)
class Team:
    """The processes of one run: gradients (2, processes, parameters + 1) in shared memory.

    The last column is each process's clock. Two buffers in turn need only one barrier a step.
    """

    gradients: Tensor
    barrier: Barrier
    rank: int = 0

    @property
    def processes(self) -> int:
        """How many processes train together."""
        return self.gradients.shape[1]

    def mean(self, mine: Tensor, step: int) -> Tensor:
        """The mean of all processes' vectors for this step; waits for the others."""
        buffer = self.gradients[step % 2]
        buffer[self.rank].copy_(mine)
        self.barrier.wait(BARRIER_SECONDS)
        return buffer.mean(0)


class Dropout:
    """Dropout after every attention and feed-forward block, from a pool of ready-made masks.

    Drawing fresh random numbers costs a processor a fifth of a training step; a slice of a pool
    at a random offset, drawn anew for every epoch, does as well.
    """

    def __init__(self, model: MarianMTModel, rate: float, size: int = 1 << 22) -> None:
        self.rate, self.pool = rate, torch.ones(size, dtype=torch.bfloat16)
        self.draw = random.Random()
        for module in model.modules():
            if isinstance(getattr(module, "dropout", None), float):
                module.dropout = 0.0  # type: ignore[assignment]  # not a module, as torch has it
        for name, module in model.named_modules():
            if name.endswith(("out_proj", "fc2")):
                module.register_forward_hook(self._drop)

    def renew(self, seed: int) -> None:
        """Draw new masks."""
        self.draw.seed(seed)
        generator = torch.Generator().manual_seed(seed)
        kept = torch.rand(self.pool.shape, generator=generator) >= self.rate
        self.pool = kept.to(torch.bfloat16) / (1.0 - self.rate)

    def _drop(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        start = self.draw.randrange(self.pool.numel() - output.numel())
        return output * self.pool[start : start + output.numel()].view_as(output)


def averaged_weights(state_path: Path, model: MarianMTModel) -> dict[str, Tensor]:
    """The running average of a saved run by parameter name of `model`, float32."""
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    average = torch.load(state_path, weights_only=True)["averages"]
    pieces = average.split([p.numel() for p in trained.values()])
    return {
        name: piece.view_as(p) for (name, p), piece in zip(trained.items(), pieces, strict=True)
    }


def epochs_done(state_path: Path) -> int:
    """How many passes over the data a saved run has finished or begun."""
    return int(torch.load(state_path, weights_only=True)["clock"][1])


def padded(rows: list[list[int]], value: int) -> Tensor:
    """Rows of token ids as a matrix (rows, longest), filled up with `value`."""
    longest = max(map(len, rows))
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])


def batches(examples: list[Example], tokens: int, draw: random.Random) -> list[list[Example]]:
    """Examples of like length together, at most `tokens` padded target tokens, in random order."""
    order = sorted(examples, key=lambda e: (len(e[1]), len(e[0]), draw.random()))
    made: list[list[Example]] = [[]]
    for example in order:
        longest = max(len(example[0]), len(example[1]))
        if made[-1] and (len(made[-1]) + 1) * longest > tokens:
            made.append([])
        made[-1].append(example)
    draw.shuffle(made)
    return made


class Fit:
    """A model being trained, its master weights, their running average and the clock."""

    def __init__(self, model: MarianMTModel, recipe: Recipe, team: Team, state_path: Path) -> None:
        self.recipe, self.team, self.state_path = recipe, team, state_path
        model.set_attn_implementation("eager")
        trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        self.names = [name for name, _ in trained]
        self.parameters: list[Tensor] = [parameter for _, parameter in trained]
        self.masters = nn.utils.parameters_to_vector(self.parameters).detach().float()
        self.averages = self.masters.clone()
        # The types of Transformers want a device of `to`.
        trainee: nn.Module = model
        self.model: Any = trainee.to(torch.bfloat16).train()
        self.views = self._views(self.masters)
        self.dropout = Dropout(model, recipe.dropout)
        self.optimizer = torch.optim.AdamW(
            [self.masters], lr=0.0, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.01, fused=True
        )
        self.step, self.epoch, self.elapsed, self.saved = 0, 0, 0.0, 0.0
        if state_path.exists():
            self._restore()

    @property
    def progress(self) -> float:
        """Share of the time that is over, 0 to 1."""
        return min(1.0, self.elapsed / (60 * self.recipe.minutes))

    def run(
        self, examples: Callable[["Fit"], list[Example]], after: Callable[["Fit"], None]
    ) -> None:
        """Train until the time is over; `examples` gives an epoch, `after` follows each one."""
        while self.progress < 1.0:
            self.dropout.renew((self.recipe.seed + self.epoch) * 97 + self.team.rank)
            for loss in self._epoch(examples(self)):
                if self.team.rank == 0 and self.step % 50 == 0:
                    logger.info(
                        "step %d epoch %d progress %.3f loss %.3f",
                        self.step, self.epoch, self.progress, loss,
                    )  # fmt: skip
                if self.elapsed - self.saved > 60 * self.recipe.save_minutes:
                    self._save()
                if self.progress >= 1.0:
                    break
            self.epoch += 1
            self._save()
            if self.team.rank == 0:
                after(self)

    def averaged_weights(self) -> dict[str, Tensor]:
        """The running average of the master weights by parameter name, float32."""
        return dict(zip(self.names, self._views(self.averages), strict=True))

    def _views(self, vector: Tensor) -> list[Tensor]:
        pieces = vector.split([p.numel() for p in self.parameters])
        return [v.view_as(p) for v, p in zip(pieces, self.parameters, strict=True)]

    def _epoch(self, examples: list[Example]) -> Iterator[float]:
        draw = random.Random(self.recipe.seed * 1000 + self.epoch)
        processes = self.team.processes
        made = batches(examples, self.recipe.batch_tokens // processes, draw)
        clock = time.monotonic()
        for batch in made[self.team.rank : len(made) - len(made) % processes : processes]:
            loss = self._gradients(batch)
            now = time.monotonic()
            self._move(now - clock)
            clock = now
            yield loss

    def _gradients(self, batch: list[Example]) -> float:
        config = self.model.config
        sources = padded([source for source, _ in batch], config.pad_token_id)
        labels = padded([target for _, target in batch], IGNORED)
        starts = torch.full((len(batch), 1), config.decoder_start_token_id)
        before = labels[:, :-1].masked_fill(labels[:, :-1] == IGNORED, config.pad_token_id)
        hidden = self.model.model(
            input_ids=sources,
            attention_mask=(sources != config.pad_token_id).long(),
            decoder_input_ids=torch.cat([starts, before], 1),
            use_cache=False,
        ).last_hidden_state
        real = labels != IGNORED
        loss = functional.cross_entropy(
            self.model.lm_head(hidden[real]),
            labels[real],
            label_smoothing=self.recipe.label_smoothing,
        )
        torch.autograd.backward([loss])
        return loss.item()

    def _move(self, seconds: float) -> None:
        gradients = [p.grad.flatten().float() for p in self.parameters if p.grad is not None]
        mean = self.team.mean(torch.cat([*gradients, torch.tensor([seconds])]), self.step)
        for parameter in self.parameters:
            parameter.grad = None
        self.elapsed += mean[-1].item()
        self.step += 1
        rate = self.recipe.peak_rate * min(
            self.step / self.recipe.warm_up_steps, 1.0 - self.progress
        )
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.masters.grad = mean[:-1].clone()
        nn.utils.clip_grad_norm_([self.masters], self.recipe.clip_norm)
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_copy_(self.parameters, self.views)
            if self.step % self.recipe.average_every == 0:
                decay = min(self.recipe.average_decay, self.step / (self.step + 100))
                self.averages.lerp_(self.masters, 1.0 - decay)

    def _save(self) -> None:
        self.saved = self.elapsed
        if self.team.rank != 0:
            return
        partial = self.state_path.with_suffix(".partial")
        torch.save(
            {
                "masters": self.masters.detach(),
                "averages": self.averages,
                "optimizer": self.optimizer.state_dict(),
                "clock": (self.step, self.epoch, self.elapsed),
            },
            partial,
        )
        partial.replace(self.state_path)

    def _restore(self) -> None:
        state = torch.load(self.state_path, weights_only=True)
        with torch.no_grad():
            self.masters.copy_(state["masters"])
            self.averages.copy_(state["averages"])
            torch._foreach_copy_(self.parameters, self.views)
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.epoch, self.elapsed = state["clock"]
        self.saved = self.elapsed
        logger.info("resumed at step %d, epoch %d, %.0f s", self.step, self.epoch, self.elapsed)
