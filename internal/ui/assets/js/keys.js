// Keys: / goes to the search box, ? shows the keys; and a filter that changes sends its form.

const search = document.querySelector("main [data-slash]") ?? document.querySelector("[data-slash]");
const help = document.getElementById("keys");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target === search) search.blur();
  const typing = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "?" && help) {
    help.showModal();
  }
});

for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.closest("[popover]")?.hidePopover();
    help?.showModal();
  });
}

for (const field of document.querySelectorAll("[data-send]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;

// "Tick all" ticks every box of its group. Ticking one means that the group is wanted, so it chooses the radio button in front.
for (const group of document.querySelectorAll("[data-all]")) {
  const boxes = [...group.querySelectorAll("input[type=checkbox]:not([disabled])")];
  const button = group.querySelector("[data-all-button]");
  const choice = group.closest("form")?.querySelector(`[type=radio][value="${group.dataset.all}"]`);
  group.addEventListener("change", () => { if (choice) choice.checked = true; });
  if (!button) continue;
  button.hidden = boxes.length < 2;
  button.addEventListener("click", () => {
    const on = boxes.some((b) => !b.checked);
    for (const box of boxes) box.checked = on;
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// On a narrow page the tab one is at may stand outside of what is seen.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
