"use strict";
// Everything was computed beforehand: a turn of the knob picks a frame. Words only ever become text, never markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const get = (id) => document.getElementById(id);
  const make = (tag, words = "", of = {}) => {
    const element = Object.assign(document.createElement(tag), of);
    element.textContent = words;
    return element;
  };
  const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const CLASSES = { f: "frozen", g: "gone", x: "dropped", ".": "after", s: "skipped", l: "merged", r: "merged" };
  const SIGNS = { x: "\u00d7", s: "\u21b7", l: "\u2190", r: "\u2192" };
  const DRAW = "http://www.w3.org/2000/svg";

  const width = data.columns.length, height = data.layers.length;
  const sides = data.frames.some((f) => f.rows.length);
  const parts = { glyph: [], depth: [], cells: [], side: [] };

  function row(name, columns, cells, className) {
    const line = make("tr"), said = make("td", "", { className: "side", hidden: !sides });
    line.append(make("th", name, { scope: "row" }), said);
    for (let c = 0; c < columns; c++) {
      const cell = make("td", "", { className });
      cells.push(cell);
      line.append(cell);
    }
    return line;
  }

  function build() {
    get("model").textContent = data.model;
    get("text").textContent = data.text;
    get("grid-title").textContent = data.words.grid;
    get("key").textContent = data.words.key;
    const body = make("tbody"), foot = make("tfoot"), words = make("tr");
    if (data.frames.some((f) => f.same.trim())) body.append(row(data.words.glyphs, width, parts.glyph, "glyph"));
    body.append(row(data.words.depth, width, parts.depth, "depth"));
    for (let layer = height - 1; layer >= 0; layer--) {
      const line = row(data.layers[layer], width, (parts.cells[layer] = []), "");
      parts.side[layer] = line.querySelector(".side");
      body.append(line);
    }
    words.append(make("th"), make("td", "", { className: "side", hidden: !sides }));
    for (const [label, special] of data.columns) words.append(make("th", label, { scope: "col", title: label, className: special ? "special" : "" }));
    foot.append(words);
    get("grid").append(body, foot);
    for (const [name, key] of data.metrics) {
      const box = make("div"), value = make("dd");
      value.dataset.metric = key;
      box.append(make("dt", name), value);
      get("metrics").append(box);
    }
    if (!data.knob) return;
    get("turn").hidden = false;
    get("knob-label").textContent = data.knob.label;
    get("knob-help").textContent = data.knob.help;
    get("back").textContent = data.words.back;
    get("knob").max = data.settings.length - 1;
  }

  function paint(cell, code, column, frame, layer) {
    const done = /[0-4uc]/.test(code);
    cell.className = done ? "done" : CLASSES[code];
    cell.textContent = SIGNS[code] ?? (done && frame.said ? data.labels[LETTERS.indexOf(frame.said[layer][column])] ?? "" : "");
    cell.setAttribute("aria-label", `${data.words.states[done ? "c" : code]} ${cell.textContent}`.trim());
    const colour = code === "c" ? `d${frame.depth[column]}` : /[0-4]/.test(code) ? `c${code}` : "";
    cell.style.background = colour ? `var(--${colour})` : "";
    cell.style.color = colour ? `var(--on-${colour})` : "";
    if (code === "u") cell.classList.add("unread");
    const above = frame.cells.slice(layer + 1).some((line) => /[0-4uc]/.test(line[column]));
    if (done && !above) cell.classList.add("top");
  }

  function show(at) {
    const frame = data.frames[data.frame[at]];
    get("verdict").textContent = frame.verdict;
    document.querySelectorAll("[data-metric]").forEach((e) => { e.textContent = frame[e.dataset.metric]; });
    parts.glyph.forEach((cell, c) => {
      cell.textContent = { y: "\u25cf", n: "\u25cb" }[frame.same[c]] ?? "";
      cell.setAttribute("aria-label", data.words.same[frame.same[c]] ?? "");
    });
    parts.depth.forEach((cell, c) => {
      cell.textContent = `${frame.depth[c]} ${frame.back[c] ?? ""}`.trim();
      cell.style.background = `var(--d${frame.depth[c]})`;
      cell.style.color = `var(--on-d${frame.depth[c]})`;
    });
    for (let layer = 0; layer < height; layer++) {
      parts.cells[layer].forEach((cell, c) => paint(cell, frame.cells[layer][c], c, frame, layer));
      parts.side[layer].textContent = frame.rows[layer] ?? "";
    }
    if (data.knob) {
      get("value").textContent = data.settings[at];
      get("knob").setAttribute("aria-valuetext", `${data.settings[at]}. ${frame.verdict}`);
    }
    curve(at);
  }

  function svg(tag, of, words) {
    const element = document.createElementNS(DRAW, tag);
    for (const [name, value] of Object.entries(of)) element.setAttribute(name, value);
    if (words !== undefined) element.textContent = words;
    return element;
  }

  function curve(at) {
    const c = data.curve;
    if (!c) return;
    get("curve-figure").hidden = false;
    const [W, H, left, bottom, top, right] = [560, 260, 56, 44, 44, 20];
    const span = (values) => [Math.min(...values), Math.max(...values)];
    const [x0, x1] = span(c.x), [low, high] = span(c.y), room = (high - low || 1) * 0.08;
    const y0 = low - room, y1 = high + room;
    const px = (x) => left + (x - x0) / (x1 - x0 || 1) * (W - left - right), py = (y) => H - bottom - (y - y0) / (y1 - y0) * (H - top - bottom);
    const box = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img" });
    const here = c.of[at], said = c.said[here];
    box.setAttribute("aria-label", `${data.words.curve} ${said}`);
    box.append(svg("path", { class: "axis", d: `M${left},${top}V${H - bottom}H${W - right}` }));
    const order = c.x.map((_, i) => i).sort((a, b) => c.x[a] - c.x[b]);
    box.append(svg("polyline", { class: "line", points: order.map((i) => `${px(c.x[i])},${py(c.y[i])}`).join(" ") }));
    for (const i of order) box.append(svg("circle", { class: "point", cx: px(c.x[i]), cy: py(c.y[i]), r: 2.5 }));
    for (const x of [x0, x1]) box.append(svg("text", { x: px(x), y: H - bottom + 18, "text-anchor": x === x0 ? "start" : "end" }, c.format[0].replace("{}", +x.toPrecision(3))));
    for (const y of [low, high]) box.append(svg("text", { x: left - 8, y: py(y) + 4, "text-anchor": "end" }, c.format[1].replace("{}", +y.toPrecision(3))));
    box.append(svg("text", { x: (left + W - right) / 2, y: H - 6, "text-anchor": "middle" }, c.axes[0]));
    box.append(svg("text", { x: 0, y: 16, "text-anchor": "start" }, c.axes[1]));
    const X = px(c.x[here]), Y = py(c.y[here]);
    box.append(svg("path", { class: "drop", d: `M${left},${Y}H${X}V${H - bottom}` }), svg("circle", { class: "ring", cx: X, cy: Y, r: 9 }));
    box.append(svg("text", { class: "here", x: W - right, y: 16, "text-anchor": "end" }, said)); // above the curve, which it would cover
    get("curve").replaceChildren(box);
    get("curve-said").textContent = data.words.curve;
  }

  build();
  get("knob").value = data.at;
  get("knob").addEventListener("input", () => show(Number(get("knob").value)));
  get("back").addEventListener("click", () => { get("knob").value = data.at; show(data.at); });
  get("turn").addEventListener("submit", (event) => event.preventDefault());
  show(data.at);
})();
