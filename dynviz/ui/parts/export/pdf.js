// An SVG that stands in the page, as a PDF of one page. The browser has laid it out: places, sizes and colours are asked of it.
// Letters stay text, in Helvetica, which every viewer has, set to the width they have on the page. What Helvetica lacks (other
// scripts, signs) is drawn as a picture that carries its text along. Knows what plotly draws: g, path, rect, text, patterns, clips.

const POINTS = 0.75; // of a CSS pixel
const WIDTHS = [ // of Helvetica and Helvetica-Bold, in thousandths, from " " to "~"
  [278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278,
    278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611,
    722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556,
    556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584],
  [278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333,
    333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611,
    722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611,
    611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584],
];
const FONTS = ["Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"];
const CP1252 = "\u20ac\0\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\0\u017d\0\0\u2018\u2019\u201c\u201d" +
  "\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\0\u017e\u0178";
const WIDE = { "\u00a0": 278, "\u00b7": 278, "\u00d7": 584, "\u00b1": 584, "\u00b0": 400, "\u2026": 1000, "\u2014": 1000, "\u2018": 222,
  "\u2019": 222, "\u201c": 333, "\u201d": 333, "\u2022": 350, "\u00ab": 556, "\u00bb": 556 };

// The byte of a character in the fonts' encoding (WinAnsi), or 0.
function byteOf(letter) {
  const code = letter.codePointAt(0);
  if ((code >= 32 && code < 127) || (code >= 160 && code < 256)) return code;
  const place = code ? CP1252.indexOf(letter) : -1;
  return place < 0 ? 0 : 128 + place;
}

function widthOf(letter, bold) {
  const base = letter.normalize("NFD").charCodeAt(0);
  return WIDE[letter] ?? WIDTHS[bold][base - 32] ?? 556;
}

const number = (value) => String(Math.round(value * 1000) / 1000);
const hex = (bytes) => "<" + [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("") + ">";
const utf16 = (text) => hex([254, 255, ...[...Array(text.length).keys()].flatMap((i) => [text.charCodeAt(i) >> 8, text.charCodeAt(i) & 255])]);
const matrix = (m) => [m.a, m.b, m.c, m.d, m.e, m.f].map(number).join(" ") + " cm";

// "rgb(1, 2, 3)" or "rgba(...)" as [r, g, b, opacity] from 0 to 1; null for none.
function colour(said) {
  const parts = /^rgba?\(([^)]*)\)$/.exec(said)?.[1].split(/[ ,/]+/).map(Number);
  return parts ? [parts[0] / 255, parts[1] / 255, parts[2] / 255, parts[3] ?? 1] : null;
}

// A path's `d` as PDF operators. Relative commands are made absolute, arcs and quadratic curves cubic.
function outline(d) {
  const out = [];
  let x = 0, y = 0, startX = 0, startY = 0;
  const to = (name, ...values) => out.push(values.map(number).join(" ") + " " + name);
  for (const [, command, rest] of d.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const values = (rest.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number);
    const kind = command.toUpperCase(), relative = command !== kind;
    const step = { M: 2, L: 2, H: 1, V: 1, C: 6, Q: 4, A: 7, Z: 0 }[kind];
    if (step === undefined) throw new Error(`path command ${command}`);
    if (kind === "Z") { out.push("h"); x = startX; y = startY; continue; }
    for (let i = 0; i + step <= values.length; i += step) {
      const v = values.slice(i, i + step);
      if (relative && kind === "H") v[0] += x;
      else if (relative && kind === "V") v[0] += y;
      else if (relative) for (let k = kind === "A" ? 5 : 0; k < step; k++) v[k] += (k - (kind === "A" ? 5 : 0)) % 2 ? y : x;
      if (kind === "H") v.push(y);
      if (kind === "V") v.unshift(x);
      const [endX, endY] = v.slice(-2);
      if (kind === "C") to("c", ...v);
      else if (kind === "Q") to("c", x + (v[0] - x) * 2 / 3, y + (v[1] - y) * 2 / 3, endX + (v[0] - endX) * 2 / 3, endY + (v[1] - endY) * 2 / 3, endX, endY);
      else if (kind === "A") for (const curve of arc(x, y, ...v)) to("c", ...curve);
      else to(kind === "M" && i === 0 ? "m" : "l", endX, endY);
      if (kind === "M" && i === 0) { startX = endX; startY = endY; }
      x = endX; y = endY;
    }
  }
  return out.join("\n");
}

