"""Writes test/fixtures/losses.json: every loss of AIRD with its gradients on tiny seeded inputs, from PyTorch.

The values come from `aird_losses.py`, the code of the baseline, in float64; before anything is written they are held
against a second, literal reading of the equations below (probabilities, no log-space identities, explicit loops)
and against central differences.

    python test/bench/pytorch/reference_losses.py

B = 6 samples, K = 7 classes, D = 8, R = 5 relation size, n = 3 negatives, N = 12 faces in the teacher's bank.
Gradients are with respect to the raw (not normalised) student embeddings and class weights as given, and to the
relation weights, [R, D] each. A key is absent where a term does not depend on that input.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

import aird_losses as losses

FIXTURE = Path(__file__).parents[2] / "fixtures" / "losses.json"
B, K, D, R, NEGATIVES, FACES = 6, 7, 8, 5, 3, 12
SCALE, ANGULAR_MARGIN, TEMPERATURE, TAU = 64.0, 0.5, 4.0, 0.1
ALPHA, BETA, DELTA = 1.0, 2.0, 20.0
NOISE = 37.5  # Z
NO_PARTNER = -1


def make_inputs() -> dict[str, Tensor]:
    # Seed 5: no relation is all zeros after its ReLU, so that the equations read literally divide by no zero norm.
    generator = torch.Generator().manual_seed(5)

    def normal(*shape: int) -> Tensor:
        # Through float32, so that the file's numbers are exactly what a float32 tensor holds.
        return torch.randn(shape, generator=generator).double()

    def unit(*shape: int) -> Tensor:
        return functional.normalize(normal(*shape)).float().double()

    labels = torch.tensor([0, 3, 6, 3, 1, 5])
    class_weights = normal(K, D)
    embeddings = normal(B, D)
    # Sample 2 points almost away from its class: θ + m > π, the monotone fallback. Sample 4 is close to its own.
    embeddings[2] = (-0.9 * class_weights[6] + 0.1 * normal(D)).float().double()
    embeddings[4] = (1.5 * class_weights[1] + 0.4 * normal(D)).float().double()
    return {
        "studentEmbeddings": embeddings,
        "studentClassWeights": class_weights,
        "teacherBank": unit(FACES, D),
        "teacherClassWeights": unit(K, D),
        "teacherRelationFirst": 0.5 * normal(R, D),
        "teacherRelationSecond": 0.5 * normal(R, D),
        "studentRelationFirst": 0.5 * normal(R, D),
        "studentRelationSecond": 0.5 * normal(R, D),
        "labels": labels,
        "faceIndices": torch.tensor([4, 0, 9, 7, 2, 11]),
        "partnerIndices": torch.tensor([3, 7, 1, 0, 8, 5]),
        "negativeIndices": torch.tensor([[6, 1, 10], [2, 5, 6], [0, 3, 4], [11, 10, 2], [9, 0, 7], [1, 6, 8]]),
    }


TRAINED = (
    "studentEmbeddings",
    "studentClassWeights",
    "teacherRelationFirst",
    "teacherRelationSecond",
    "studentRelationFirst",
    "studentRelationSecond",
)


# The terms as the baseline computes them.


def classification(given: dict[str, Tensor]) -> Tensor:
    cosines = losses.cosine_logits(given["studentEmbeddings"], given["studentClassWeights"])
    return losses.classification_loss(cosines, given["labels"], SCALE, ANGULAR_MARGIN)


def instance(given: dict[str, Tensor], non_target_weight: float | None) -> Tensor:
    return losses.instance_loss(
        losses.cosine_logits(given["studentEmbeddings"], given["studentClassWeights"]),
        losses.cosine_logits(given["teacherBank"][given["faceIndices"]], given["teacherClassWeights"]),
        given["labels"], SCALE, TEMPERATURE, non_target_weight,
    )


def negative_cosines_of(given: dict[str, Tensor], kept: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """r_ts [B, R], r_t⁺ [B, R] and ⟨r_t⁻, r_ts⟩ [B, n] of the kept samples."""
    bank = given["teacherBank"]
    partner = bank[given["partnerIndices"][kept]]
    student = losses.relation(
        partner @ given["studentRelationFirst"].T,
        functional.normalize(given["studentEmbeddings"][kept]) @ given["studentRelationSecond"].T,
    )
    anchor = partner @ given["teacherRelationFirst"].T
    positive = losses.relation(anchor, bank[given["faceIndices"][kept]] @ given["teacherRelationSecond"].T)
    negatives = bank[given["negativeIndices"][kept]] @ given["teacherRelationSecond"].T
    return student, positive, losses.negative_similarities(anchor, negatives, student)


def relations(given: dict[str, Tensor]) -> Tensor:
    """A sample without a partner (index −1) takes no part: the means are over the samples that have one."""
    kept = given["partnerIndices"] != NO_PARTNER
    return losses.relation_loss(*negative_cosines_of(given, kept), torch.tensor(NOISE).double(), TAU)


def embedding(given: dict[str, Tensor]) -> Tensor:
    return losses.embedding_loss(given["studentEmbeddings"], given["teacherBank"][given["faceIndices"]])


def total(given: dict[str, Tensor]) -> Tensor:
    """Eq. (7) and ours: L_Cls + α·L_IID + β·L_RID + δ·L_Emb, with the teacher's non-target weight in L_IID."""
    return (
        classification(given) + ALPHA * instance(given, None) + BETA * relations(given) + DELTA * embedding(given)
    )


