"use strict";
// A sweep: accuracy against compute, a point for each setting; a slider goes from one to the next.
const ROWS = 200, CIRCLES = 500, FIGURES = new Set(["accuracy", "share", "low", "high", "mean_depth", "difference", "agreement", "sentences", "answers", "full_depth"]);

function svg(tag, of, words) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(of)) element.setAttribute(name, value);
  if (words !== undefined) element.textContent = words;
  return element;
}

const percent = (value) => `${(100 * value).toFixed(1)}\u00a0%`;
const knobsOf = (point) => Object.entries(point).filter(([name, value]) => !FIGURES.has(name) && typeof value === "number").slice(0, 8);
const setting = (point) => knobsOf(point).map(([name, value]) => `${shortened(name, 30)} = ${+value.toPrecision(4)}`).join(", ") || "its only setting";

function showSweep(sweep) {
  const points = sweep.points, slider = get("at");
  heading(sweep, `${points.length.toLocaleString("en")} settings over ${shortened(sweep.task, 60)}`);
  slider.max = points.length - 1;
  slider.value = 0;
  get("turn").hidden = points.length < 2;
  const rows = points.slice(0, ROWS).map((point, i) => {
    const line = make("tr");
    line.append(make("th", setting(point), { scope: "row" }), make("td", percent(point.accuracy)), make("td", percent(point.share)));
    line.append(make("td", point.mean_depth === undefined ? "" : point.mean_depth.toFixed(2)));
    line.dataset.point = i;
    return line;
  });
  get("points").tBodies[0].replaceChildren(...rows);
  get("left-out").textContent = points.length > ROWS ? `The first ${ROWS} of ${points.length.toLocaleString("en")} settings; the slider goes through all.` : "";
  const show = () => settle(sweep, Number(slider.value));
  slider.oninput = show;
  get("sweep").hidden = false;
  show();
}

function settle(sweep, at) {
  const point = sweep.points[at], full = sweep.points[0];
  const interval = typeof point.low === "number" && typeof point.high === "number";
  get("setting").textContent = setting(point);
  get("at").setAttribute("aria-valuetext", `${setting(point)}: accuracy ${percent(point.accuracy)} at ${percent(point.share)} of the compute`);
  metrics([
    ["Accuracy", percent(point.accuracy)],
    ["Compute, of the plain model's", percent(point.share)],
    ["To full depth, in points", `${(100 * (point.accuracy - full.accuracy)).toFixed(1)}${interval ? ` [${(100 * point.low).toFixed(1)}, ${(100 * point.high).toFixed(1)}]` : ""}`],
    ...(point.mean_depth === undefined ? [] : [["Mean depth", `${point.mean_depth.toFixed(2)} of ${sweep.layers}`]]),
  ]);
  get("points").querySelectorAll("tr[data-point]").forEach((row) => row.classList.toggle("here", Number(row.dataset.point) === at));
  get("curve").replaceChildren(curve(sweep.points, at));
}

function curve(points, at) {
  const [W, H, left, bottom, top, right] = [560, 300, 88, 56, 36, 20];
  const ends = (key) => points.reduce(([a, b], point) => [Math.min(a, point[key]), Math.max(b, point[key])], [Infinity, -Infinity]);
  const [x0, x1] = ends("share"), [low, high] = ends("accuracy"), room = (high - low || 0.01) * 0.08;
  const px = (x) => left + ((x - x0) / (x1 - x0 || 1)) * (W - left - right);
  const py = (y) => H - bottom - ((y - low + room) / (high - low + 2 * room)) * (H - top - bottom);
  const box = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `Accuracy against compute, ${points.length} settings; ring: ${setting(points[at])}` });
  box.append(svg("path", { class: "axis", d: `M${left},${top}V${H - bottom}H${W - right}` }));
  const order = points.map((_, i) => i).sort((a, b) => points[a].share - points[b].share || a - b);
  box.append(svg("polyline", { class: "line", points: order.map((i) => `${px(points[i].share)},${py(points[i].accuracy)}`).join(" ") }));
  if (points.length <= CIRCLES) for (const i of order) box.append(svg("circle", { class: "point", cx: px(points[i].share), cy: py(points[i].accuracy), r: 3 }));
  for (const x of new Set([x0, x1])) box.append(svg("text", { x: px(x), y: H - bottom + 22, "text-anchor": x === x0 ? "start" : "end" }, percent(x)));
  for (const y of new Set([low, high])) box.append(svg("text", { x: left - 8, y: py(y) + 4, "text-anchor": "end" }, percent(y)));
  box.append(svg("text", { x: (left + W - right) / 2, y: H - 6, "text-anchor": "middle" }, "compute, % of the plain model"));
  box.append(svg("text", { x: 0, y: 18 }, "accuracy"));
  box.append(svg("circle", { class: "ring", cx: px(points[at].share), cy: py(points[at].accuracy), r: 9 }));
  return box;
}