// An elliptic arc as cubic curves (SVG 1.1, F.6.5): at most a quarter turn each.
function arc(x0, y0, rx, ry, turn, large, sweep, x1, y1) {
  if (!rx || !ry) return [[x0, y0, x1, y1, x1, y1]];
  const phi = turn * Math.PI / 180, cos = Math.cos(phi), sin = Math.sin(phi);
  const px = cos * (x0 - x1) / 2 + sin * (y0 - y1) / 2, py = -sin * (x0 - x1) / 2 + cos * (y0 - y1) / 2;
  const grow = Math.max(1, Math.sqrt((px / rx) ** 2 + (py / ry) ** 2));
  rx = Math.abs(rx) * grow; ry = Math.abs(ry) * grow;
  const rest = Math.max(0, (rx * ry) ** 2 / ((rx * py) ** 2 + (ry * px) ** 2 || 1) - 1);
  const side = (large === sweep ? -1 : 1) * Math.sqrt(rest), cx = side * rx * py / ry, cy = -side * ry * px / rx;
  const start = Math.atan2((py - cy) / ry, (px - cx) / rx);
  let sum = Math.atan2((-py - cy) / ry, (-px - cx) / rx) - start;
  if (sweep && sum < 0) sum += 2 * Math.PI;
  if (!sweep && sum > 0) sum -= 2 * Math.PI;
  const count = Math.max(1, Math.ceil(Math.abs(sum) / (Math.PI / 2) - 1e-9)), part = sum / count, pull = 4 / 3 * Math.tan(part / 4);
  const place = (u, v) => [cos * rx * u - sin * ry * v + cos * cx - sin * cy + (x0 + x1) / 2, sin * rx * u + cos * ry * v + sin * cx + cos * cy + (y0 + y1) / 2];
  return [...Array(count).keys()].map((i) => {
    const a = start + i * part, b = a + part;
    return [...place(Math.cos(a) - pull * Math.sin(a), Math.sin(a) + pull * Math.cos(a)), ...place(Math.cos(b) + pull * Math.sin(b), Math.sin(b) - pull * Math.cos(b)), ...place(Math.cos(b), Math.sin(b))];
  });
}

class Pdf {
  constructor(svg) {
    this.svg = svg;
    this.width = svg.width.baseVal.value;
    this.height = svg.height.baseVal.value;
    this.objects = []; // bodies: strings, or [dictionary, bytes]
    this.states = new Map();
    this.patterns = new Map();
    this.images = [];
    this.lines = [];
  }

  add(body) {
    this.objects.push(body);
    return this.objects.length;
  }

  // Where an element's user space lies on the page, in points, y upwards.
  place(element) {
    return new DOMMatrix([POINTS, 0, 0, -POINTS, 0, this.height * POINTS]).multiply(DOMMatrix.fromMatrix(element.getCTM()));
  }

  opacity(value) {
    const said = number(value);
    if (!this.states.has(said)) this.states.set(said, `G${this.states.size}`);
    return `/${this.states.get(said)} gs`;
  }

  async draw(element, opacity) {
    const style = getComputedStyle(element), tag = element.tagName.toLowerCase();
    const seen = opacity * Number(style.opacity);
    if (["defs", "title", "desc", "style", "metadata"].includes(tag) || style.display === "none" || seen === 0) return;
    const clip = this.clip(element, style);
    if (clip) this.lines.push("q", clip);
    if (tag === "g" || tag === "svg") for (const child of element.children) await this.draw(child, seen);
    else if (style.visibility === "hidden") { /* nothing to see */ }
    else if (tag === "path" || tag === "rect") this.shape(element, style, seen);
    else if (tag === "text") await this.text(element, seen);
    else throw new Error(`<${tag}>`);
    if (clip) this.lines.push("Q");
  }