# The same terms, read literally.


def cosine(first: Tensor, second: Tensor) -> Tensor:
    return first @ second / (first.norm() * second.norm())


def naive_classification(given: dict[str, Tensor]) -> Tensor:
    terms = []
    for embedding_row, label in zip(given["studentEmbeddings"], given["labels"].tolist(), strict=True):
        logits = [SCALE * cosine(embedding_row, weights) for weights in given["studentClassWeights"]]
        angle = torch.arccos(logits[label] / SCALE)
        if angle + ANGULAR_MARGIN <= math.pi:
            logits[label] = SCALE * torch.cos(angle + ANGULAR_MARGIN)
        else:
            logits[label] = SCALE * (torch.cos(angle) - ANGULAR_MARGIN * math.sin(ANGULAR_MARGIN))
        terms.append(-torch.log(torch.softmax(torch.stack(logits), 0)[label]))
    return torch.stack(terms).mean()


def naive_instance(given: dict[str, Tensor], non_target_weight: float | None) -> Tensor:
    """Eqs. (5)–(6): p_tar = e^{z_tar} / Σe^z; p̂ᵢ = e^{zᵢ} / Σ_{k ≠ tar} e^{z_k}."""
    terms = []
    for sample, label in enumerate(given["labels"].tolist()):
        teacher_row = given["teacherBank"][given["faceIndices"][sample]]
        z_t = torch.stack([SCALE * cosine(teacher_row, row) for row in given["teacherClassWeights"]]) / TEMPERATURE
        student_row = given["studentEmbeddings"][sample]
        z_s = torch.stack([SCALE * cosine(student_row, row) for row in given["studentClassWeights"]]) / TEMPERATURE
        others = [k for k in range(K) if k != label]
        p_t, p_s = z_t.softmax(0), z_s.softmax(0)
        mass_t, mass_s = p_t[others].sum(), p_s[others].sum()
        target = p_t[label] * torch.log(p_t[label] / p_s[label]) + mass_t * torch.log(mass_t / mass_s)
        hat_t, hat_s = z_t[others].softmax(0), z_s[others].softmax(0)
        weight = mass_t if non_target_weight is None else non_target_weight
        terms.append(TEMPERATURE**2 * (target + weight * (hat_t * torch.log(hat_t / hat_s)).sum()))
    return torch.stack(terms).mean()


def naive_relations(given: dict[str, Tensor]) -> Tensor:
    """Eqs. (2)–(4) with R(a, b) = normalise(ReLU(√D·(W₁a − W₂b))) and h(u, v) = e^{uv/τ} / (e^{uv/τ} + n·Z)."""

    def relate(network: str, a: Tensor, b: Tensor) -> Tensor:
        first, second = given[f"{network}RelationFirst"], given[f"{network}RelationSecond"]
        rectified = torch.relu(math.sqrt(D) * (first @ a - second @ b))
        return rectified / rectified.norm()

    def h(u: Tensor, v: Tensor) -> Tensor:
        exponential = torch.exp(u @ v / TAU)
        return exponential / (exponential + NEGATIVES * NOISE)

    bank, terms = given["teacherBank"], []
    for j in range(B):
        partner = int(given["partnerIndices"][j])
        if partner == NO_PARTNER:
            continue
        student_row = given["studentEmbeddings"][j]
        r_ts = relate("student", bank[partner], student_row / student_row.norm())
        positive = relate("teacher", bank[partner], bank[given["faceIndices"][j]])
        term = -torch.log(h(positive, r_ts))
        for k in given["negativeIndices"][j].tolist():
            term = term - torch.log(1 - h(relate("teacher", bank[partner], bank[k]), r_ts))
        terms.append(term)
    return torch.stack(terms).mean()


