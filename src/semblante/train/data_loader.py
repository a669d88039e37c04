"""Batches of pixels, labels and people from a prepared set, and their random changes for training.

Order and changes follow from the seed, the epoch and the step alone, so a resumed training sees what an
uninterrupted one would have seen. The changes are a background swap, then geometry, then light.
"""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int32, Int64, UInt8
from torch import Tensor
from torch.nn import functional

from semblante.celeba import PreparedSet
from semblante.cores import usable_cores
from semblante.files import check_disk_space, replace_when_done
from semblante.geometry import resize_to_square
from semblante.jobs import SILENT, JobContext
from semblante.labels import AROUND_THE_FACE, ATTRIBUTES, IN_THE_FACE
from semblante.train.blends import Blends
from semblante.train.distributed import Distributed
from semblante.train.networks import sampling_grid
from semblante.train.objective import UNKNOWN_PERSON
from semblante.train.teacher import DistillationTargets
from semblante.types import Crops, Split

MAX_GPU_SHARE = 0.5
"""The images move to the GPU for good if they fill no more than this share of its free memory."""
SHOWN_BLENDS = 0.5
"""The share of the blends that an epoch shows."""
RESIZE_CHUNK = 64
"""Crops between two looks at whether the caller wants to stop."""


@dataclass(frozen=True)
class Batch:
    """Pixels, float (n, 3, s, s) channels last from 0 to 255; labels, float (n, 40); people, int (n,).

    `targets` (n, d) are the teachers' embeddings of the images as they are; None without teachers.
    """

    pixels: Tensor
    labels: Tensor
    people: Tensor
    targets: Tensor | None


@dataclass(frozen=True)
class DataLoader:
    """The n images of one split: crops on disk or on the GPU, labels (n, 40), people (n,).

    Images are numbered from 0 within the split, wherever the crops lie; `crop_rows` (n,) says where among
    them. People are numbered from 0, too, or `UNKNOWN_PERSON`. With `targets` of m blends, these are numbered
    from n; nothing is known of their people and attributes.
    """

    crops: Crops | Tensor
    crop_rows: Tensor
    labels: Tensor
    people: Tensor
    distributed: Distributed
    targets: DistillationTargets | None = None

    @classmethod
    def for_split(
        cls,
        crops: Crops,
        data: PreparedSet,
        split: Split,
        distributed: Distributed,
        targets: DistillationTargets | None = None,
    ) -> "DataLoader":
        """The loader of a split of `data`, whose images are `crops`; held in GPU memory where they fit."""
        rows = data.rows(split)
        crop_rows = torch.from_numpy(rows)
        labels = torch.from_numpy(np.asarray(data.labels)[rows])
        people = torch.from_numpy(consecutive(data.identities[rows]))
        if targets is not None:
            count = len(targets.blends)
            labels = torch.cat([labels.float(), torch.full((count, labels.shape[1]), torch.nan)])
            people = torch.cat([people, torch.full((count,), UNKNOWN_PERSON)])
        if distributed.device.type == "cuda":
            needed_bytes = len(rows) * math.prod(crops.shape[1:])
            if needed_bytes < MAX_GPU_SHARE * torch.cuda.mem_get_info(distributed.device)[0]:
                held = torch.from_numpy(crops[rows]).to(distributed.device)
                labels, people = labels.to(distributed.device), people.to(distributed.device)
                return cls(held, torch.arange(len(rows)), labels, people, distributed, targets)
        return cls(crops, crop_rows, labels, people, distributed, targets)

    def __len__(self) -> int:
        """How many pictures an epoch shows: all images, and a share of the blends."""
        return len(self.crop_rows) + self._shown_blends

    @property
    def _shown_blends(self) -> int:
        return 0 if self.targets is None else round(SHOWN_BLENDS * len(self.targets.blends))

    @property
    def person_count(self) -> int:
        """How many people are known."""
        return int(self.people.max()) + 1

    @property
    def target_size(self) -> int:
        """How long the teachers' embeddings are; 0 without teachers."""
        return 0 if self.targets is None else self.targets.images.shape[1]

    def batch(self, rows: Tensor) -> Batch:
        """The images `rows` (k,) of the split, blends among them."""
        labels, people = (
            each[rows.to(each.device)].to(self.distributed.device) for each in (self.labels, self.people)
        )
        if self.targets is None:
            return Batch(self._pixels(rows), labels.float(), people, None)
        seen = self.targets.of(rows.numpy())
        return Batch(
            self._blended(rows, self.targets.blends),
            labels,
            people,
            torch.from_numpy(seen).to(self.distributed.device),
        )

    def _pixels(self, rows: Tensor) -> Tensor:
        """The pixels (k, 3, s, s) of images that are no blends."""
        if isinstance(self.crops, Tensor):
            crops = self.crops[self.crop_rows[rows].to(self.crops.device)]
        else:
            crops = torch.from_numpy(self.crops[self.crop_rows[rows].numpy()])
        crops = crops.to(self.distributed.device, non_blocking=True)
        # (n, s, s, 3) seen as (n, 3, s, s) is what PyTorch calls channels last; nothing is copied.
        return crops.permute(0, 3, 1, 2).float()

    def _blended(self, rows: Tensor, blends: Blends) -> Tensor:
        """The pixels (k, 3, s, s) of images and blends."""
        count = len(self.crop_rows)
        (at,) = torch.where(rows >= count)
        numbers = (rows[at] - count).numpy()
        whole = rows.clone()
        whole[at] = torch.from_numpy(blends.one[numbers])
        pixels = self._pixels(whole)
        other = self._pixels(torch.from_numpy(blends.other[numbers]))
        share, is_flipped = (
            torch.from_numpy(each[numbers]).to(pixels.device)[:, None, None, None]
            for each in (blends.share, blends.is_flipped)
        )
        at = at.to(pixels.device)
        pixels[at] = torch.lerp(torch.where(is_flipped, other.flip(3), other), pixels[at], share)
        return pixels

    def steps(self, batch_size: int) -> int:
        """How many batches of at most `batch_size` rows an epoch has."""
        return math.ceil(len(self) / batch_size)

    def shuffled(self, batch_size: int, seed: int, epoch: int) -> tuple[Tensor, ...]:
        """The rows of each batch of an epoch, for all processes; all are equal to within one image."""
        generator = torch.Generator().manual_seed(derived_seed(seed, epoch))
        order = torch.randperm(len(self), generator=generator)
        if self.targets is not None:  # Others of the blends in each epoch.
            count = len(self.crop_rows)
            blends = torch.randperm(len(self.targets.blends), generator=generator) + count
            order = torch.cat([torch.arange(count), blends[: self._shown_blends]])[order]
        return torch.tensor_split(order, self.steps(batch_size))

    def sequential(self, batch_size: int = 256) -> Iterator[tuple[Tensor, Tensor]]:
        """Rows and pixels of this process's shard of the images, batch after batch."""
        shard = self.distributed.shard(torch.arange(len(self)))
        for rows in shard.split(batch_size):  # type: ignore[no-untyped-call]
            yield rows, self.batch(rows).pixels


