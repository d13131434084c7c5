"use strict";
// What is wrong first with a file, in the same sentences as `python -m dynviz validate`: dynviz/records/faults.py and rules.py, line by line.
const TABLE = JSON.parse(document.getElementById("table").textContent);
const NEEDED = { text: "text", whole: "a whole number", number: "a number", share: "a probability", bit: "0 or 1", object: "an object" };
const UNFIT = /[\u0000-\u001f\u007f-\u009f"\\\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/u; // \p{Cs}: half of a pair

class Fault extends Error {}

const letters = (text) => Array.from(text);
const blank = (text) => /^(?:(?!\ufeff)[\s\x1c-\x1f\x85])*$/.test(text);
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const entries = (count) => (count === 1 ? "1 entry" : `${count} entries`);

function quoted(name) {
  const found = letters(name), shown = found.slice(0, 40).map((c) => c.replace(UNFIT, "?")).join("");
  return `"${shown}${found.length > 40 ? "..." : ""}"`;
}

function described(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (Math.abs(value) >= TABLE.count) return "a number of 16 digits or more";
    return Number.isInteger(value) ? String(value + 0) : value.toFixed(4).replace(/0+$/, "").replace(/\.$/, "");
  }
  return typeof value === "string" ? "text" : Array.isArray(value) ? "a list" : "an object";
}

function fault(raw) {
  try {
    const schema = schemaOf(raw), sizes = { 2: 2 };
    const { schema: _, ...rest } = raw;
    keys(rest, TABLE.schemas[schema], "", false, sizes);
    if (schema.startsWith("dynviz.sweep")) pointsFollow(raw);
    else traceRules(raw);
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
  return null;
}

function schemaOf(raw) {
  if (!isObject(raw)) throw new Fault(`the file holds ${described(raw)}, and an object is needed`);
  const there = Object.hasOwn(raw, "schema"), named = raw.schema;
  if (!there || typeof named !== "string" || !Object.hasOwn(TABLE.schemas, named)) {
    const said = !there ? "missing" : typeof named === "string" ? quoted(named) : described(named);
    throw new Fault(`schema is ${said}, and ${Object.keys(TABLE.schemas).map(quoted).join(" or ")} is needed`);
  }
  return named;
}

function keys(raw, parts, place, more, sizes) {
  const within = place ? ` of ${place}` : "", known = new Set(parts.map((part) => part.key));
  for (const key of Object.keys(raw).sort()) if (!known.has(key) && !more) throw new Fault(`the key ${quoted(key)}${within} is unknown`);
  for (const part of parts) {
    if (!Object.hasOwn(raw, part.key) && !part.optional) throw new Fault(`the key ${quoted(part.key)}${within} is missing`);
  }
  for (const part of parts) if (Object.hasOwn(raw, part.key)) whole(raw[part.key], part, place ? `${place}.${part.key}` : part.key, sizes);
}

function whole(value, part, place, sizes) {
  if (part.sets) measure(value, part, place, sizes);
  if (!part.keyed) nested(value, part, part.shape, place, sizes);
  else if (!isObject(value)) throw new Fault(`${place} is ${described(value)}, and an object is needed`);
  else {
    for (const key of Object.keys(value).sort()) {
      const empty = blank(key);
      if (empty || letters(key).length > TABLE.name) throw new Fault(`a key of ${place} is ${empty ? "blank" : `longer than ${TABLE.name} characters`}`);
      const inner = value[key], deeper = part.also.length && Array.isArray(inner) && inner.some(Array.isArray);
      nested(inner, part, deeper ? part.also : part.shape, place + dotted(key), sizes);
    }
  }
  if (place === "layers" && typeof value === "number") sizes.layers = value;
}

const dotted = (key) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && key.length <= 40 ? `.${key}` : `[${quoted(key)}]`);

function measure(value, part, place, sizes) {
  if (!Array.isArray(value)) throw new Fault(`${place} is ${described(value)}, and a list is needed`);
  const count = value.length, answers = part.sets === "U";
  const { low, high } = answers ? { low: 1, high: Math.max(1, sizes.T) } : TABLE.sizes[part.sets];
  if (answers && count !== low && count !== high) {
    throw new Fault(`${place} has ${entries(count)}, and one, or one for each of ${high} tokens, is needed`);
  }
  if (count < low || count > high) throw new Fault(`${place} has ${entries(count)}, and ${low} to ${high} are read`);
  sizes[part.sets] = count;
  if (part.sets === "L") sizes["L+1"] = count + 1;
}

