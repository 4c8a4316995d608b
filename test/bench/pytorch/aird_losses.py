"""The terms of AIRD's training loss (the paper: `../shared/paper/aird.txt`, equations 2–7) as pure PyTorch functions.

Shapes: B batch, K classes, D embedding size, R relation size, n negatives per sample. Embeddings come in raw and
are normalised here; teacher embeddings and class weights never receive a gradient. Means are over the batch.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional


def cosine_logits(embeddings: Tensor, class_weights: Tensor) -> Tensor:
    """Cosine of each embedding [B, D] with each class weight [K, D]: [B, K]."""
    return functional.linear(functional.normalize(embeddings), functional.normalize(class_weights))


def classification_loss(cosines: Tensor, labels: Tensor, scale: float, angular_margin: float) -> Tensor:
    """L_Cls: ArcFace margin softmax over [B, K] cosines, scale s and angular margin m (radians).

    Target logit s·cos(θ + m); where θ + m > π the monotone fallback s·(cos θ − m·sin m).
    """
    target = cosines.gather(1, labels[:, None])
    sine = (1 - target.square()).clamp_min(1e-12).sqrt()
    shifted = target * math.cos(angular_margin) - sine * math.sin(angular_margin)
    fallback = target - angular_margin * math.sin(angular_margin)
    margined = torch.where(target > math.cos(math.pi - angular_margin), shifted, fallback)
    logits = scale * cosines.scatter(1, labels[:, None], margined)
    return functional.cross_entropy(logits, labels)


def instance_loss(
    student_cosines: Tensor,
    teacher_cosines: Tensor,
    labels: Tensor,
    scale: float,
    temperature: float,
    non_target_weight: float | None,
) -> Tensor:
    """L_IID, eqs. (5)–(6): T²·[KL(b_t ‖ b_s) + w·KL(p̂_t ‖ p̂_s)], logits z = s·cos / T.

    b = (p_tar, 1 − p_tar), p̂ = softmax over the non-target classes alone, w = the teacher's non-target mass, or
    `non_target_weight` where a number is given. In log space: with g = z_tar − logsumexp(non-target z),
    log p_tar = logsigmoid(g) and log(1 − p_tar) = logsigmoid(−g).
    """
    column = labels[:, None]

    def split(cosines: Tensor) -> tuple[Tensor, Tensor]:
        logits = cosines * (scale / temperature)
        non_target_sum = logits.scatter(1, column, -math.inf).logsumexp(1, keepdim=True)
        return logits.gather(1, column) - non_target_sum, logits - non_target_sum

    student_gap, student_log = split(student_cosines)
    with torch.no_grad():
        teacher_gap, teacher_log = split(teacher_cosines)
        teacher_non_target = teacher_log.exp().scatter(1, column, 0.0)
        non_target_mass = torch.sigmoid(-teacher_gap)
        weight = non_target_mass if non_target_weight is None else non_target_weight
    gap_divergence = torch.sigmoid(teacher_gap) * (
        functional.logsigmoid(teacher_gap) - functional.logsigmoid(student_gap)
    ) + non_target_mass * (functional.logsigmoid(-teacher_gap) - functional.logsigmoid(-student_gap))
    non_target = (teacher_non_target * (teacher_log - student_log)).sum(1, keepdim=True)
    return temperature**2 * (gap_divergence + weight * non_target).mean()


def embedding_loss(student_embeddings: Tensor, teacher_embeddings: Tensor) -> Tensor:
    """L_Emb = mean(1 − cos(f_s, f_t)), both [B, D]."""
    return 1 - functional.cosine_similarity(student_embeddings, teacher_embeddings).mean()


def relation(first: Tensor, second: Tensor) -> Tensor:
    """R(a, b) = normalise(ReLU(√D·(W₁a − W₂b))) over the last axis, from the projections W₁a and W₂b.

    √D is left out: without a bias it cancels in the normalisation.
    """
    return functional.normalize(functional.relu(first - second), dim=-1)


def negative_similarities(anchor: Tensor, negatives: Tensor, student_relations: Tensor) -> Tensor:
    """⟨r_t⁻, r_ts⟩: anchor [B, R] against negatives [B, n, R], both projected, and r_ts [B, R]: [B, n].

    The division by the norm comes after the product, so that no normalised [B, n, R] is written.
    """
    rectified = functional.relu(anchor[:, None] - negatives)  # [B, n, R]
    products = torch.bmm(rectified, student_relations[:, :, None]).squeeze(2)
    return products / torch.linalg.vector_norm(rectified, dim=2).clamp_min(1e-12)


def relation_loss(
    student_relations: Tensor, positive_relations: Tensor, negative_cosines: Tensor, noise: Tensor, tau: float
) -> Tensor:
    """L_RID, eqs. (2)–(4): −mean_j log h(r_t⁺, r_ts) − mean_j Σ_k log(1 − h(r_t⁻, r_ts)).

    r_ts, r_t⁺ [B, R]; ⟨r_t⁻, r_ts⟩ [B, n]; Z (`noise`) is a constant. h(u, v) = e^{⟨u,v⟩/τ} / (e^{⟨u,v⟩/τ} + n·Z), so
    log h = logsigmoid(⟨u,v⟩/τ − log n − log Z) and log(1 − h) = logsigmoid of the opposite.
    """
    offset = math.log(negative_cosines.shape[1]) + noise.log()
    positive = (student_relations * positive_relations).sum(1) / tau - offset
    negative = negative_cosines / tau - offset
    return -functional.logsigmoid(positive).mean() - functional.logsigmoid(-negative).sum(1).mean()
