"use strict";
// A trace as a table: a row for each layer, a column for each token. At most CELLS cells stand on the page, whatever a file holds.
const CELLS = 20_000, COLUMNS = 200;
const SIGNS = { dropped: "\u00d7", merged: "\u2192", skipped: "\u21b7" };

function make(tag, words = "", of = {}) {
  const element = Object.assign(document.createElement(tag), of);
  element.textContent = words;
  return element;
}

function showTrace(trace) {
  const found = facts(trace), per = Math.max(1, Math.min(COLUMNS, Math.floor(CELLS / found.L)));
  const answer = trace.answer.length === 1 ? likeliest(trace.answer[0], trace.labels) : null;
  heading(trace, shortened(trace.text, 2000) || "(no text)");
  const gone = found.dropped.filter(Boolean).length, merged = found.merged.filter(Boolean).length;
  metrics([
    ["Layers run", `${found.run} of ${found.L}`],
    ["Compute, of the plain model's", `${(100 * found.share).toFixed(1)}\u00a0%`],
    ["Mean depth of all tokens", (found.depth.reduce((a, b) => a + b, 0) / found.T).toFixed(2)],
    merged && !gone ? ["Tokens merged", `${merged} of ${found.T}`] : ["Tokens dropped", `${gone} of ${found.T}`],
    ...(answer ? [["Answer", `${shortened(answer.label, 40)}, ${answer.percent}\u00a0%`]] : []),
  ]);
  const knobs = Object.entries(trace.knobs).slice(0, 8).map(([name, value]) => `${shortened(name, 40)} = ${+value.toPrecision(4)}`);
  get("settings").textContent = [knobs.join(", "), shortened(trace.note ?? "", 500)].filter(Boolean).join(" \u00b7 ");
  get("trace").hidden = false;
  pager(found.T, per, (from, to) => table(trace, found, from, to));
}

function pager(total, per, draw) {
  let from = 0;
  const turn = (by) => {
    from = Math.min(Math.max(0, from + by), Math.max(0, total - 1));
    from -= from % per;
    const to = Math.min(total, from + per);
    get("pages").hidden = total <= per;
    get("shown").textContent = `tokens ${from + 1} to ${to} of ${total}`;
    get("earlier").disabled = from === 0;
    get("later").disabled = to === total;
    draw(from, to);
  };
  get("earlier").onclick = () => turn(-per);
  get("later").onclick = () => turn(per);
  turn(0);
}

function table(trace, found, from, to) {
  const body = make("tbody"), foot = make("tfoot"), names = layerNames(trace.layers), sides = trace.answer.length === 1;
  const depths = make("tr"), words = make("tr");
  depths.append(make("th", "depth", { scope: "row" }), ...(sides ? [make("td", "", { className: "side" })] : []));
  words.append(make("th"), ...(sides ? [make("td", "", { className: "side" })] : []));
  for (let t = from; t < to; t++) {
    const cell = make("td", String(found.depth[t]), { className: "depth" });
    paint(cell, found.depth[t], found.L);
    depths.append(cell);
    words.append(make("th", shortened(trace.tokens[t], 16), { scope: "col", title: shortened(trace.tokens[t], 200), className: Number(trace.special[t]) ? "special" : "" }));
  }
  body.append(depths);
  for (let l = found.L - 1; l >= 0; l--) {
    const line = make("tr");
    line.append(make("th", names[l], { scope: "row" }));
    if (sides) {
      const said = likeliest(trace.probs[l + 1][0], trace.labels);
      line.append(make("td", said && l < found.exit ? `${shortened(said.label, 16)} ${said.percent} %` : "", { className: "side" }));
    }
    for (let t = from; t < to; t++) line.append(cellOf(trace, found, names[l], l, t));
    body.append(line);
  }
  foot.append(words);
  get("grid").replaceChildren(get("grid").caption, body, foot);
  body.querySelector("[data-state]").tabIndex = 0;
  get("detail").textContent = WORDS.detail;
}

function cellOf(trace, found, name, l, t) {
  const state = found.state(l, t), read = trace.answer.length > 1 ? likeliest(trace.probs[l + 1][t], trace.labels) : null;
  const said = state === "done" && read ? shortened(read.label, 8) : SIGNS[state] ?? "";
  const cell = make("td", said, { className: state, tabIndex: -1 });
  cell.dataset.state = state;
  const answer = state === "done" && read ? `, ${shortened(read.label, 40)} ${read.percent} %` : "";
  cell.setAttribute("aria-label", `${name}, ${shortened(trace.tokens[t], 40)}: ${WORDS.states[state]}${answer}`);
  if (state === "done") paint(cell, found.depth[t], found.L);
  return cell;
}

function paint(cell, depth, layers) {
  if (!depth) return;
  const step = Math.round(((depth - 1) / Math.max(layers - 1, 1)) * (STEPS - 1));
  cell.style.background = `var(--d${step})`;
  cell.style.color = `var(--on-d${step})`;
}

// Arrows go from cell to cell; what a cell means stands below the table.
function walk(event) {
  const cell = event.target.closest?.("[data-state]");
  const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!cell || !by) return;
  event.preventDefault();
  const rows = [...get("grid").tBodies[0].rows].slice(1), row = rows.indexOf(cell.parentElement) + by[0];
  const next = rows[row]?.cells[cell.cellIndex + by[1]];
  if (next?.dataset.state) point(next, true);
}

function point(cell, focus) {
  get("grid").querySelectorAll("[data-state][tabindex='0']").forEach((other) => { other.tabIndex = -1; });
  cell.tabIndex = 0;
  get("detail").textContent = cell.getAttribute("aria-label");
  if (focus) cell.focus();
}
