"""Where a training runs: on the CPU, on one GPU, or as one of several processes under `torchrun`."""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import torch
import torch.distributed
from torch import Tensor
from torch.distributed.rendezvous import rendezvous

MAX_WAIT = timedelta(hours=6)
"""How long processes wait for the main one, which alone resizes the crops and writes the bundle."""
MAIN_HAS_LEFT = "the main process has left"
GRACE_S = 10.0
"""How long a process stays once the main one has left, since `torchrun` stops all when the first ends."""


@dataclass(frozen=True)
class Distributed:
    """This process's device, and its rank among `world_size` processes that train together."""

    device: torch.device
    rank: int = 0
    world_size: int = 1

    @property
    def is_main(self) -> bool:
        """Whether this process is the one that writes files and emits events."""
        return self.rank == 0

    def shard(self, rows: Tensor) -> Tensor:
        """This process's part of `rows`: every `world_size`-th one."""
        return rows[self.rank :: self.world_size]

    def barrier(self) -> None:
        """Wait until all processes have come here."""
        if self.world_size > 1:
            torch.distributed.barrier()

    def all_reduce(self, value: Tensor) -> Tensor:
        """The sum of `value` over all processes, in place."""
        if self.world_size > 1:
            torch.distributed.all_reduce(value)
        return value

    def broadcast(self, values: Iterable[Tensor]) -> None:
        """Copy the main process's values to all others, in one message."""
        if self.world_size > 1:
            own = list(values)
            joined = torch.cat([value.flatten() for value in own])
            torch.distributed.broadcast(joined, src=0)
            ends = np.cumsum([value.numel() for value in own])
            for value, end in zip(own, ends.tolist(), strict=True):
                value.copy_(joined[end - value.numel() : end].view_as(value))

    def all_gather(self, part: Tensor, count: int) -> Tensor:
        """All (count, ...) rows again, of which this process holds its `shard` as `part`."""
        rows = part.new_zeros(count, *part.shape[1:])
        self.shard(rows)[:] = part
        return self.all_reduce(rows)

    def mixed_precision(self) -> contextlib.AbstractContextManager[object]:
        """bfloat16 arithmetic where the device has instructions for it, float32 elsewhere."""
        if self.device.type == "cuda":
            able = torch.cuda.is_bf16_supported(including_emulation=False)
        else:
            # Processors with instructions for it are 1.75 times as fast; others emulate it, slowly.
            able = torch.cpu._is_avx512_bf16_supported()
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=able)


@contextlib.contextmanager
def distributed_context() -> Iterator[Distributed]:
    """Connect this process with the others that `torchrun` started, if any, while the context is open."""
    world_size = int(os.environ.get("WORLD_SIZE", "1"))
    on_gpu = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if on_gpu else torch.device("cpu")
    if on_gpu:
        torch.cuda.set_device(device)
        torch.backends.cuda.matmul.allow_tf32 = True
    if world_size == 1:
        yield Distributed(device)
        return
    store, rank, _ = next(rendezvous("env://", timeout=MAX_WAIT))
    torch.distributed.init_process_group(
        "nccl" if on_gpu else "gloo", timeout=MAX_WAIT, store=store, rank=rank, world_size=world_size
    )
    distributed = Distributed(device, rank, world_size)
    try:
        yield distributed
    except RuntimeError:
        if distributed.is_main or not store.check([MAIN_HAS_LEFT]):
            raise
        time.sleep(GRACE_S)  # The main process is telling the user why it left.
        raise SystemExit(1) from None
    finally:
        if distributed.is_main:
            store.set(MAIN_HAS_LEFT, "")
        torch.distributed.destroy_process_group()
