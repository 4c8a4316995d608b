"""Writes test/fixtures/layers.json and network.json: batch norm, PReLU and a tiny IResNet-18, from PyTorch in float64.

    python test/bench/pytorch/reference_network.py

Everything in the files is in TensorFlow's layouts: maps NHWC, convolutions HWIO, the fully connected layer
[inputs, outputs] with inputs in (h, w, c) order. Convolutions pad as SAME does (see `iresnet.py`). ε = 1e-5.
"""

import base64
import json
import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from iresnet import BATCH_NORM_EPSILON, IResNet18
from reference_losses import plain

FIXTURES = Path(__file__).parents[2] / "fixtures"
WIDTH_FACTOR = 1 / 16  # channels 4, 8, 16, 32
EMBEDDING_SIZE = 16
FACES = 6
# PyTorch's momentum: running ← (1 − 0.1)·running + 0.1·batch, with the batch variance divided by count − 1.
RUNNING_MOMENTUM = 0.1
# Weights whose gradients are written: one of each kind, near the input, at a stride, at the head.
GRADIENTS = (
    "stem.convolution.weight",
    "stem_prelu.weight",
    "blocks.0.norm1.weight",
    "blocks.2.conv2.convolution.weight",
    "blocks.2.shortcut.weight",
    "blocks.2.norm2.bias",
    "blocks.5.prelu.weight",
    "head_norm.weight",
    "embedding_norm.bias",
)


def to_nhwc(maps: Tensor) -> Tensor:
    return maps.permute(0, 2, 3, 1)


def in_tensorflow_layout(name: str, value: Tensor) -> Tensor:
    if value.dim() == 4:
        return value.permute(2, 3, 1, 0)  # OIHW → HWIO
    return value.T if name == "fully_connected.weight" else value


def encode(values: Tensor) -> str:
    return base64.b64encode(values.contiguous().numpy().tobytes()).decode("ascii")


def layers_fixture(generator: torch.Generator) -> dict:
    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator).double()

    maps, upstream = 1.5 * normal(2, 3, 3, 4) + 0.4, normal(2, 3, 3, 4)
    gamma, beta = 1 + 0.3 * normal(4), 0.2 * normal(4)
    running_mean, running_variance = 0.3 * normal(4), 0.5 + normal(4).abs()
    slopes = torch.tensor([0.25, -0.1, 0.0, 1.2]).double()

    leaves = [leaf.requires_grad_() for leaf in (maps, gamma, beta, slopes)]
    new_mean, new_variance = running_mean.clone(), running_variance.clone()
    trained = functional.batch_norm(
        maps.permute(0, 3, 1, 2), new_mean, new_variance, gamma, beta, True, RUNNING_MOMENTUM, BATCH_NORM_EPSILON
    )
    evaluated = functional.batch_norm(
        maps.permute(0, 3, 1, 2), running_mean, running_variance, gamma, beta, False, 0.0, BATCH_NORM_EPSILON
    )
    norm_gradients = torch.autograd.grad(to_nhwc(trained), leaves[:3], upstream)
    rectified = functional.prelu(maps.permute(0, 3, 1, 2), slopes)
    prelu_gradients = torch.autograd.grad(to_nhwc(rectified), [maps, slopes], upstream)
    detached = maps.detach()
    return {
        "source": f"test/bench/pytorch/reference_network.py, PyTorch {torch.__version__}, float64",
        "shape": [2, 3, 3, 4],
        "input": detached.flatten(),
        "upstream": upstream.flatten(),
        "batchNorm": {
            "epsilon": BATCH_NORM_EPSILON, "gamma": gamma.detach(), "beta": beta.detach(),
            "batchMean": detached.mean((0, 1, 2)),
            "batchVarianceBiased": detached.var((0, 1, 2), correction=0),
            "batchVarianceUnbiased": detached.var((0, 1, 2), correction=1),
            "trainingOutput": to_nhwc(trained).detach().flatten(),
            "inputGradient": norm_gradients[0].flatten(),
            "gammaGradient": norm_gradients[1],
            "betaGradient": norm_gradients[2],
            "runningMomentum": RUNNING_MOMENTUM,
            "runningMeanBefore": running_mean, "runningVarianceBefore": running_variance,
            "runningMeanAfter": new_mean, "runningVarianceAfter": new_variance,
            "inferenceOutput": to_nhwc(evaluated).detach().flatten(),
        },
        "prelu": {
            "slopes": slopes.detach(),
            "output": to_nhwc(rectified).detach().flatten(),
            "inputGradient": prelu_gradients[0].flatten(),
            "slopeGradient": prelu_gradients[1],
        },
    }


