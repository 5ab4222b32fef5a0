"""Learn the networks that read a standing leg from the picture itself.

    python benchmarks/stance_pictures.py FOLDER --count 4500 --view rear
    pip install ".[learning]"                   # the CPU build of torch is enough
    python benchmarks/learn_sight.py FOLDER --view rear --member 0

A crop goes through some convolutions; joints come out by soft-argmax, pooled features and where the landmarks of the
frame are join them before a small head. Every number comes with a spread of its own. Eight bodies are kept out to see
how well it does on strangers; held-out and calibration bodies are never read here. Written as ONNX, run by cv2.dnn.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from gaitcheck.gait.sight.crop import TALL, WIDE, corner_and_scale
from gaitcheck.gait.sight.look import roll_sense
from gaitcheck.gait.sight.network import LANDMARKS, READINGS, frame_inputs, seen_by
from gaitcheck.views import view_named
from stance_pictures import MARGIN, part_of_photograph, read_pictures

LEFT_OUT = 8
JOINTS = 6
FEATURES = 35
BATCH = 64
NETWORKS = Path(__file__).parents[1] / "src" / "gaitcheck" / "gait" / "sight" / "networks"


def load(folder: Path, view: str, most: int) -> dict[str, Any]:
    """All crops of a view, mirrored so that the standing leg is on the left of the picture, with what is true."""
    seen = view_named(view)
    units = READINGS[seen.plane]
    crops, inputs, truth, joints, bodies = [], [], [], [], []
    for path in sorted(folder.glob(f"{view}_*.npz"))[:most]:
        for crop, row in read_pictures(path):
            corner, scale = corner_and_scale(row["landmarks"])
            places = (row["joints"] - corner) * scale + [MARGIN[1], MARGIN[0]]
            side = "right" if row["side"] else "left"
            flip = roll_sense(seen, side) < 0
            if flip:
                crop = crop[:, ::-1]
                places[:, 0] = crop.shape[1] - 1 - places[:, 0]
            crops.append(np.ascontiguousarray(crop))
            inputs.append(frame_inputs(row["landmarks"], side, flip, tuple(row["size"])))
            told = dict(zip(row["names"], row["truth"], strict=True))
            truth.append([told.get(name, 0.0) for name in (*units, "ankle_below", "knee_below")])
            joints.append(places)
            bodies.append(row["body"])
    kept = np.abs(np.array(truth)[:, list(units).index("fppa")]) < 40 if "fppa" in units else np.ones(len(truth), bool)
    return {
        "units": units,
        "crops": np.array(crops)[kept],
        "inputs": np.array(inputs, np.float32)[kept],
        "truth": np.array(truth, np.float32)[kept],
        "joints": np.array(joints, np.float32)[kept],
        "bodies": np.array(bodies)[kept],
    }


def _photographed(crop: np.ndarray[Any, Any], rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """The crop with a real photograph shining through it, and now and then a shadow's edge across."""
    height, width = crop.shape[:2]
    part = part_of_photograph(rng, height, width).astype(np.float64)
    share = rng.uniform(0.08, 0.4)
    mean = part.mean(axis=(0, 1), keepdims=True)
    shown = crop + share * (part - mean) if rng.random() < 0.6 else (1 - share) * crop + share * part
    if rng.random() < 0.3:
        down, across = np.mgrid[0:height, 0:width]
        angle = rng.uniform(0, 2 * np.pi)
        edge = np.cos(angle) * (across - rng.uniform(0, width)) + np.sin(angle) * (down - rng.uniform(0, height))
        shown = shown * (1 - rng.uniform(0.2, 0.6) / (1 + np.exp(-edge / rng.uniform(1, 8))))[..., None]
    return np.clip(shown, 0, 255).astype(np.uint8)


