// What a picture needs where no page stands around it: its title above; below it how to read it, and what it comes from.

const EDGE = 16, SIZES = { title: 18, said: 13, key: 13, source: 11 };

// Words in lines that fit; a word longer than a line has one of its own.
function wrapped(words, room, font) {
  const pen = document.createElement("canvas").getContext("2d"), lines = [];
  pen.font = font;
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && pen.measureText(longer).width <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

const made = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

// A block of paragraphs from `top` on: its elements, and where it ends.
function block(parts, top, width, { family, color }) {
  const out = [];
  let y = top;
  for (const [kind, words] of parts.filter(([, words]) => words)) {
    const size = SIZES[kind], weight = kind === "title" ? 600 : 400;
    for (const line of wrapped(words, width - 2 * EDGE, `${weight} ${size}px ${family}`)) {
      y += size * 1.4;
      const text = made("text", { x: EDGE, y, style: `font: ${weight} ${size}px ${family}; fill: ${color}; white-space: pre` });
      text.textContent = line;
      out.push(text);
    }
    y += 4;
  }
  return [out, y];
}

// The picture moved down below its title, with the rest below it.
function worded(svg, data, look) {
  const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
  const [above, top] = block([["title", data.title], ["said", data.said]], 8, width, look);
  const [below, end] = block([["key", data.key], ["source", data.source]], top + height, width, look);
  const picture = made("g", { transform: `translate(0,${top})` }), whole = Math.ceil(end + 10);
  picture.append(...svg.childNodes);
  svg.append(made("rect", { x: 0, y: 0, width, height: whole, style: `fill: ${look.paper}` }), picture, ...above, ...below);
  svg.setAttribute("height", whole);
  svg.setAttribute("viewBox", `0 0 ${width} ${whole}`);
  return svg;
}