def naive_embedding(given: dict[str, Tensor]) -> Tensor:
    rows = zip(given["studentEmbeddings"], given["teacherBank"][given["faceIndices"]], strict=True)
    return torch.stack([1 - cosine(student, teacher) for student, teacher in rows]).mean()


def evaluate(term: Callable[[dict[str, Tensor]], Tensor], inputs: dict[str, Tensor]) -> dict:
    given = {name: value.clone().requires_grad_(name in TRAINED) for name, value in inputs.items()}
    value = term(given)
    gradients = torch.autograd.grad(value, [given[name] for name in TRAINED], allow_unused=True)
    named = {name: gradient for name, gradient in zip(TRAINED, gradients, strict=True) if gradient is not None}
    return {"value": value.detach(), "gradients": named}


def check_differences(term: Callable, inputs: dict[str, Tensor], result: dict, label: str) -> None:
    step = 1e-6
    for name, gradient in result["gradients"].items():
        for position in range(gradient.numel()):
            ends = []
            for sign in (1, -1):
                moved = {key: value.clone() for key, value in inputs.items()}
                moved[name].view(-1)[position] += sign * step
                ends.append(float(term(moved)))
            numeric = (ends[0] - ends[1]) / (2 * step)
            analytic = float(gradient.reshape(-1)[position])
            if not math.isclose(numeric, analytic, rel_tol=1e-5, abs_tol=1e-6):
                raise SystemExit(f"{label}: gradient of {name}[{position}] is {analytic}, differences give {numeric}")


def plain(value: object) -> object:
    """Tensors as nested lists; nine significant digits hold any float32 exactly."""
    if isinstance(value, Tensor):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def main() -> None:
    inputs = make_inputs()
    lonely = {**inputs, "partnerIndices": inputs["partnerIndices"].clone()}
    lonely["partnerIndices"][1] = NO_PARTNER
    lonely["partnerIndices"][4] = NO_PARTNER

    def instance_teacher(given: dict[str, Tensor]) -> Tensor:
        return instance(given, None)

    def instance_decoupled(given: dict[str, Tensor]) -> Tensor:
        return instance(given, 1.0)

    cases = {
        "classification": (classification, naive_classification, inputs),
        "instanceTeacherWeight": (instance_teacher, lambda given: naive_instance(given, None), inputs),
        "instanceWeightOne": (instance_decoupled, lambda given: naive_instance(given, 1.0), inputs),
        "relation": (relations, naive_relations, inputs),
        "relationWithLonelyFaces": (relations, naive_relations, lonely),
        "embedding": (embedding, naive_embedding, inputs),
        "total": (total, None, inputs),
    }
    outputs = {}
    for name, (term, naive, given) in cases.items():
        result = evaluate(term, given)
        if naive is not None:
            literal = float(naive(given))
            if not math.isclose(literal, float(result["value"]), rel_tol=1e-9):
                raise SystemExit(f"{name}: {float(result['value'])}, but the equations read literally give {literal}")
        check_differences(term, given, result, name)
        outputs[name] = result

    everyone = torch.ones(B, dtype=torch.bool)
    student, positive, negative_cosines = negative_cosines_of(inputs, everyone)
    fixture = {
        "source": f"test/bench/pytorch/reference_losses.py, PyTorch {torch.__version__}, float64",
        "settings": {
            "scale": SCALE, "angularMargin": ANGULAR_MARGIN, "temperature": TEMPERATURE, "tau": TAU, "noise": NOISE,
            "instanceWeight": ALPHA, "relationWeight": BETA, "embeddingWeight": DELTA,
        },
        "inputs": inputs,
        "lonelyPartnerIndices": lonely["partnerIndices"],
        "intermediate": {
            "studentCosines": losses.cosine_logits(inputs["studentEmbeddings"], inputs["studentClassWeights"]),
            "studentRelations": student,
            "positiveRelations": positive,
            "negativeCosines": negative_cosines,
            "firstBatchNoise": (negative_cosines / TAU).exp().mean(),
        },
        "outputs": outputs,
    }
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text(json.dumps(plain(fixture), separators=(",", ":")) + "\n", encoding="utf-8")
    print(FIXTURE.name, FIXTURE.stat().st_size, "bytes", {name: float(o["value"]) for name, o in outputs.items()})


if __name__ == "__main__":
    main()