def _coloured(crop: np.ndarray[Any, Any], rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Other light, other sensor, another codec: whatever moves no edge."""
    if rng.random() < 0.5:
        crop = _photographed(crop, rng)
    levels = np.arange(256) / 255.0
    gain = rng.uniform(0.6, 1.35) * rng.uniform(0.85, 1.15, 3)
    curve = np.clip(levels[:, None] ** np.exp(rng.normal(0, 0.25)) * gain + rng.normal(0, 0.06), 0, 1)
    crop = cv2.LUT(crop, (255 * curve).astype(np.uint8)[:, None])
    if rng.random() < 0.25:
        crop = crop[..., rng.permutation(3)]
    if rng.random() < 0.1:
        crop = np.repeat(cv2.cvtColor(np.ascontiguousarray(crop), cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    if rng.random() < 0.2:
        small = rng.uniform(0.35, 0.8)
        crop = cv2.resize(crop, None, fx=small, fy=small, interpolation=cv2.INTER_AREA)
        crop = cv2.resize(crop, (WIDE, TALL), interpolation=cv2.INTER_LINEAR)
    what = rng.random()
    if what < 0.25:
        crop = cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.4, 1.6))
    elif what < 0.45:
        soft = cv2.GaussianBlur(crop, (0, 0), 1.2)
        crop = cv2.addWeighted(crop, 1 + rng.uniform(0.3, 1.5), soft, -rng.uniform(0.3, 1.0), 0)
    elif what < 0.55:
        kernel = np.zeros((7, 7), np.float32)
        kernel[3, 3 - int(rng.integers(1, 4)) : 4] = 1
        crop = cv2.filter2D(crop, -1, kernel / kernel.sum())
    if rng.random() < 0.3:
        crop = cv2.add(crop, rng.normal(0, rng.uniform(2, 14), crop.shape).astype(np.int16), dtype=cv2.CV_8U)
    if rng.random() < 0.2:
        y, x = rng.integers(0, crop.shape[0]), rng.integers(0, crop.shape[1])
        high, wide = (rng.integers(4, 20), rng.integers(20, 110)) if rng.random() < 0.5 else (
            rng.integers(20, 180), rng.integers(3, 14))  # fmt: skip
        crop = np.ascontiguousarray(crop)
        crop[y : y + high, x : x + wide] = rng.integers(0, 256, 3)
    return np.ascontiguousarray(crop)


def augmented(data: dict[str, Any], k: int, rng: np.random.Generator | None) -> tuple[Any, Any, Any, Any]:
    """Crop (TALL, WIDE, 3), inputs, readings and joints of one example; turned, moved and recoloured when ``rng``."""
    crop, inputs = data["crops"][k], data["inputs"][k]
    truth, joints = data["truth"][k].copy(), data["joints"][k]
    height, width = crop.shape[:2]
    centre = (width / 2, height / 2)
    turn, scale, shift = 0.0, 1.0, np.zeros(2)
    if rng is not None:
        turn, scale = float(np.clip(rng.normal(0, 2.0), -5, 5)), float(rng.uniform(0.93, 1.07))
        shift = rng.uniform(-7, 7, 2)
    matrix = cv2.getRotationMatrix2D(centre, turn, scale)
    matrix[:, 2] += shift - [MARGIN[1], MARGIN[0]]
    crop = cv2.warpAffine(crop, matrix, (WIDE, TALL), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    joints = joints @ matrix[:, :2].T + matrix[:, 2]
    sine = np.sin(np.deg2rad(turn))
    below, knee_below = truth[-2:]
    truth = truth[:-2]
    turned = {"thigh": -turn, "shank": -turn, "pitch": -turn, "drop": -turn, "lean": turn, "roll": turn,
              "offset": -sine * below, "knees": -sine * knee_below}  # fmt: skip
    truth += np.array([turned.get(name, 0.0) for name in data["units"]], np.float32)
    if rng is not None:
        crop = _coloured(crop, rng)
        places = inputs[:LANDMARKS].reshape(-1, 2)
        c, s = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
        # Across is positive toward the standing leg, which is on the left of the crop, and up is positive.
        places = places @ np.array([[c, -s], [s, c]]) + rng.normal(0, 0.02, places.shape)
        inputs = np.concatenate([places.ravel(), inputs[LANDMARKS:] + rng.normal(0, 0.02, 3)])
        if rng.random() < 0.12:
            inputs = inputs * 0
    return crop, inputs.astype(np.float32), truth, joints.astype(np.float32)


def _block(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU(inplace=True)
    )


class Sight(nn.Module):
    """The network: crop (n, 3, TALL, WIDE) in 0-1 and inputs (n, FEATURES) to readings and log spreads (n, 2 k)."""

    def __init__(self, readings: int) -> None:
        super().__init__()
        self.fine = nn.Sequential(
            _block(3, 16, 2), _block(16, 24, 2), _block(24, 40, 2), _block(40, 56), _block(56, 56)
        )
        self.coarse = nn.Sequential(_block(56, 88, 2), _block(88, 88), _block(88, 88))
        self.up = nn.Conv2d(88, 56, 1)
        self.merge = _block(56, 56)
        self.heat = nn.Conv2d(56, JOINTS, 1)
        rows, columns = TALL // 8, WIDE // 8
        y, x = torch.meshgrid(torch.linspace(-1, 1, rows), torch.linspace(-1, 1, columns), indexing="ij")
        self.register_buffer("grid", torch.stack([x.ravel(), y.ravel()], 1))
        self.across = nn.Linear(88 + 56 + 2 * JOINTS + FEATURES, 160)
        self.head = nn.Sequential(nn.ReLU(), nn.Dropout(0.1), nn.Linear(160, 64), nn.ReLU())
        self.said = nn.Linear(64, readings)
        self.spread = nn.Linear(64, readings)

    def joints(self, crop: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        fine = self.fine(crop)
        coarse = self.coarse(fine)
        merged = self.merge(fine + nn.functional.interpolate(self.up(coarse), scale_factor=2.0, mode="nearest"))
        heat = self.heat(merged).flatten(2).softmax(-1)
        places = (heat @ self.grid).flatten(1)
        return places, torch.cat([coarse.mean((2, 3)), merged.mean((2, 3))], 1)

    def forward(self, crop: torch.Tensor, inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        places, pooled = self.joints(crop)
        hidden = self.head(self.across(torch.cat([pooled, places, inputs], 1)))
        return torch.cat([self.said(hidden), self.spread(hidden).clamp(-5.0, 2.0)], 1), places


def _loss(out: torch.Tensor, places: torch.Tensor, truth: torch.Tensor, joints: torch.Tensor) -> torch.Tensor:
    n = truth.shape[1]
    said, spread = out[:, :n], out[:, n:]
    error = said - truth
    likelihood = (0.5 * error**2 * torch.exp(-2 * spread) + spread).clamp(max=25.0).mean()
    square = nn.functional.smooth_l1_loss(said, truth)
    where = nn.functional.l1_loss(places, joints)
    return likelihood + 2.0 * square + 4.0 * where


def _batches(data: dict[str, Any], rows: np.ndarray[Any, Any], rng: np.random.Generator | None) -> Any:
    scale = np.array(list(data["units"].values()), np.float32)
    order = rows if rng is None else rng.permutation(rows)
    size = np.array([WIDE - 1, TALL - 1], np.float32) / 2
    for start in range(0, len(order), BATCH):
        made = [augmented(data, k, rng) for k in order[start : start + BATCH]]
        crop = torch.from_numpy(np.stack([m[0] for m in made])).permute(0, 3, 1, 2).float() / 255
        rest = [torch.from_numpy(np.stack([m[i] for m in made])) for i in (1, 2, 3)]
        yield crop, rest[0], rest[1] / torch.from_numpy(scale), (rest[2] / torch.from_numpy(size) - 1).flatten(1)


def _measure(network: Sight, data: dict[str, Any], rows: np.ndarray[Any, Any]) -> None:
    network.eval()
    said, true = [], []
    with torch.no_grad():
        for crop, inputs, truth, _ in _batches(data, rows, None):
            said.append(network(crop, inputs)[0].numpy())
            true.append(truth.numpy())
    told, truth = np.concatenate(said), np.concatenate(true)
    for k, (name, unit) in enumerate(data["units"].items()):
        error = (told[:, k] - truth[:, k]) * unit
        slope = np.polyfit(truth[:, k], told[:, k], 1)[0]
        z = error / unit / np.exp(told[:, truth.shape[1] + k])
        print(f"  {name:7s} MAE {np.abs(error).mean():.3f} sd {error.std():.3f} slope {slope:.2f} "
              f"z {np.sqrt((z**2).mean()):.2f}", flush=True)  # fmt: skip


def export(network: Sight, target: Path) -> None:
    """Write the network as ONNX: mean and spread in the readings' own units are left to the reader."""
    network.eval()
    target.parent.mkdir(parents=True, exist_ok=True)

    class Bare(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, crop: torch.Tensor, inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return self.network(crop, inputs)

    torch.onnx.export(
        Bare(),
        (torch.zeros(1, 3, TALL, WIDE), torch.zeros(1, FEATURES)),
        str(target),
        input_names=["crop", "inputs"],
        output_names=["told", "places"],
        dynamic_axes={"crop": {0: "n"}, "inputs": {0: "n"}},
        dynamo=False,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--view", default="rear")
    parser.add_argument("--member", type=int, default=0)
    parser.add_argument("--passes", type=int, default=24)
    parser.add_argument("--minutes", type=float, default=45.0, help="passes are cut to what fits")
    parser.add_argument("--most", type=int, default=100_000, help="runners at most")
    parser.add_argument("--onward", action="store_true", help="go on from the state that was kept, at a lower rate")
    parser.add_argument("--model", default="pose_full")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.member)
    rng = np.random.default_rng([options.member, 5])
    data = load(options.folder, options.view, options.most)
    strangers = sorted({b for b in data["bodies"] if b.startswith("pictured")})[::9][:LEFT_OUT]
    out = np.isin(data["bodies"], strangers)
    own, left = np.flatnonzero(~out), np.flatnonzero(out)
    print(f"{options.view}: {len(own)} crops to learn from, {len(left)} of {strangers}", flush=True)
    network = Sight(len(data["units"]))
    print(sum(p.numel() for p in network.parameters()), "weights", flush=True)
    state = options.folder / f"{options.view}_{options.member}.pt"
    fastest = 2e-3
    if options.onward:
        network.load_state_dict(torch.load(state))
        fastest = 7e-4
    optimiser = torch.optim.AdamW(network.parameters(), lr=fastest, weight_decay=1e-2)
    steps = options.passes * -(-len(own) // BATCH)
    start, done, spent_share = time.monotonic(), 0, 0.0
    number = 0
    while spent_share < 1.0:
        network.train()
        for crop, inputs, truth, joints in _batches(data, own, rng):
            spent_share = max(done / steps, (time.monotonic() - start) / 60 / options.minutes)
            if spent_share >= 1.0:
                break
            rate = fastest * min(1.0, done / 300) * (0.5 + 0.5 * np.cos(np.pi * spent_share))
            for group in optimiser.param_groups:
                group["lr"] = rate + 1e-6
            loss = _loss(*network(crop, inputs), truth, joints)  # type: ignore[call-arg]
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            done += 1
        number += 1
        print(f"pass {number}, {(time.monotonic() - start) / 60:.1f} min, loss {float(loss):.3f}", flush=True)
        if number % 4 == 0 or spent_share >= 1.0:
            _measure(network, data, left)
    torch.save(network.state_dict(), state)
    export(network, NETWORKS / f"{options.model}_{seen_by(view_named(options.view))}_{options.member}.onnx")


if __name__ == "__main__":
    main()