def draw_weights(network: nn.Module, generator: torch.Generator) -> dict[str, dict]:
    """Draws every trained weight as an int8 code times a scale: exact in float32, and small in the file."""
    entries = {}
    for name, value in network.named_parameters():
        codes = torch.randint(-127, 128, value.shape, generator=generator)
        if value.dim() > 1:  # a variance of about 1 / inputs, through a power of two
            scale, offset = 2.0 ** round(-6.2 - math.log2(value[0].numel()) / 2), 0.0
        elif "prelu" in name:
            scale, offset = 1 / 512, 0.25
        else:  # a batch norm's γ around 1, its β around 0
            scale, offset = 1 / 256, 0.0 if name.endswith("bias") else 1.0
        value.data.copy_(codes * scale + offset)
        in_layout = in_tensorflow_layout(name, codes)
        entries[name] = {
            "shape": list(in_layout.shape), "scale": scale, "offset": offset,
            "int8Base64": encode(in_layout.to(torch.int8)),
        }
    return entries


def draw_statistics(network: nn.Module, images: Tensor, generator: torch.Generator) -> dict[str, dict]:
    """Running statistics near the images' own, so that inference stays in range, yet visibly apart from them."""
    norms = {
        name: module for name, module in network.named_modules() if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d))
    }
    for norm in norms.values():
        norm.momentum = 1.0
    network.train()(images)
    entries = {}
    for name, norm in norms.items():
        norm.momentum = RUNNING_MOMENTUM
        apart = torch.rand(2, norm.num_features, generator=generator).double() - 0.5
        mean = norm.running_mean + 0.5 * apart[0] * norm.running_var.sqrt()
        variance = norm.running_var * (1 + 0.6 * apart[1])
        for kind, buffer, drawn in (("mean", norm.running_mean, mean), ("var", norm.running_var, variance)):
            buffer.copy_(drawn.float())
            entries[f"{name}.running_{kind}"] = {"shape": [norm.num_features], "float32Base64": encode(drawn.float())}
    return entries


def network_fixture(generator: torch.Generator) -> dict:
    network = IResNet18(WIDTH_FACTOR, EMBEDDING_SIZE, tensorflow_padding=True, nhwc_flatten=True).double()
    weights = draw_weights(network, generator)
    pixels = torch.randint(0, 256, (FACES, 16, 16, 3), generator=generator, dtype=torch.uint8)
    images = ((pixels.double() - 127.5) / 127.5).permute(0, 3, 1, 2)
    with torch.no_grad():
        statistics = draw_statistics(network, images, generator)
    upstream = torch.randn(FACES, EMBEDDING_SIZE, generator=generator).double()

    network.eval()
    with torch.no_grad():
        evaluated = network(images)
    network.train()
    block_maps: list[Tensor] = []
    handles = [block.register_forward_hook(lambda _m, _i, out: block_maps.append(out)) for block in network.blocks]
    trained = network(images)
    for handle in handles:
        handle.remove()
    parameters = dict(network.named_parameters())
    gradients = torch.autograd.grad(trained, [parameters[name] for name in GRADIENTS], upstream)
    after = network.state_dict()
    return {
        "source": f"test/bench/pytorch/reference_network.py, PyTorch {torch.__version__}, float64",
        "note": (
            "weight = offset + scale * int8; statistics are little-endian float32; "
            "maps NHWC, convolutions HWIO, fully connected [inputs, outputs] with inputs in (h, w, c) order"
        ),
        "channels": [4, 8, 16, 32],
        "embeddingSize": EMBEDDING_SIZE,
        "epsilon": BATCH_NORM_EPSILON,
        "runningMomentum": RUNNING_MOMENTUM,
        "faces": FACES,
        "pixelsBase64": encode(pixels),
        "weights": weights,
        "statistics": statistics,
        "inferenceEmbeddings": evaluated,
        "trainingEmbeddings": trained.detach(),
        # Mean and mean absolute value of each block's maps in training mode: they say which block goes wrong.
        "trainingBlockMeans": [maps.mean().item() for maps in block_maps],
        "trainingBlockMagnitudes": [maps.abs().mean().item() for maps in block_maps],
        "upstream": upstream,
        "gradients": {
            name: {
                "shape": list(in_tensorflow_layout(name, gradient).shape),
                "values": in_tensorflow_layout(name, gradient).flatten(),
            }
            for name, gradient in zip(GRADIENTS, gradients, strict=True)
        },
        "runningAfter": {
            name: after[name]
            for name in ("stem_norm.running_mean", "stem_norm.running_var",
                         "blocks.3.norm2.running_mean", "blocks.3.norm2.running_var")
        },
    }


def main() -> None:
    fixtures = {
        "layers.json": layers_fixture(torch.Generator().manual_seed(1)),
        "network.json": network_fixture(torch.Generator().manual_seed(2)),
    }
    for name, fixture in fixtures.items():
        path = FIXTURES / name
        path.write_text(json.dumps(plain(fixture), separators=(",", ":")) + "\n", encoding="utf-8")
        print(name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
