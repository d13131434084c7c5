"use strict";
// A file is read here and goes nowhere: the page's content policy lets it ask nobody. Words of a file only ever become text.
const get = (id) => document.getElementById(id);
const WORDS = JSON.parse(get("words").textContent), STEPS = WORDS.steps, LIMIT = 50_000_000;

function heading(raw, title) {
  get("model").textContent = [raw.model, raw.method, raw.task].filter(Boolean).map((name) => shortened(name, 60)).join(" \u00b7 ");
  get("title").textContent = title;
}

function metrics(pairs) {
  get("metrics").replaceChildren(...pairs.map(([name, value]) => {
    const box = make("div");
    box.append(make("dt", name), make("dd", value));
    return box;
  }));
}

// What a text is: shown, or said what is wrong with it. Returns the sentence, "" where nothing is.
function look(text) {
  let raw;
  for (const id of ["trace", "sweep", "found"]) get(id).hidden = true;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    return complain(`The file is not JSON: ${shortened(String(error.message), 200)}`);
  }
  const wrong = fault(raw);
  if (wrong) return complain(`${wrong[0].toUpperCase()}${wrong.slice(1)}`);
  get("found").hidden = false;
  get("settings").textContent = "";
  if (raw.schema === "dynviz.trace/1") showTrace(raw);
  else showSweep(raw);
  return complain("");
}

function complain(sentence) {
  get("wrong").textContent = sentence && `${sentence}.`;
  get("wrong").hidden = !sentence;
  return sentence;
}

async function take(file) {
  if (!file) return;
  get("name").textContent = shortened(file.name, 80);
  if (file.size > LIMIT) {
    for (const id of ["trace", "sweep", "found"]) get(id).hidden = true;
    complain(`The file is larger than ${LIMIT / 1e6} MB, and no trace or sweep needs that`);
  } else {
    try {
      look(await file.text());
    } catch (error) {
      complain(`The file cannot be read: ${shortened(String(error.message), 200)}`);
    }
  }
  document.body.dataset.opened = String(Number(document.body.dataset.opened ?? 0) + 1);
}

get("key").textContent = WORDS.key;
get("file").addEventListener("change", () => { take(get("file").files[0]); get("file").value = ""; });
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  window.addEventListener(kind, (event) => {
    event.preventDefault();
    document.body.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files[0]);
  });
}
get("grid").addEventListener("keydown", walk);
get("grid").addEventListener("focusin", (event) => { if (event.target.dataset.state) point(event.target, false); });
get("grid").addEventListener("click", (event) => { const cell = event.target.closest("[data-state]"); if (cell) point(cell, true); });
