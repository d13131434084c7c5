// The address of the page, copied: without what belongs to this visitor alone.

const LONGEST = 8000; // letters that every browser and the usual proxies take

function address(leave) {
  const found = new URL(location.href);
  leave.forEach((name) => found.searchParams.delete(name));
  return found.href;
}

// A page that is not served over https has no clipboard of its own: there the browser copies what is selected.
async function write(words) {
  if (navigator.clipboard) return navigator.clipboard.writeText(words);
  const field = Object.assign(document.createElement("textarea"), { value: words, readOnly: true });
  field.style.cssText = "position:fixed;top:0;opacity:0";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not copied");
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button"), said = parentElement.querySelector(".said");
  button.textContent = data.label;
  button.onclick = async () => {
    const link = address(data.leave);
    try {
      if (link.length <= LONGEST) await write(link);
      said.textContent = link.length <= LONGEST ? data.done : data.long;
    } catch (error) {
      said.textContent = data.failed.replace("{link}", link);
    }
    button.focus();
    setTimeout(() => { said.textContent = ""; }, 8000);
  };
}
