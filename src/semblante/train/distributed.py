"""Where a training runs: the CPU, one GPU, or one of several under `torchrun`."""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import torch
from torch import Tensor, distributed
from torch.distributed.rendezvous import rendezvous


@dataclass(frozen=True)
class Place:
    """This process's device and its position among `world` processes that train together."""

    device: torch.device
    rank: int = 0
    world: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process is the one that writes files and speaks."""
        return self.rank == 0

    def share(self, rows: Tensor) -> Tensor:
        """This process's part of `rows`."""
        return rows[self.rank :: self.world]

    def meet(self) -> None:
        """Wait until all processes have come here."""
        if self.world > 1:
            distributed.barrier()

    def total(self, value: Tensor) -> Tensor:
        """The sum of `value` over all processes."""
        if self.world > 1:
            distributed.all_reduce(value)
        return value

    def agree(self, values: Iterable[Tensor]) -> None:
        """Give all processes the values of the leading one."""
        if self.world > 1:
            mine = list(values)
            together = torch.cat([value.flatten() for value in mine])
            distributed.broadcast(together, src=0)
            ends = np.cumsum([value.numel() for value in mine])
            for value, end in zip(mine, ends.tolist(), strict=True):
                value.copy_(together[end - value.numel() : end].view_as(value))

    def whole(self, part: Tensor, count: int) -> Tensor:
        """All (count, ...) rows again, of which this process and each other has a `share`'s worth."""
        rows = part.new_zeros(count, *part.shape[1:])
        self.share(rows)[:] = part
        return self.total(rows)

    def mixed_precision(self) -> contextlib.AbstractContextManager[object]:
        """bfloat16 arithmetic where the device has it; plain float32 elsewhere."""
        if self.device.type == "cuda":
            able = torch.cuda.is_bf16_supported(including_emulation=False)
        else:
            # Processors with instructions for it are 1.75 times as fast; others emulate it, slowly.
            able = torch.cpu._is_avx512_bf16_supported()
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=able)


LONGEST_WAIT = timedelta(hours=6)
"""How long processes wait for the leading one, which alone resizes the crops and writes the bundle."""
LEFT = "the leading process has left"
LAST_WORD_S = 10.0
"""How long a process stays once the leading one has left, since `torchrun` stops all when the first ends."""


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """The place of this process, read from what `torchrun` sets, and the processes' link while it is used."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    on_gpu = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if on_gpu else torch.device("cpu")
    if on_gpu:
        torch.cuda.set_device(device)
        torch.backends.cuda.matmul.allow_tf32 = True
    if world == 1:
        yield Place(device)
        return
    store, rank, _ = next(rendezvous("env://", timeout=LONGEST_WAIT))
    distributed.init_process_group(
        "nccl" if on_gpu else "gloo", timeout=LONGEST_WAIT, store=store, rank=rank, world_size=world
    )
    here = Place(device, rank, world)
    try:
        yield here
    except RuntimeError:
        if here.leads or not store.check([LEFT]):
            raise
        time.sleep(LAST_WORD_S)  # The leading one is saying why it left.
        raise SystemExit(1) from None
    finally:
        if here.leads:
            store.set(LEFT, "")
        distributed.destroy_process_group()