  clip(element, style) {
    const id = /url\(["']?#([^"')]+)/.exec(style.clipPath)?.[1];
    const inside = id && this.svg.getElementById(id);
    if (!inside) return "";
    const m = this.place(element), back = m.inverse();
    return [matrix(m), ...[...inside.children].map(area), "W n", matrix(back)].join("\n");
  }

  shape(element, style, opacity) {
    const way = area(element);
    if (!way) return;
    const line = colour(style.stroke), wide = parseFloat(style.strokeWidth);
    const drawn = [];
    const fill = this.paint(element, style.fill, opacity * Number(style.fillOpacity));
    if (fill && !flat(element)) drawn.push(fill, way, style.fillRule === "evenodd" ? "f*" : "f");
    if (line && line[3] * Number(style.strokeOpacity) > 0 && wide > 0) {
      const dashes = style.strokeDasharray === "none" ? "" : style.strokeDasharray.split(/[ ,]+/).map((d) => number(parseFloat(d))).join(" ");
      const caps = { butt: 0, round: 1, square: 2 }[style.strokeLinecap], joins = { miter: 0, round: 1, bevel: 2 }[style.strokeLinejoin];
      drawn.push(this.opacity(opacity * line[3] * Number(style.strokeOpacity)), `${line.slice(0, 3).map(number).join(" ")} RG`);
      drawn.push(`${number(wide)} w ${caps ?? 0} J ${joins ?? 0} j [${dashes}] 0 d`, way, "S");
    }
    if (drawn.length) this.lines.push("q", matrix(this.place(element)), ...drawn, "Q");
  }

  paint(element, said, opacity) {
    const id = /url\(["']?#([^"')]+)/.exec(said)?.[1];
    if (id) return `${this.opacity(opacity)} /Pattern cs /${this.pattern(element, this.svg.getElementById(id))} scn`;
    const fill = colour(said);
    return fill && fill[3] * opacity > 0 ? `${this.opacity(opacity * fill[3])} ${fill.slice(0, 3).map(number).join(" ")} rg` : "";
  }

  // A hatch: plotly's patterns hold rectangles and paths, side by side without a border.
  pattern(element, pattern) {
    const key = `${pattern.id} ${matrix(this.place(element))}`;
    if (!this.patterns.has(key)) {
      const [across, down] = [pattern.width.baseVal.value, pattern.height.baseVal.value];
      const outer = this.lines, place = this.place;
      this.lines = [];
      this.place = () => new DOMMatrix();
      for (const child of pattern.children) this.shape(child, getComputedStyle(child), Number(getComputedStyle(child).opacity));
      const m = place.call(this, element), drawn = this.lines.join("\n");
      [this.lines, this.place] = [outer, place];
      const box = `/BBox [0 0 ${number(across)} ${number(down)}] /XStep ${number(across)} /YStep ${number(down)}`;
      const about = `/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 ${box} /Matrix [${matrix(m).slice(0, -3)}]`;
      this.patterns.set(key, { name: `P${this.patterns.size}`, about, drawn });
    }
    return this.patterns.get(key).name;
  }

  async text(element, opacity) {
    const leaves = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), place = this.place(element);
    let from = 0;
    for (let leaf = leaves.nextNode(); leaf; leaf = leaves.nextNode()) {
      const style = getComputedStyle(leaf.parentElement);
      const fill = colour(style.fill);
      const seen = fill ? opacity * fill[3] * Number(style.fillOpacity) * (leaf.parentElement === element ? 1 : Number(style.opacity)) : 0;
      for (const run of runs(leaf.data)) {
        if (seen > 0 && run.text.trim()) await this.run(element, place, from, run, style, fill, seen);
        from += run.text.length;
      }
    }
  }

  async run(element, place, from, run, style, fill, opacity) {
    const length = element.getSubStringLength(from, run.text.length), size = parseFloat(style.fontSize);
    const extents = run.plain ? [] : [...Array(run.text.length).keys()].map((i) => element.getExtentOfChar(from + i));
    const start = element.getStartPositionOfChar(from), x = run.plain ? start.x : Math.min(...extents.map((e) => e.x));
    const ink = fill.slice(0, 3).map(number).join(" ");
    this.lines.push("q", matrix(place), this.opacity(opacity), `${ink} rg`);
    if (run.plain) {
      const bold = Number(style.fontWeight) >= 600 ? 1 : 0, font = bold + (style.fontStyle === "normal" ? 0 : 2);
      const natural = [...run.text].reduce((sum, c) => sum + widthOf(c, bold), 0) * size / 1000;
      const bytes = [...run.text].map(byteOf);
      this.lines.push(`BT /F${font} ${number(size)} Tf ${number(100 * length / natural)} Tz 1 0 0 -1 ${number(x)} ${number(start.y)} Tm ${hex(bytes)} Tj ET`);
    } else {
      const box = await this.image(run.text, style, length);
      this.lines.push(`/Span <</ActualText ${utf16(run.text)}>> BDC`);
      this.lines.push(`q ${[box.width, 0, 0, -box.height, x - box.pad, start.y + box.below].map(number).join(" ")} cm /${box.name} Do Q EMC`);
    }
    if (style.textDecorationLine.includes("line-through")) this.lines.push(`${number(x)} ${number(start.y - size * 0.28)} ${number(length)} ${number(size / 15)} re f`);
    if (style.textDecorationLine.includes("underline")) this.lines.push(`${number(x)} ${number(start.y + size * 0.1)} ${number(length)} ${number(size / 15)} re f`);
    this.lines.push("Q");
  }

  // Letters that Helvetica lacks, as a picture four times as fine as the page.
  async image(text, style, length) {
    const size = parseFloat(style.fontSize), pad = size / 4, width = length + 2 * pad, height = 1.8 * size, below = 0.5 * size;
    const canvas = new OffscreenCanvas(Math.ceil(width * 4), Math.ceil(height * 4)), pen = canvas.getContext("2d");
    pen.scale(4, 4);
    pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pen.fillStyle = style.fill;
    pen.fillText(text, pad, height - below);
    const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
    const rgb = new Uint8Array(pixels.length / 4 * 3), mask = new Uint8Array(pixels.length / 4);
    for (let i = 0; i < mask.length; i++) {
      rgb.set(pixels.subarray(4 * i, 4 * i + 3), 3 * i);
      mask[i] = pixels[4 * i + 3];
    }
    const about = `/Type /XObject /Subtype /Image /Width ${canvas.width} /Height ${canvas.height} /BitsPerComponent 8 /Filter /FlateDecode`;
    const soft = this.add([`${about} /ColorSpace /DeviceGray`, await deflated(mask)]);
    this.images.push(this.add([`${about} /ColorSpace /DeviceRGB /SMask ${soft} 0 R`, await deflated(rgb)]));
    return { name: `I${this.images.length - 1}`, width: canvas.width / 4, height: canvas.height / 4, below: below + canvas.height / 4 - height, pad };
  }

  resources() {
    const fonts = FONTS.map((name, i) => `/F${i} <</Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding>>`).join(" ");
    const states = [...this.states].map(([value, name]) => `/${name} <</ca ${value} /CA ${value}>>`).join(" ");
    const shared = `/Font <<${fonts}>> /ExtGState <<${states}>>`;
    const patterns = [...this.patterns.values()].map((p) => `/${p.name} ${this.add([`${p.about} /Resources <<${shared}>>`, latin(p.drawn)])} 0 R`);
    const images = this.images.map((id, i) => `/I${i} ${id} 0 R`).join(" ");
    return `<<${shared} /Pattern <<${patterns.join(" ")}>> /XObject <<${images}>>>>`;
  }

  // The file: objects, their offsets, and where to begin.
  bytes(title, caption) {
    const resources = this.resources();
    const content = this.add(["", latin(this.lines.join("\n"))]);
    const page = this.objects.length + 1, box = `[0 0 ${number(this.width * POINTS)} ${number(this.height * POINTS)}]`;
    this.add(`<</Type /Page /Parent ${page + 1} 0 R /MediaBox ${box} /Contents ${content} 0 R /Resources ${resources}>>`);
    this.add(`<</Type /Pages /Kids [${page} 0 R] /Count 1>>`);
    const root = this.add(`<</Type /Catalog /Pages ${page + 1} 0 R>>`);
    const info = this.add(`<</Title ${utf16(title)} /Subject ${utf16(caption)} /Creator ${utf16("DynViz")}>>`);
    const parts = [latin("%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n")], offsets = [];
    let at = parts[0].length;
    const put = (bytes) => { parts.push(bytes); at += bytes.length; };
    this.objects.forEach((body, i) => {
      offsets.push(at);
      if (typeof body === "string") put(latin(`${i + 1} 0 obj\n${body}\nendobj\n`));
      else {
        put(latin(`${i + 1} 0 obj\n<<${body[0]} /Length ${body[1].length}>>\nstream\n`));
        put(body[1]);
        put(latin("\nendstream\nendobj\n"));
      }
    });
    const table = offsets.map((o) => `${String(o).padStart(10, "0")} 00000 n \n`).join("");
    const tail = `trailer\n<</Size ${offsets.length + 1} /Root ${root} 0 R /Info ${info} 0 R>>\nstartxref\n${at}\n%%EOF\n`;
    put(latin(`xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${table}${tail}`));
    return new Blob(parts, { type: "application/pdf" });
  }
}

// The outline of a path or rectangle, in its own user space.
function area(element) {
  if (element.tagName.toLowerCase() === "path") return outline(element.getAttribute("d") ?? "");
  const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => element[name].baseVal.value);
  return `${number(x)} ${number(y)} ${number(w)} ${number(h)} re`;
}

// Whether nothing lies inside: SVG leaves that out, PDF draws a hairline. A pattern's parts have no size on the page.
function flat(element) {
  const box = element.getBBox();
  return !element.closest("pattern") && (box.width === 0 || box.height === 0);
}

// A text in pieces that Helvetica has and pieces that it has not.
function runs(text) {
  const out = [];
  for (const letter of text) {
    const plain = byteOf(letter) > 0, last = out.at(-1);
    if (last?.plain === plain) last.text += letter;
    else out.push({ text: letter, plain });
  }
  return out;
}

const latin = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

async function deflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function pdfOf(svg, title, caption) {
  const pdf = new Pdf(svg);
  await pdf.draw(svg, 1);
  return pdf.bytes(title, caption);
}
