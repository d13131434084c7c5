// Files of a picture, made in the visitor's browser from what it has drawn: nothing is sent anywhere.

const SCALE = 2; // PNG: dots per CSS pixel

function shown(panel) {
  const plot = document.querySelector(`.st-key-${CSS.escape(panel)} .js-plotly-plot`);
  if (!plot || !window.Plotly) throw new Error("no picture");
  return plot;
}

// The picture as an <svg> of its own, with its words on it, and its title and caption inside.
async function svgOf(data) {
  const plot = shown(data.panel), { width, height } = plot.querySelector(".main-svg");
  const size = { width: width.baseVal.value, height: height.baseVal.value };
  const address = await window.Plotly.toImage(plot, { format: "svg", ...size });
  const svg = new DOMParser().parseFromString(decodeURIComponent(address.slice(address.indexOf(",") + 1)), "image/svg+xml").documentElement;
  svg.querySelectorAll(".updatemenu-container, .menulayer, .hoverlayer, .zoomlayer").forEach((part) => part.remove());
  svg.querySelectorAll("[data-unformatted]").forEach((part) => part.removeAttribute("data-unformatted"));
  const { font, paper_bgcolor: paper } = plot._fullLayout;
  worded(svg, data, { family: font.family.replaceAll('"', "'"), color: font.color, paper });
  for (const [tag, words] of [["desc", data.caption], ["title", data.title]]) {
    const told = document.createElementNS("http://www.w3.org/2000/svg", tag);
    told.textContent = words;
    svg.prepend(told);
  }
  return svg;
}

// The page's own fonts, as an SVG in an <img> cannot reach them: only the faces that are used.
async function fontsOf(svg) {
  const said = svg.outerHTML, kinds = new Set(["normal", ...(said.includes("italic") ? ["italic"] : [])]);
  const faces = [...document.styleSheets].flatMap((sheet) => {
    try { return [...sheet.cssRules].map((rule) => [rule, sheet.href ?? document.baseURI]); } catch { return []; }
  }).filter(([rule]) => rule instanceof CSSFontFaceRule);
  const rules = [];
  for (const [{ style }, base] of faces) {
    const family = style.getPropertyValue("font-family").replace(/["']/g, ""), kind = style.getPropertyValue("font-style") || "normal";
    const source = /url\(["']?([^"')]+)/.exec(style.getPropertyValue("src"))?.[1];
    if (!source || !kinds.has(kind) || !said.includes(family)) continue;
    const file = await (await fetch(new URL(source, base))).blob();
    const weight = style.getPropertyValue("font-weight") || "normal";
    rules.push(`@font-face{font-family:"${family}";font-style:${kind};font-weight:${weight};src:url(${await address(file)})}`);
  }
  return rules.join("");
}

const address = (blob) => new Promise((done, fail) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = () => fail(reader.error);
  reader.readAsDataURL(blob);
});

async function pngOf(svg) {
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = await fontsOf(svg);
  svg.prepend(style);
  const image = new Image(), [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
  image.src = await address(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

// The browser lays an SVG out only where it stands in the page: out of sight, for a moment.
async function inPage(svg, make) {
  const place = Object.assign(document.createElement("div"), { ariaHidden: "true" });
  place.style.cssText = "position:fixed;left:-99999px;top:0;white-space:pre";
  place.append(document.adoptNode(svg));
  document.body.append(place);
  try { return await make(svg); } finally { place.remove(); }
}

const MAKE = {
  svg: async (data) => new Blob([new XMLSerializer().serializeToString(await svgOf(data))], { type: "image/svg+xml" }),
  png: async (data) => pngOf(await svgOf(data)),
  pdf: async (data) => inPage(await svgOf(data), (svg) => pdfOf(svg, data.title, data.caption)),
  csv: async (data) => new Blob([data.csv], { type: "text/csv" }),
};

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export default function ({ data, parentElement }) {
  const files = parentElement.querySelector(".files"), said = parentElement.querySelector(".said");
  files.setAttribute("aria-label", data.label);
  files.replaceChildren(...Object.keys(MAKE).map((kind) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: kind.toUpperCase() });
    button.onclick = async () => {
      button.disabled = true;
      said.textContent = "";
      try {
        save(await MAKE[kind](data), `${data.name}.${kind}`);
        said.textContent = data.done.replace("{file}", `${data.name}.${kind}`);
      } catch (error) {
        said.textContent = data.failed;
        console.warn("export", error);
      } finally {
        button.disabled = false;
        button.focus();
      }
    };
    return button;
  }));
}