function nested(value, part, shape, place, sizes) {
  if (!shape.length) return single(value, part, place, sizes);
  if (!Array.isArray(value)) throw new Fault(`${place} is ${described(value)}, and a list is needed`);
  const wanted = sizes[shape[0]], size = TABLE.sizes[shape[0]], rest = shape.slice(1);
  if (value.length !== wanted) {
    throw new Fault(`${place} has ${entries(value.length)}, and ${wanted === 1 ? `there is 1 ${size.one}` : `there are ${wanted} ${size.many}`}`);
  }
  for (let i = 0; i < value.length; i++) nested(value[i], part, rest, `${place}[${i}]`, sizes);
}

function single(value, part, place, sizes) {
  if (value === null && part.null) return;
  const kind = part.kind, needed = NEEDED[kind];
  const fits = kind === "text" ? typeof value === "string" : kind === "object" ? isObject(value)
    : kind === "bit" ? typeof value === "boolean" || Number.isInteger(value) : kind === "whole" ? Number.isInteger(value) : typeof value === "number";
  if (!fits) throw new Fault(`${place} is ${described(value)}, and ${needed} is needed`);
  if (kind === "object") keys(value, part.parts, place, part.more, sizes);
  else if (kind !== "text") within(Number(value), value, part, place, sizes);
}

function within(number, value, part, place, sizes) {
  const most = part.kind === "whole" ? TABLE.count : Infinity;
  const bound = (told) => (typeof told === "number" ? told : told === "layers" ? sizes.layers : sizes[told[0]] - 1);
  let low = part.low === null ? -most : bound(part.low), high = part.high === null ? most : bound(part.high);
  if (part.kind === "bit") [low, high] = [0, 1];
  if (part.kind === "share") [low, high] = [-TABLE.rounding, 1 + TABLE.rounding];
  if (low <= number && number <= high && Number.isFinite(number)) return;
  const ends = high < TABLE.count && low > -TABLE.count ? ` from ${described(Math.round(low))} to ${described(Math.round(high))}` : "";
  const more = part.kind === "bit" ? "" : ends || (part.low !== null ? ` of at least ${described(low)}` : "");
  throw new Fault(`${place} is ${described(value)}, and ${NEEDED[part.kind]}${more} is needed`);
}

function traceRules(raw) {
  const first = new Map();
  raw.labels.forEach((label, i) => {
    if (blank(label)) throw new Fault(`labels[${i}] is blank`);
    if (first.has(label)) throw new Fault(`labels[${i}] is the same as labels[${first.get(label)}]`);
    first.set(label, i);
  });
  const characters = letters(raw.text).length;
  raw.offsets.forEach(([start, end], i) => {
    if (start > end) throw new Fault(`offsets[${i}] begins at ${start} and ends at ${end}, before it begins`);
    if (end > characters) throw new Fault(`offsets[${i}] ends at ${end}, and text has ${characters} characters`);
  });
  raw.transformed.forEach((row, l) => row.forEach((done, t) => {
    if (Number(done) && !Number(raw.attending[l][t])) throw new Fault(`transformed[${l}][${t}] is 1, and attending[${l}][${t}] is 0`);
  }));
  if (Object.hasOwn(raw, "merged_into")) merges(raw);
  raw.answer.forEach((row, i) => row.forEach((value, c) => {
    const told = raw.answer.length === 1 || (raw.word[i] >= 0 && (i === 0 || raw.word[i] !== raw.word[i - 1]));
    if (told && value === null) throw new Fault(`answer[${i}][${c}] is null, and an answer is needed there`);
  }));
}

function merges(raw) {
  let before = raw.tokens.map((_, t) => t);
  raw.merged_into.forEach((row, l) => {
    row.forEach((at, t) => {
      const said = `merged_into[${l}][${t}] is ${at}`;
      if (row[at] !== at) throw new Fault(`${said}, which is merged itself`);
      if (row[before[t]] !== at) throw new Fault(`${said}, and in the layer before the token was merged into ${before[t]}`);
      if (at !== t && Number(raw.transformed[l][t])) throw new Fault(`${said}, and the token is computed in that layer`);
      if (before[t] !== t && (Number(raw.attending[l][t]) || Number(raw.visible[l][t]))) {
        throw new Fault(`${said}, and the token, merged before, is computed or seen in that layer`);
      }
    });
    before = row;
  });
}

function pointsFollow(raw) {
  const examples = raw.examples, sum = (values) => values.reduce((a, b) => a + b, 0);
  if (!examples) return;
  const plain = sum(examples.plain_flops);
  raw.points.forEach((point, i) => {
    const right = sum(examples.predicted[i].map((answer, a) => (answer === examples.labels[a] ? 1 : 0))) / examples.labels.length;
    const spent = sum(examples.flops[i]) / plain;
    for (const [key, found, what] of [["accuracy", right, "of its answers are right"], ["share", spent, "of the plain FLOPs are spent"]]) {
      if (Math.abs(point[key] - found) > TABLE.same) throw new Fault(`points[${i}].${key} is ${described(point[key])}, and ${described(found)} ${what}`);
    }
  });
}
