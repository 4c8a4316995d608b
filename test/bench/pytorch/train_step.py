"""The PyTorch baseline of `glimpse bench train`: images per second of a whole AIRD training step.

IResNet-18 at native 16×16, every loss term, SGD; random uint8 faces and random unit teacher embeddings, so that no
data set is needed; every face has a partner, which is the dearest case. One JSON line on stdout, everything else on
stderr. Every default is the setting that was fastest on the two-core machine this was written on; the options are
there to try the others elsewhere.

    python test/bench/pytorch/train_step.py --threads 2
    python test/bench/pytorch/train_step.py --threads 2 --precision bfloat16
"""

import argparse
import contextlib
import json
import os
import resource
import statistics
import sys
import time

import torch
from torch import Tensor, nn
from torch.nn import functional

import aird_losses as losses
from iresnet import INPUT_SIZE_PX, IResNet18, parameter_groups

FACES = 12_678
EMBEDDING_SIZE = 512
SCALE = 64.0
ANGULAR_MARGIN = 0.5
TEMPERATURE = 4.0
TAU = 0.1
INSTANCE_WEIGHT = 1.0  # α
RELATION_WEIGHT = 2.0  # β
EMBEDDING_WEIGHT = 20.0  # δ
LEARNING_RATE = 0.05
MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
# By default glibc maps and unmaps every large tensor, so that each step pays for zeroed 4 KiB pages.
TUNED_MALLOC = (
    "glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=4294967296:glibc.malloc.hugetlb=1"
)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["float32", "bfloat16", "bf16-math"], default="float32",
                        help="bfloat16: autocast; bf16-math: float32 tensors, oneDNN multiplies in bfloat16")
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--classes", type=int, default=5131)
    parser.add_argument("--negatives", type=int, default=256)
    parser.add_argument("--relation-dim", type=int, default=256)
    parser.add_argument("--width-factor", type=float, default=1.0)
    parser.add_argument("--warm-up", type=int, default=5, help="steps that are not measured")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--relation-form", choices=["gather", "bank", "unique"],
                        help="what W2 multiplies: each gathered negative (default of bfloat16), every teacher row, or "
                             "each row that the batch names once (default of the others)")
    parser.add_argument("--memory-format", choices=["nchw", "nhwc"],
                        help="default: nchw in float32, nhwc (channels_last) otherwise")
    parser.add_argument("--compile", action="store_true", help="torch.compile the network and the losses")
    parser.add_argument("--allocator", choices=["default", "tuned"], default="tuned",
                        help="tuned: glibc keeps freed memory and asks for huge pages")
    parser.add_argument("--profile", action="store_true", help="a table of operators on stderr")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.memory_format = options.memory_format or ("nchw" if options.precision == "float32" else "nhwc")
    options.relation_form = options.relation_form or ("gather" if options.precision == "bfloat16" else "unique")
    return options


def restart_with_tuned_allocator() -> None:
    """Starts this script anew with TUNED_MALLOC, which glibc reads only when a process begins."""
    if os.environ.get("GLIBC_TUNABLES") != TUNED_MALLOC:
        os.environ["GLIBC_TUNABLES"] = TUNED_MALLOC
        os.execv(sys.executable, [sys.executable, *sys.argv])


class RelationNetwork(nn.Module):
    """The two projections W₁, W₂ of R_t or R_ts: 512 → relation size, no bias."""

    def __init__(self, relation_dim: int) -> None:
        super().__init__()
        self.first = nn.Linear(EMBEDDING_SIZE, relation_dim, bias=False)
        self.second = nn.Linear(EMBEDDING_SIZE, relation_dim, bias=False)


