"use strict";
// What follows from a trace that was checked: as dynviz/records/trace.py and cost.py derive it.
function facts(trace) {
  const L = trace.layers.length, T = trace.tokens.length, all = (f) => trace.tokens.map((_, t) => f(t));
  const bit = (mask, l, t) => Boolean(Number(trace[mask][l][t]));
  const layers = trace.layers.map((_, l) => l);
  const any = (mask, l) => trace.tokens.some((_, t) => bit(mask, l, t));
  const done = (l, t) => bit("transformed", l, t), last = (mask, t) => layers.findLast((l) => bit(mask, l, t)) ?? -1;
  const depth = all((t) => layers.filter((l) => done(l, t)).length);
  const exit = (layers.findLast((l) => any("attending", l)) ?? -1) + 1, end = (exit - 1 + L) % L;
  const lastDone = all((t) => last("transformed", t)), lastSeen = all((t) => last("visible", t) + 1);
  const away = (l, t) => trace.merged_into !== undefined && trace.merged_into[l][t] !== t;
  const skipped = skips(trace, { L, T, exit, lastDone, bit, any, done });
  const merged = all((t) => layers.findIndex((l) => away(l, t)) + 1);
  const dropped = all((t) => {
    const gone = depth[t] < exit && lastSeen[t] < exit && !skipped(end, t);
    const between = lastSeen[t] === exit && !done(end, t) && bit("attending", end, t);
    return merged[t] || !(gone || between) ? 0 : lastDone[t] + 2;
  });
  const state = (l, t) => {
    if (done(l, t)) return "done";
    if (merged[t] && l + 1 >= merged[t]) return l + 1 === merged[t] ? "merged" : "gone";
    if (dropped[t] && l + 1 >= dropped[t]) return l + 1 === dropped[t] ? "dropped" : "gone";
    if (bit("visible", l, t) && !bit("attending", l, t)) return "frozen";
    return l + 1 > exit ? "after" : skipped(l, t) ? "skipped" : "gone";
  };
  return { L, T, depth, exit, run: layers.filter((l) => any("attending", l)).length, dropped, merged, state, ...flops(trace, layers, bit) };
}

// Passed by, unchanged, by a token that comes back: in a later layer, or for its answer after the last one.
function skips(trace, { L, T, exit, lastDone, bit, any, done }) {
  const out = (l, t) => lastDone[t] > l && !done(l, t);
  const forced = new Set();
  for (const name of Object.keys(trace.knobs)) {
    const found = /^dropped token (\d+)$/.exec(name);
    if (found) forced.add(Number(found[1]));
  }
  let some = false;
  for (let l = 0; l < L && exit > 1; l++) for (let t = 0; t < T && any("attending", l) && !some; t++) some = out(l, t);
  const back = (t) => some && done(exit - 2, t) && !bit("visible", exit - 1, t) && !forced.has(t);
  return (l, t) => out(l, t) || (l === exit - 1 && back(t));
}

function flops(trace, layers, bit) {
  const T = trace.tokens.length, count = (mask, l) => trace.tokens.reduce((n, _, t) => n + bit(mask, l, t), 0);
  const cost = (size, a, v, t) => {
    const d = size.width, rows = Math.min(size.distances ?? 0, 2 * T - 1);
    return 4 * d * d * (a + v) + 4 * d * a * v + 4 * d * size.ffn * t + 2 * d * rows * (a + v);
  };
  let spent = trace.extra_flops.reduce((a, b) => a + b, 0);
  const stages = new Map();
  for (const l of layers) {
    const size = trace.layers[l];
    spent += cost(size, count("attending", l), count("visible", l), count("transformed", l));
    stages.set(size.stage, (stages.get(size.stage) ?? 0) + cost(size, T, T, T) + (size.entry ?? 0) * T);
  }
  return { share: spent / (Math.max(...stages.values()) + trace.plain_head) };
}

// The likeliest label of a row of probabilities, with its percent; null where one of them was not read.
function likeliest(row, labels) {
  if (row.includes(null)) return null;
  const best = row.reduce((b, value, i) => (value > row[b] ? i : b), 0);
  return { label: labels[best], percent: Math.round(100 * row[best]) };
}

function layerNames(layers) {
  const stages = new Set(layers.map((size) => size.stage)), seen = {};
  return layers.map((size, l) => (stages.size < 2 ? `layer ${l + 1}` : `${shortened(size.stage, 20)} ${(seen[size.stage] = (seen[size.stage] ?? 0) + 1)}`));
}

function shortened(text, most) {
  const found = Array.from(text);
  return found.length > most ? `${found.slice(0, most - 1).join("")}\u2026` : text;
}