def consecutive(identities: Int32[np.ndarray, " k"]) -> Int64[np.ndarray, " k"]:
    """People numbered from 0 by rising identity; unknown ones (-1) stay `UNKNOWN_PERSON`."""
    known = identities >= 0
    numbers = np.full(len(identities), UNKNOWN_PERSON, np.int64)
    numbers[known] = np.unique(identities[known], return_inverse=True)[1]
    return numbers


def derived_seed(*parts: int) -> int:
    """One 63-bit seed from several numbers, such as seed, epoch and step."""
    return int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0] >> 1)


def resized_crops(
    crops: Crops, side_px: int, folder: Path, job: JobContext = SILENT
) -> UInt8[np.ndarray, "n side side 3"]:
    """The crops themselves if they have that side, else a memory-mapped copy in `folder`, made once."""
    if crops.shape[1] == side_px:
        return crops
    path = resized_path(folder, side_px)
    if not path.exists():
        shape = (len(crops), side_px, side_px, 3)
        check_disk_space(folder, int(np.prod(shape)))
        with replace_when_done(path) as partial:
            resized = np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=shape)

            def resize(start: int) -> None:
                job.check()
                for row in range(start, min(start + RESIZE_CHUNK, len(crops))):
                    resized[row] = resize_to_square(np.asarray(crops[row]), side_px)

            # Pillow lets go of the interpreter while it resizes, so threads use all cores.
            with ThreadPoolExecutor(usable_cores()) as pool:
                list(pool.map(resize, range(0, len(crops), RESIZE_CHUNK)))
            resized.flush()
    loaded: UInt8[np.ndarray, "n side side 3"] = np.load(path, mmap_mode="r")
    return loaded


def resized_path(folder: Path, side_px: int) -> Path:
    """Where `resized_crops` keeps its copy; it is deleted when the training is done."""
    return folder / f"crops-{side_px}.npy"


