// Copy buttons: <button data-copy="value" hidden>. They show themselves here, because without scripts they could do nothing.

const said = document.createElement("div");
said.className = "only-read";
said.setAttribute("aria-live", "polite");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
document.body.append(said);

async function copy(button) {
  const done = await write(button.dataset.copy);
  const label = button.querySelector("[data-copied]");
  said.textContent = done ? "copied" : "copying is not allowed here";
  if (!done) return;
  button.classList.add("copied");
  if (label) label.textContent = label.dataset.copied;
  clearTimeout(button.copiedTimer);
  button.copiedTimer = setTimeout(() => {
    button.classList.remove("copied");
    if (label) label.textContent = label.dataset.words;
    said.textContent = "";
  }, 2000);
}

// Browsers offer the clipboard on https and loopback only; elsewhere the old way still works.
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "only-read";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
