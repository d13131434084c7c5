"""The slow obvious run: every token in every layer, one sentence at a time; a stop merely masks."""

import math

import numpy as np
import torch
from transformers.models.deberta_v2.modeling_deberta_v2 import scaled_size_sqrt
from transformers.models.modernbert.modeling_modernbert import rotate_half

from dynviz.core.encoder import Encoder
from dynviz.core.layer import Layer
from dynviz.core.method import Plan, Update, View
from dynviz.records import Sentences
from tests.tiny import Case


def group_of(plan: Plan, token: int) -> int:
    """The place where a token's state lies."""
    return token if plan.merged_into is None else int(plan.merged_into[token])


def groups(plan: Plan, tokens: int) -> list[list[int]]:
    """For each place, the tokens whose state lies there."""
    return [[t for t in range(tokens) if group_of(plan, t) == place] for place in range(tokens)]


def averaged(attended: torch.Tensor, before: Plan, after: Plan) -> torch.Tensor:
    """The states, where something was merged the plain mean over all tokens of the new group, each with the state of its old one."""
    out = attended.clone()
    for place, group in enumerate(groups(after, len(attended))):
        if len(group) > 1:
            out[place] = torch.stack([attended[group_of(before, t)] for t in group]).mean(0)
    return out


def attention(encoder: Encoder, layer: Layer, states: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(H, T, D/H) keys and values of all tokens, and (H, T, T) logits, as transformers itself has them: by its modules and its formulas."""
    kind, config, tokens, number = encoder.config.model_type, encoder.config, len(states), encoder.layers.index(layer)
    away = torch.arange(tokens)[:, None] - torch.arange(tokens)
    if kind == "modernbert":
        x = encoder.model.layers[number]
        q, k, v = (layer.split(part) for part in x.attn.Wqkv(x.attn_norm(states)).chunk(3, -1))
        cos, sin = encoder.model.rotary_emb(states, torch.arange(tokens)[None], x.attention_type)
        turned = [part * cos + rotate_half(part) * sin for part in (q, k)]
        far = (away.abs() > config.sliding_window) & (x.attention_type == "sliding_attention")
        return k, v, (turned[0] @ turned[1].transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(far, -torch.inf)
    q, k, v = (layer.split(f(states)) for f in (layer.query, layer.key, layer.value))
    if kind == "deberta-v2":
        own, whole = encoder.model.encoder.layer[number].attention.self, encoder.model.encoder
        bias = own.disentangled_attention_bias(q, k, whole.get_rel_pos(states[None]), whole.get_rel_embedding(), 3)
        root = math.sqrt(3 * q.shape[-1])  # theirs is rounded to single precision
        return k, v, q @ k.transpose(-1, -2) / root + bias * scaled_size_sqrt(q, 3).double() / root
    logits = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if kind == "mpnet":  # the bias as transformers itself makes it, of all tokens
        logits = logits + encoder.model.encoder.compute_position_bias(states[None])[0]
    return k, v, logits


@torch.inference_mode()
def oracle(case: Case, ids: np.ndarray, layout: Sentences, knobs: dict[str, float]) -> dict[str, np.ndarray]:
    """Masks, readings and answer of ONE sentence, every product computed for every token and then masked."""
    method, tokens = case.method, len(ids)
    depths = [len(s.layers) for s in case.stages]
    count = sum(depths)
    masks = {name: np.zeros((count, tokens), bool) for name in ("attending", "visible", "transformed")}
    masks["merged_into"] = np.tile(np.arange(tokens), (count, 1))
    readings = {n: np.full((count + 1, layout.units(u), *([3] if n == "probs" else [])), np.nan) for n, u in method.reading_units().items()}
    plan, memory, i = Plan.everything(layout), {}, 0

    def at(moment: str, plan: Plan, states: torch.Tensor, seen: torch.Tensor | None, keys: tuple[np.ndarray, torch.Tensor] | None) -> Plan:
        if moment not in method.moments:
            return plan
        row = i - 1 if moment == "before" else i
        known = {n: v[: row + 1] for n, v in readings.items()}
        asked = {n: m for n, m in method.asks(moment, i, known, layout, plan, knobs).items() if m.any()}
        if asked:
            for name, value in method.read(moment, i, asked, View(encoder.final(states), layout, plan, seen, memory, keys)).items():
                readings[name][row, asked[name]] = value.numpy()
        return method.decide(moment, i, known, layout, plan, knobs)

    for stage, encoder in enumerate(case.stages):
        if not plan.live.any():
            break
        plan = Plan.everything(layout, plan.live)
        states = encoder.embed(torch.from_numpy(ids), torch.arange(tokens))
        for layer in encoder.layers:
            i += 1
            plan = at("before", plan, states, None, None)
            if not plan.live.any():
                continue
            masks["attending"][i - 1], masks["visible"][i - 1] = plan.attending, plan.visible
            k, v, logits = attention(encoder, layer, states)
            held = [len(group) for group in groups(plan, tokens)]
            logits = logits + torch.tensor(held).double().log()
            w = logits.masked_fill(~torch.from_numpy(plan.visible), -torch.inf).softmax(-1)
            attended = layer.attended(states, (w @ v).transpose(0, 1).flatten(-2))
            rows, columns = (torch.from_numpy(np.flatnonzero(m)) for m in (plan.attending, plan.visible))
            before = plan
            seen = method.of_attention(w[:, rows][:, :, columns]) if method.needs_attention else None
            if seen is not None:  # a mean over those that can see a key
                seen = seen * len(rows) / (logits[0, rows][:, columns] > -torch.inf).sum(0).double()
            plan = at("between", plan, states, seen, (columns.numpy(), k[:, columns]))
            masks["transformed"][i - 1] = plan.transformed
            attended = averaged(attended, before, plan)
            masks["merged_into"][i - 1 :] = [group_of(plan, t) for t in range(tokens)]
            sums = layer.sums(attended)
            rows, frozen = (torch.from_numpy(np.flatnonzero(m)) for m in (plan.transformed, plan.visible & ~plan.transformed))
            states = states.clone()
            method.carry(states, Update(rows, sums[rows], layer.norm(sums)[rows], frozen, layer.norm), memory)
            plan = at("after", plan, states, None, None)
        i = sum(depths[: stage + 1])
    depth = masks["transformed"].sum(0)
    if method.unit == "sentence":
        depth = np.array([np.flatnonzero(masks["attending"].any(1)).max() + 1])
    return {**masks, **readings, "answer": method.answer(readings, depth), "states": states.numpy()}
