"""IResNet-18 at native 16×16, as the PyTorch side of the comparison with Glimpse's own network.

One block is BN – Conv3×3 – BN – PReLU – Conv3×3(stride) – BN plus a shortcut (the ArcFace family's "IR" unit); the
stride sits on the second convolution of a stage's first block. Convolutions and the fully connected layer carry
no bias: a batch norm follows each of them. Tensors are NCHW here, whatever their memory format.
"""

from torch import Tensor, nn
from torch.nn import functional

STAGE_WIDTHS = (64, 128, 256, 512)
BLOCKS_PER_STAGE = 2
INPUT_SIZE_PX = 16
STAGE_STRIDES = (1, 2, 2, 2)  # 16 px → 16, 8, 4 and 2 px
BATCH_NORM_EPSILON = 1e-5


class Convolution3x3(nn.Module):
    """A 3×3 convolution that halves even maps at stride 2.

    `tensorflow_padding` pads as TensorFlow's SAME does: at stride 2 one row at the bottom and one column at the
    right, none at the top and left. PyTorch's own `padding=1` costs the same and is what the benchmark runs.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, tensorflow_padding: bool) -> None:
        super().__init__()
        self.pads_explicitly = tensorflow_padding and stride == 2
        padding = 0 if self.pads_explicitly else 1
        self.convolution = nn.Conv2d(inputs, outputs, 3, stride, padding, bias=False)

    def forward(self, maps: Tensor) -> Tensor:
        if self.pads_explicitly:
            maps = functional.pad(maps, (0, 1, 0, 1))
        return self.convolution(maps)


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, tensorflow_padding: bool) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs, BATCH_NORM_EPSILON)
        self.conv1 = Convolution3x3(inputs, outputs, 1, tensorflow_padding)
        self.norm2 = nn.BatchNorm2d(outputs, BATCH_NORM_EPSILON)
        self.prelu = nn.PReLU(outputs)
        self.conv2 = Convolution3x3(outputs, outputs, stride, tensorflow_padding)
        self.norm3 = nn.BatchNorm2d(outputs, BATCH_NORM_EPSILON)
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut_norm = nn.BatchNorm2d(outputs, BATCH_NORM_EPSILON)

    def forward(self, maps: Tensor) -> Tensor:
        residual = self.prelu(self.norm2(self.conv1(self.norm1(maps))))
        residual = self.norm3(self.conv2(residual))
        if self.shortcut is not None:
            maps = self.shortcut_norm(self.shortcut(maps))
        return residual + maps


class IResNet18(nn.Module):
    """[B, 3, 16, 16] in −1 … 1 → [B, embedding_size], not normalised.

    `nhwc_flatten` orders the last maps (h, w, c) before the fully connected layer, as Glimpse's network does.
    """

    def __init__(
        self,
        width_factor: float = 1.0,
        embedding_size: int = 512,
        tensorflow_padding: bool = False,
        nhwc_flatten: bool = False,
    ) -> None:
        super().__init__()
        self.nhwc_flatten = nhwc_flatten
        widths = [max(1, round(width * width_factor)) for width in STAGE_WIDTHS]
        self.stem = Convolution3x3(3, widths[0], 1, tensorflow_padding)
        self.stem_norm = nn.BatchNorm2d(widths[0], BATCH_NORM_EPSILON)
        self.stem_prelu = nn.PReLU(widths[0])
        blocks: list[nn.Module] = []
        channels, side = widths[0], INPUT_SIZE_PX
        for width, stage_stride in zip(widths, STAGE_STRIDES, strict=True):
            for index in range(BLOCKS_PER_STAGE):
                stride = stage_stride if index == 0 else 1
                blocks.append(Block(channels, width, stride, tensorflow_padding))
                channels, side = width, side // stride
        self.blocks = nn.ModuleList(blocks)
        self.head_norm = nn.BatchNorm2d(channels, BATCH_NORM_EPSILON)
        self.fully_connected = nn.Linear(channels * side * side, embedding_size, bias=False)
        self.embedding_norm = nn.BatchNorm1d(embedding_size, BATCH_NORM_EPSILON)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images: Tensor) -> Tensor:
        maps = self.stem_prelu(self.stem_norm(self.stem(images)))
        for block in self.blocks:
            maps = block(maps)
        maps = self.head_norm(maps)
        if self.nhwc_flatten:
            maps = maps.permute(0, 2, 3, 1)
        return self.embedding_norm(self.fully_connected(maps.flatten(1)))


def parameter_groups(modules: list[nn.Module], weight_decay: float) -> list[dict]:
    """Two optimiser groups: weight decay on convolutions and matrices, none on batch norm and PReLU."""
    decayed: list[nn.Parameter] = []
    plain: list[nn.Parameter] = []
    for root in modules:
        for module in root.modules():
            exempt = isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.PReLU))
            (plain if exempt else decayed).extend(module.parameters(recurse=False))
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