class Trainer(nn.Module):
    """Student, class weights and relation networks; `forward` is the total loss of one batch, eq. (7) + δ·L_Emb."""

    def __init__(self, options: argparse.Namespace, teacher_bank: Tensor, teacher_classes: Tensor) -> None:
        super().__init__()
        self.student = IResNet18(options.width_factor)
        self.class_weights = nn.Parameter(teacher_classes.clone())
        self.teacher_relations = RelationNetwork(options.relation_dim)
        self.student_relations = RelationNetwork(options.relation_dim)
        self.student_relations.load_state_dict(self.teacher_relations.state_dict())
        self.register_buffer("teacher_bank", teacher_bank)  # [N, D], unit rows
        self.register_buffer("teacher_classes", teacher_classes)  # [K, D], unit rows
        self.register_buffer("noise", torch.tensor(0.0))  # Z, set by the first batch
        self.noise_is_set = False
        self.relation_form = options.relation_form
        self.low_precision = options.precision == "bfloat16"
        self.memory_format = torch.channels_last if options.memory_format == "nhwc" else torch.contiguous_format

    def autocast(self) -> contextlib.AbstractContextManager:
        """bfloat16 for convolutions and projections; logits, norms and losses stay in float32."""
        return torch.autocast("cpu", torch.bfloat16, enabled=self.low_precision)

    def negative_projections(self, negatives: Tensor) -> Tensor:
        """W₂·f_t of the negatives, indices [B, n]: [B, n, R]."""
        second = self.teacher_relations.second
        if self.relation_form == "gather":
            return second(functional.embedding(negatives, self.teacher_bank))
        if self.relation_form == "bank":
            return functional.embedding(negatives, second(self.teacher_bank))
        rows, places = torch.unique(negatives, return_inverse=True)
        return functional.embedding(places, second(self.teacher_bank[rows]))

    def relation_term(self, student_embeddings: Tensor, faces: Tensor, partners: Tensor, negatives: Tensor) -> Tensor:
        partner_embeddings = self.teacher_bank[partners]  # f_t(x_i)
        with self.autocast():
            student = losses.relation(
                self.student_relations.first(partner_embeddings),
                self.student_relations.second(functional.normalize(student_embeddings)),
            )
            anchor = self.teacher_relations.first(partner_embeddings)
            positive = losses.relation(anchor, self.teacher_relations.second(self.teacher_bank[faces]))
            negative_cosines = losses.negative_similarities(anchor, self.negative_projections(negatives), student)
        student, positive, negative_cosines = student.float(), positive.float(), negative_cosines.float()
        if not self.noise_is_set:
            self.noise.copy_((negative_cosines.detach() / TAU).exp().mean())
        return losses.relation_loss(student, positive, negative_cosines, self.noise, TAU)

    def forward(self, pixels: Tensor, faces: Tensor, labels: Tensor, partners: Tensor, negatives: Tensor) -> Tensor:
        images = pixels.permute(0, 3, 1, 2).float().sub(127.5).div(127.5)  # [B, 3, 16, 16]
        with self.autocast():
            embeddings = self.student(images.contiguous(memory_format=self.memory_format))
        embeddings = embeddings.float()
        teacher_embeddings = self.teacher_bank[faces]
        cosines = losses.cosine_logits(embeddings, self.class_weights)
        with torch.no_grad():
            teacher_cosines = functional.linear(teacher_embeddings, self.teacher_classes)
        return (
            losses.classification_loss(cosines, labels, SCALE, ANGULAR_MARGIN)
            + INSTANCE_WEIGHT * losses.instance_loss(cosines, teacher_cosines, labels, SCALE, TEMPERATURE, 1.0)
            + RELATION_WEIGHT * self.relation_term(embeddings, faces, partners, negatives)
            + EMBEDDING_WEIGHT * losses.embedding_loss(embeddings, teacher_embeddings)
        )


def main() -> None:
    options = parse_arguments()
    if options.allocator == "tuned":
        restart_with_tuned_allocator()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    if options.precision == "bf16-math":
        torch.backends.mkldnn.conv.fp32_precision = "bf16"
        torch.backends.mkldnn.matmul.fp32_precision = "bf16"

    labels_of_faces = torch.arange(FACES) % options.classes
    faces_pixels = torch.randint(0, 256, (FACES, INPUT_SIZE_PX, INPUT_SIZE_PX, 3), dtype=torch.uint8)
    teacher_bank = functional.normalize(torch.randn(FACES, EMBEDDING_SIZE))
    teacher_classes = functional.normalize(torch.randn(options.classes, EMBEDDING_SIZE))
    partners_of_faces = torch.randint(0, FACES, (FACES,))
    negatives_of_faces = torch.randint(0, FACES, (FACES, options.negatives))

    trainer = Trainer(options, teacher_bank, teacher_classes)
    if options.memory_format == "nhwc":
        trainer.student.to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(
        parameter_groups([trainer], WEIGHT_DECAY), lr=LEARNING_RATE, momentum=MOMENTUM, fused=True
    )
    loss_of_batch = torch.compile(trainer) if options.compile else trainer

    def step() -> float:
        started = time.perf_counter()
        faces = torch.randint(0, FACES, (options.batch,))
        loss = loss_of_batch(
            faces_pixels[faces], faces, labels_of_faces[faces], partners_of_faces[faces], negatives_of_faces[faces]
        )
        loss.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        trainer.noise_is_set = True
        step_losses.append(loss.item())
        return (time.perf_counter() - started) * 1000

    step_losses: list[float] = []
    for _ in range(options.warm_up):
        step()
    profiler = torch.profiler.profile() if options.profile else contextlib.nullcontext()
    with profiler:
        durations_ms = [step() for _ in range(options.steps)]
    if options.profile:
        print(profiler.key_averages().table(sort_by="self_cpu_time_total", row_limit=40), file=sys.stderr)
    print(f"loss {step_losses[0]:.3f} → {step_losses[-1]:.3f}", file=sys.stderr)

    median_ms = statistics.median(durations_ms)
    first_quartile, _, third_quartile = statistics.quantiles(durations_ms, n=4)
    print(json.dumps({
        "imagesPerSecond": round(options.batch * 1000 / median_ms, 1),
        "stepMs": {
            "median": round(median_ms, 2),
            "firstQuartile": round(first_quartile, 2),
            "thirdQuartile": round(third_quartile, 2),
            "min": round(min(durations_ms), 2),
            "max": round(max(durations_ms), 2),
        },
        "steps": options.steps,
        "batch": options.batch,
        "threads": options.threads,
        "torchVersion": torch.__version__,
        "precision": options.precision,
        "relationForm": options.relation_form,
        "memoryFormat": options.memory_format,
        "compiled": options.compile,
        "allocator": options.allocator,
        "niceness": os.nice(0),
        "peakRssMb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }))


if __name__ == "__main__":
    main()