FACE_CENTER, FACE_RADII = (0.5, 0.6), (0.29, 0.3)
"""The ellipse that holds a face in the CelebA frame, as shares of width and height: from forehead to chin."""
MIN_RADIUS, MAX_RADIUS = 0.8, 1.2
"""Where the face is cut, in radii of that ellipse: at random, so that the cut itself tells nothing."""
FACE_SOFTNESS = 0.06
"""How gradually one image passes into the other, as a share of those radii."""
KEPT_LABELS, SWAPPED_LABELS = (
    torch.tensor([each in names for each in ATTRIBUTES]) for names in (IN_THE_FACE, AROUND_THE_FACE)
)

SHIFT = 0.03
"""Shifts, turns and scalings are as small as an imperfect alignment makes them."""
TURN_RAD = math.radians(4.5)
SCALE = 0.06
CONTRAST = 0.36
BRIGHTNESS = 36.0
SATURATION = 0.36
TINT = 0.12
"""How much stronger or weaker each of the three colours becomes, as by lamps of another kind."""


def swap_backgrounds(batch: Batch, probability: float, generator: torch.Generator) -> Batch:
    """`batch` with the background of another image behind a face, for each image with `probability`.

    Labels of the face stay, those of the background come from the other image; the rest, such as youth, are
    unknown: not a number. `generator` is the CPU's.
    """
    count, device = len(batch.pixels), batch.pixels.device
    chosen = (torch.rand(count, generator=generator) < probability).to(device)
    others = torch.randperm(count, generator=generator).to(device)
    radius = MIN_RADIUS + (MAX_RADIUS - MIN_RADIUS) * torch.rand(count, 1, 1, 1, generator=generator)
    face = torch.sigmoid((radius - _face_distance(batch.pixels.shape[-1])) / FACE_SOFTNESS)
    kept, replaced, face = (each.to(device) for each in (KEPT_LABELS, SWAPPED_LABELS, face))
    pixels = torch.lerp(batch.pixels[others], batch.pixels, face)
    labels = torch.where(kept, batch.labels, torch.where(replaced, batch.labels[others], torch.nan))
    return replace(
        batch,
        pixels=torch.where(chosen[:, None, None, None], pixels, batch.pixels),
        labels=torch.where(chosen[:, None], labels, batch.labels),
    )


def _face_distance(side_px: int) -> Tensor:
    """The distance of each pixel (side, side) from the face's centre, 1 on the ellipse."""
    at = (np.arange(side_px, dtype=np.float32) + 0.5) / side_px
    down = ((at - FACE_CENTER[1]) / FACE_RADII[1])[:, None]
    return torch.from_numpy(np.hypot((at - FACE_CENTER[0]) / FACE_RADII[0], down))


def augment(
    pixels: Tensor, resampled_px: int, generator: torch.Generator, light_share: float = 1.0
) -> Tensor:
    """Changed and resampled crops (n, 3, r, r) of pixels float (n, 3, s, s) from 0 to 255, on their device.

    Each point is interpolated once, where the change puts it. Light and colour change by `light_share` of
    their limits. `generator` is the CPU's.
    """
    count = len(pixels)

    def between(limit: float, *shape: int) -> Tensor:
        return ((torch.rand(count, *shape, generator=generator) * 2 - 1) * limit).to(pixels.device)

    # Mirroring is safe: no CelebA label tells left from right.
    mirror = torch.sign(between(1.0) + 1e-9)
    turn, scale, shift = between(TURN_RAD), 1 + between(SCALE), between(2 * SHIFT, 2)

    def light(limit: float, channels: int = 1) -> Tensor:
        return between(limit * light_share, channels, 1, 1)

    contrast, brightness, saturation, tint = (
        1 + light(CONTRAST),
        light(BRIGHTNESS),
        1 + light(SATURATION),
        1 + light(TINT, 3),
    )

    cosine, sine = torch.cos(turn) * scale, torch.sin(turn) * scale
    affine = torch.stack(
        [
            torch.stack([cosine * mirror, -sine, shift[:, 0]], dim=1),
            torch.stack([sine * mirror, cosine, shift[:, 1]], dim=1),
        ],
        dim=1,
    )
    points = torch.from_numpy(sampling_grid(resampled_px)).to(pixels.device).reshape(-1, 2)
    moved_points = points @ affine[:, :, :2].transpose(1, 2) + affine[:, None, :, 2]
    grid = moved_points.reshape(count, resampled_px, resampled_px, 2)
    moved = functional.grid_sample(pixels, grid, padding_mode="reflection", align_corners=False)

    tinted = moved * tint
    grey = tinted.mean(dim=1, keepdim=True)
    level = grey.mean(dim=(2, 3), keepdim=True)
    coloured = grey + (tinted - grey) * saturation
    lit = level + (coloured - level) * contrast + brightness
    return lit.clamp(0, 255).contiguous(memory_format=torch.channels_last)
