"""A training that kills its own process at a point that a test names: `python killed.py POINT …`.

`step N`: before step N. `saving N`: in the middle of writing checkpoint N. `ending`: when the model
is whole, and not where it was asked for.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any
from unittest.mock import patch

from transformers import Trainer

from workers.train import command, fine_tuner, work_folder


def die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    # So that checkpoints lie within epochs, too.
    fine_tuner.MOST_STEPS = 2
    point, number = sys.argv[1], int(sys.argv[2])
    if point == "step":
        step = Trainer.training_step

        def training_step(self: Any, *given: Any) -> Any:
            if self.state.global_step + 1 == number:
                die()
            return step(self, *given)

        patch.object(Trainer, "training_step", training_step).start()
    elif point == "saving":
        save = Trainer._save_optimizer_and_scheduler

        def save_optimizer(self: Any, folder: str) -> None:
            if self.state.global_step == number:
                die()
            save(self, folder)

        patch.object(Trainer, "_save_optimizer_and_scheduler", save_optimizer).start()
    elif point == "ending":
        patch.object(work_folder, "finish", die).start()
    return command.main(sys.argv[3:])


if __name__ == "__main__":
    sys.exit(main())
